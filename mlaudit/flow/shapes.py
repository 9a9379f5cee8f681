"""What can be reached from values: to compare calls by it, and to know what they may have read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.flow.values import (
    UNKNOWN,
    Choice,
    Class,
    Constant,
    Data,
    Dictionary,
    Function,
    Instance,
    Method,
    ProjectModule,
    Ref,
    Sequence,
    Symbol,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import Scope

MOST_PARTS = 200


class UnfitError(Exception):
    """A value is of a kind that changes on its own, or there is too much of it."""


class Shape:
    """The parameters of a call, and what it runs in, as a key that equal calls have in common.

    `addresses` are the cells of the heap that are reached, in the order in which they are.
    """

    def __init__(self, run: Interpreter, function: Function, scope: Scope):
        self.addresses: dict[int, int] = {}
        self.held: list[object] = [function]
        self._run = run
        self._parts: list[Any] = [
            function.scope.identity,
            tuple(map(id, run.loops)),
            tuple(map(id, run.each)),
            tuple(run.sides),
            tuple([frame.entered for frame in run.calls]),
            bool(run.conditions),
            (len(run.stars), len(run.read_in)),
        ]
        for name, value in scope.names.items():
            self._parts.append(name)
            self._add(value)
        self.key = tuple(self._parts)

    def _add(self, value: Value | None) -> None:
        parts = self._parts
        if len(parts) > MOST_PARTS:
            raise UnfitError
        kind = value.__class__
        parts.append(kind)
        if isinstance(value, Ref):
            place = self.addresses.get(value.address)
            parts.append(place)
            if place is None:
                self.addresses[value.address] = len(self.addresses)
                self._add(self._run.held[value.address])
        elif isinstance(value, Constant):
            parts += (value.value.__class__, value.value)
        elif isinstance(value, Data):
            self._data(value)
        elif isinstance(value, Symbol):
            parts.append(value.name)
        elif isinstance(value, Sequence):
            parts += (value.way, len(value.items))
            self._all((*value.items, value.rest))
        elif isinstance(value, Dictionary):
            if value.chosen_by:
                raise UnfitError
            parts.append(tuple([(key.__class__, key) for key in value.items]))
            self._all((*value.items.values(), value.rest))
        else:
            self._other(value)

    def _all(self, values: Iterable[Value | None]) -> None:
        for value in values:
            self._add(value)

    def _data(self, value: Data) -> None:
        if value.predictions or value.scores or value.chosen_by:
            raise UnfitError
        self.held.append(value)
        known = value.columns and id(value.columns)
        self._parts += (value.kind, value.rows, value.influences, known, value.table, value.name)
        self._parts += (value.select, value.label, value.order, value.units, value.by)
        self._parts += (value.moved, value.turned)
        self._parts.append(value is UNKNOWN)
        self._add(value.target)

    def _other(self, value: Value | None) -> None:
        if isinstance(value, Function):
            self._parts += (value.node, value.scope.identity)
            self._all((value.this, value.owner))
        elif isinstance(value, Class | ProjectModule):
            self._parts.append(value.scope.identity)
        elif isinstance(value, Instance) and value.estimator is None:
            self._parts.append(tuple(value.attributes))
            self._all((value.owner, *value.attributes.values()))
        elif isinstance(value, Method):
            self._parts.append(value.name)
            self._add(value.receiver)
        elif isinstance(value, Choice):
            self._parts.append(len(value.options))
            self._all(value.options)
        elif value is not None:
            raise UnfitError


class Reached:
    """The cells of the heap that are reached from values, each with what it holds."""

    def __init__(self, run: Interpreter):
        self.found: dict[int, Value] = {}
        self._run = run

    def add(self, value: Value | None) -> None:
        """Add what is reached from a value."""
        if len(self.found) > MOST_PARTS:
            raise UnfitError
        while isinstance(value, Ref):
            if value.address in self.found:
                return
            inner = self.found[value.address] = self._run.held[value.address]
            value = inner
        for part in parts(value):
            self.add(part)


def parts(value: Value | None) -> Iterable[Value | None]:
    """Give what a value holds; raises for what changes on its own, as models and scores do."""
    if value is None or isinstance(value, Constant | Symbol | Class | ProjectModule):
        return ()
    if isinstance(value, Data):
        if value.predictions or value.scores or value.chosen_by:
            raise UnfitError
        return ()
    if isinstance(value, Sequence):
        return (*value.items, value.rest)
    if isinstance(value, Dictionary) and not value.chosen_by:
        return (*value.items.values(), value.rest)
    if isinstance(value, Instance) and value.estimator is None:
        return value.attributes.values()
    if isinstance(value, Function):
        return (value.this,)
    if isinstance(value, Method):
        return (value.receiver,)
    if isinstance(value, Choice):
        return value.options
    raise UnfitError
