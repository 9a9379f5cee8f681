"""Calls that repeat others: what a function gave for equal arguments, it gives again.

Only calls are remembered that neither record anything nor change what stood before them.  Where one
comes again, its arguments are alike in all that can be reached from them, and the names that it
read from outside, with all that is behind these, are the very same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.regions import contextual
from mlaudit.flow.shapes import MOST_PARTS, Reached, Shape, UnfitError, parts
from mlaudit.flow.values import (
    Choice,
    Class,
    Data,
    Dictionary,
    Function,
    Instance,
    Method,
    Ref,
    Sequence,
    Value,
)
from mlaudit.model.frozen import record, replace

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import Scope

    Read = tuple[Scope, Scope | None, str, Value | None]

_FAILURES = 2


@record
class Memory:
    """What is remembered of the calls of one function, and how many could not be."""

    known: dict[Hashable, _Known]
    failures: int = 0


@record
class _Known:
    """What a call gave: `cells` is what it could read on the heap; `held` lives as long as this."""

    reads: list[Read]
    cells: list[tuple[int, Value]]
    result: _Copy
    steps: int
    held: list[object]


@record
class Attempt:
    """A call that runs now and may come again, and how things stood when it began."""

    memory: Memory
    shape: Shape
    serial: int
    told: int
    contextual: int
    journal: int
    size: int
    reads: int
    outermost: bool
    steps: int


def begin(
    run: Interpreter, function: Function, scope: Scope
) -> tuple[Attempt | None, Value | None]:
    """Begin a call whose parameters are bound: give what it gave before, or an attempt at it."""
    memory = run.repeats.get(function.node)
    if memory is None:
        memory = run.repeats[function.node] = Memory({})
        if not run.running:
            return None, None
    if memory.failures >= _FAILURES or run.briefly:
        return None, None
    try:
        shape = Shape(run, function, scope)
        known = memory.known.get(shape.key)
    except (UnfitError, TypeError):  # what holds a dict cannot be looked up
        memory.failures += 1
        return None, None
    if known is not None and _holds(run, known):
        return None, _again(run, known, shape)
    outermost = run.reads is None
    run.reads = reads = run.reads or []
    marks = (run.told, run.contextual, len(run.state.heap.journal), run.state.heap.size)
    read = (len(reads), outermost)
    return Attempt(memory, shape, scope.identity, *marks, *read, run.steps), None


def end(run: Interpreter, attempt: Attempt, result: Value) -> None:
    """Remember what a call gave, if it was quiet."""
    reads = run.reads or []
    quiet = run.told == attempt.told and all(
        address > attempt.size for address, _ in run.state.heap.journal[attempt.journal :]
    )
    try:
        if not quiet:
            raise UnfitError
        outer = _outer(reads[attempt.reads :], attempt.serial)
        found = list({(read[0], read[2]): read for read in outer}.values())
        cells = Reached(run)
        for _, _, _, value in found:
            cells.add(value)
        contextual = run.contextual != attempt.contextual
        copy = _Copy(run, attempt, contextual, result)
    except UnfitError:
        attempt.memory.failures += 1
        return
    finally:
        if attempt.outermost:
            run.reads = None
    steps = run.steps - attempt.steps
    known = _Known(found, list(cells.found.items()), copy, steps, attempt.shape.held)
    attempt.memory.known[attempt.shape.key] = known


def _outer(reads: Iterable[Read], serial: int) -> Iterable[Read]:
    """Give the reads of what was there before a scope, each as seen from there."""
    for start, place, name, value in reads:
        if place is None or place.identity < serial:
            scope: Scope | None = start
            while scope is not None and scope.identity >= serial:
                scope = scope.outer
            if scope is None:
                raise UnfitError
            yield scope, place, name, value


def _holds(run: Interpreter, known: _Known) -> bool:
    """Say whether everything that a call read from outside is as it was."""
    return all(scope.find(name) is value for scope, _, name, value in known.reads) and all(
        run.held.get(address) is value for address, value in known.cells
    )


def _again(run: Interpreter, known: _Known, shape: Shape) -> Value:
    """Give what a call gave before; it counts as if it had run."""
    run.count(known.steps)
    if run.reads is not None:
        run.reads += known.reads
    return known.result.made(run, shape.addresses)


class _Copy:
    """What a call gave, to be made again with other arguments."""

    def __init__(self, run: Interpreter, attempt: Attempt, contextual: bool, result: Value):
        self._result = result
        self._given = attempt.shape.addresses
        self._fresh: dict[int, Value] = {}
        self._check(run, result, attempt, contextual)

    def _check(self, run: Interpreter, value: Value | None, at: Attempt, contextual: bool) -> None:
        while isinstance(value, Ref):
            if value.address <= at.size or value.address in self._fresh:
                return
            inner = self._fresh[value.address] = run.held[value.address]
            value = inner
        if len(self._fresh) > MOST_PARTS:
            raise UnfitError
        if isinstance(value, Data) and contextual and _of_context(value):
            raise UnfitError
        owner = value.owner if isinstance(value, Instance) else value
        if isinstance(owner, Function | Class) and owner.scope.identity >= at.serial:
            raise UnfitError  # it holds the names of the call itself
        for part in parts(value):
            self._check(run, part, at, contextual)

    def made(self, run: Interpreter, given: dict[int, int]) -> Value:
        """Make the result of a call that was given what lies at some addresses."""
        places = list(given)
        made: dict[int, Ref] = {}
        return self._remade(run, self._result, places, made)

    def _remade(
        self, run: Interpreter, value: Value, places: list[int], made: dict[int, Ref]
    ) -> Value:
        def again(part: Value) -> Value:
            return self._remade(run, part, places, made)

        if isinstance(value, Ref):
            place = self._given.get(value.address)
            if place is not None:
                return value if places[place] == value.address else Ref(places[place])
            if value.address not in self._fresh:
                return value
            if value.address not in made:
                ref = made[value.address] = run.state.allocate(value)
                run.held[ref.address] = again(self._fresh[value.address])
            return made[value.address]
        if isinstance(value, Sequence):
            rest = value.rest and again(value.rest)
            return Sequence(tuple([again(item) for item in value.items]), rest, value.way)
        if isinstance(value, Dictionary):
            items = {key: again(item) for key, item in value.items.items()}
            return Dictionary(items, value.rest and again(value.rest))
        if isinstance(value, Instance):
            held = {name: again(part) for name, part in value.attributes.items()}
            return Instance(value.owner, held)
        if isinstance(value, Method):
            return Method(again(value.receiver), value.name)
        if isinstance(value, Choice):
            return Choice(tuple([again(option) for option in value.options]))
        if isinstance(value, Function) and value.this is not None:
            return replace(value, this=again(value.this))
        return value


def _of_context(data: Data) -> bool:
    """Say whether rows were chosen by a comparison that is another one in each call."""
    if data.target is not None or (data.columns is not None and data.columns.ahead):
        return True
    if data.select is not None and contextual(data.select.key):
        return True
    groups = [i.groups.rows for i in data.influences if i.groups is not None]
    return any(map(contextual, (data.rows, *(i.rows for i in data.influences), *groups)))
