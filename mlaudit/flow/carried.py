"""What one turn of a loop leaves for the next: where it leaves nothing, the next is like it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, cast

from mlaudit.flow.values import (
    Choice,
    Data,
    Dictionary,
    Estimator,
    Function,
    Instance,
    Method,
    Ref,
    Sequence,
    Value,
)
from mlaudit.model.frozen import record
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.flow.interpreter import Interpreter

    Loop = ast.For | ast.AsyncFor | ast.While

_FILLS = frozenset({"append", "add", "extend", "insert"})
_MOST_PARTS = 400


@record
class Turn:
    """How things stood before a turn, and whether it is the outermost to look at what is read."""

    names: int
    journal: int
    size: int
    outside: int
    written: int
    sought: int
    reads: int
    outermost: bool


def begin(run: Interpreter) -> Turn:
    """Begin the first turn of a loop."""
    heap = run.state.heap
    outermost = run.reads is None
    if run.reads is None:
        run.reads = []
    marks = (run.state.scope.mark(), len(heap.journal), heap.size)
    counts = (run.outside, run.stored, run.sought, len(run.reads))
    return Turn(*marks, *counts, outermost)


def end(run: Interpreter, loop: Loop, turn: Turn) -> bool:
    """End the first turn; say whether the next one may find something that it has left."""
    scope = run.state.scope
    read: dict[str, list[Value | None]] = {}
    for start, place, name, value in (run.reads or [])[turn.reads :]:
        if start is not scope and (place is scope or place is None):
            read.setdefault(name, []).append(value)
    if turn.outermost:
        run.reads = None
    if run.outside != turn.outside or (run.stored != turn.written and run.sought != turn.sought):
        return True
    filled: set[int] = set()
    for address, old in run.state.heap.since(turn.journal, turn.size).items():
        new = run.held[address]
        if new is old or new == old:
            continue
        if not isinstance(new, Sequence | Dictionary):
            return True
        filled.add(address)
    uses = run.uses.get(loop)
    if uses is None:
        uses = run.uses[loop] = Uses(loop)
    changed = scope.since(turn.names)
    if any(_leaves(run, uses, name, old, read.get(name, ())) for name, old in changed.items()):
        return True
    if not filled:
        return False
    objects = [name for name in uses.filled if not _is_container(run, scope.find(name))]
    return _reach(run, map(scope.find, uses.loaded.union(read, objects)), filled)


def _is_container(run: Interpreter, value: Value | None) -> bool:
    """Say whether to put something into a value is no call of a method of the program."""
    inner = run.load(value) if value is not None else None
    return isinstance(inner, Sequence | Dictionary) and not any(
        isinstance(run.load(part), Instance) for part in _parts(inner)
    )


def _leaves(
    run: Interpreter, uses: Uses, name: str, before: Value | None, read: Iterable[Value | None]
) -> bool:
    """Say whether a name may stand for something else at the start of the next turn.

    Nothing is new where it was not looked at before it was bound, by functions neither.
    """
    now = run.state.scope.names.get(name)
    if now is before or now == before:
        return False
    if name in uses.exposed or any(value is before for value in read):
        return True
    return name in uses.added and (now is None or not isinstance(run.load(now), Data))


def _reach(run: Interpreter, values: Iterable[Value | None], addresses: set[int]) -> bool:
    """Say whether a cell of the heap can be reached from values; too much of it may well reach."""
    waiting = [value for value in values if value is not None]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Ref):
            if value.address in addresses or len(seen) > _MOST_PARTS:
                return True
            if value.address not in seen:
                seen.add(value.address)
                waiting.append(run.held[value.address])
        else:
            waiting += _parts(value)
    return False


def _parts(value: Value) -> Iterable[Value]:
    if isinstance(value, Sequence):
        return value.items if value.rest is None else (*value.items, value.rest)
    if isinstance(value, Dictionary):
        return (*value.items.values(), *((value.rest,) if value.rest is not None else ()))
    if isinstance(value, Instance | Estimator):
        return cast("Iterable[Value]", value.attributes.values())
    if isinstance(value, Choice):
        return value.options
    if isinstance(value, Method):
        return (value.receiver,)
    if isinstance(value, Function) and value.this is not None:
        return (value.this,)
    return ()


class Uses:
    """The names that a loop looks at in a turn, and those that it looks at before it binds them.

    `exposed` are looked at before, `added` are added to (`total += loss`), `loaded` are looked at
    anywhere, and `filled` are names of what something is put into, which is no look at it.
    """

    def __init__(self, loop: Loop):
        self.exposed: set[str] = set()
        self.added: set[str] = set()
        self.loaded: set[str] = set()
        self.filled: set[str] = set()
        bound: set[str] = set()
        if isinstance(loop, ast.While):
            self._look(loop.test, bound)
        else:
            self._bind(loop.target, bound)
        self._block(loop.body, bound)

    def _look(self, node: ast.AST | None, bound: set[str]) -> None:
        for inner in walk(node) if node is not None else ():
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                self.loaded.add(inner.id)
                if inner.id not in bound:
                    self.exposed.add(inner.id)

    def _bind(self, target: ast.expr, bound: set[str]) -> None:
        if isinstance(target, ast.Name):
            bound.add(target.id)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._bind(element, bound)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, bound)
        elif isinstance(target, ast.Subscript):
            self._put(target, bound)
        else:
            self._look(target, bound)

    def _put(self, holder: ast.expr, bound: set[str]) -> None:
        """Look at the keys under which something is put into what a name holds."""
        while isinstance(holder, ast.Subscript):
            self._look(holder.slice, bound)
            holder = holder.value
        if isinstance(holder, ast.Name):
            self.filled.add(holder.id)
        else:
            self._look(holder, bound)

    def _block(self, body: list[ast.stmt], bound: set[str]) -> None:
        for statement in body:
            self._statement(statement, bound)

    def _statement(self, node: ast.stmt, bound: set[str]) -> None:
        match node:
            case ast.For() | ast.AsyncFor() | ast.While() | ast.If() | ast.Try():
                self._branching(node, bound)
            case ast.Assign(targets=targets, value=value):
                self._look(value, bound)
                for target in targets:
                    self._bind(target, bound)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self._look(value, bound)
                if name not in bound:
                    self.added.add(name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=holder, attr=verb)) as call) if (
                verb in _FILLS
            ):
                self._put(holder, bound)
                for given in (*call.args, *call.keywords):
                    self._look(given, bound)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._look(item.context_expr, bound)
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, bound)
                self._block(node.body, bound)
            case _:
                self._look(node, bound)

    def _branching(
        self, node: ast.For | ast.AsyncFor | ast.While | ast.If | ast.Try, bound: set[str]
    ) -> None:
        if isinstance(node, ast.If):
            self._look(node.test, bound)
            one, other = {*bound}, {*bound}
            self._block(node.body, one)
            self._block(node.orelse, other)
            bound |= one & other
        elif isinstance(node, ast.Try):
            handlers = [handler.body for handler in node.handlers]
            for body in (node.body, *handlers, node.orelse, node.finalbody):
                self._block(body, {*bound})
        elif isinstance(node, ast.While):
            self._look(node.test, bound)
            self._block([*node.body, *node.orelse], bound)
        else:
            self._look(node.iter, bound)
            self._bind(node.target, bound)
            self._block([*node.body, *node.orelse], bound)
