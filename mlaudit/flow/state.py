"""Names and heap at one point of the program; forked at branches and merged after them."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from mlaudit.flow.values import (
    NONE,
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Ref,
    Sequence,
    Value,
    combine,
    merge_influences,
)
from mlaudit.model.frozen import record

if TYPE_CHECKING:
    from mlaudit.source.document import Document

MOST_CHOICES = 4


class Scope:
    """The names of a module, function or class body, and the scope around it."""

    __slots__ = ("document", "global_names", "names", "outer")

    def __init__(self, document: Document, outer: Scope | None = None):
        self.document = document
        self.outer = outer
        self.names: dict[str, Value] = {}
        self.global_names: set[str] = set()

    def find(self, name: str) -> Value | None:
        """Look a name up, outwards."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name)
            if value is not None:
                return value
            scope = scope.outer
        return None

    def bind(self, name: str, value: Value) -> None:
        """Bind a name here, or at module level when it was declared global."""
        scope = self
        if name in self.global_names:
            while scope.outer is not None:
                scope = scope.outer
        scope.names[name] = value


@record
class Fork:
    """The names of the running scope and the heap, as they were."""

    names: dict[str, Value]
    heap: dict[int, Value]


@record
class State:
    """The running scope and the heap."""

    scope: Scope
    heap: dict[int, Value] = field(default_factory=dict)
    next_address: int = 0

    def allocate(self, value: Value) -> Ref:
        """Put a mutable value on the heap."""
        self.next_address += 1
        self.heap[self.next_address] = value
        return Ref(self.next_address)

    def load(self, value: Value) -> Value:
        """Follow a reference."""
        while isinstance(value, Ref):
            value = self.heap[value.address]
        return value

    def snapshot(self) -> Fork:
        """Remember names and heap."""
        return Fork(dict(self.scope.names), dict(self.heap))

    def restore(self, fork: Fork) -> None:
        """Go back to a remembered point; what was made since stays, other scopes may hold it."""
        self.scope.names = dict(fork.names)
        self.heap = {**self.heap, **fork.heap}

    def merge(self, other: Fork) -> None:
        """Join another path's end into this one."""
        for address, value in other.heap.items():
            mine = self.heap.get(address)
            if mine is None:
                self.heap[address] = value
            elif mine is not value:
                self.heap[address] = self.join(mine, value)
        names = self.scope.names
        for name, value in other.names.items():
            mine = names.get(name)
            if mine is None:
                names[name] = value
            elif mine is not value:
                names[name] = self.join(mine, value)

    def join(self, a: Value, b: Value) -> Value:
        """Join two values that one name may have after a branch."""
        if a is b or a == b or b == NONE:
            return a
        if a == NONE:
            return b
        if isinstance(a, Data) and isinstance(b, Data):
            return _join_data(a, b)
        if isinstance(a, Sequence) and isinstance(b, Sequence):
            return self._join_sequences(a, b)
        if isinstance(a, Dictionary) and isinstance(b, Dictionary):
            items = dict(a.items)
            for key, value in b.items.items():
                items[key] = self.join(items[key], value) if key in items else value
            return Dictionary(items, a.rest or b.rest)
        if isinstance(a, Instance) and isinstance(b, Instance) and a.owner is b.owner:
            attributes = dict(a.attributes)
            for name, value in b.attributes.items():
                known = attributes.get(name)
                attributes[name] = value if known is None else self.join(known, value)
            return Instance(a.owner, attributes, b.estimator or a.estimator)
        if isinstance(a, Estimator) and isinstance(b, Estimator) and a.model is b.model:
            return _join_estimators(a, b)
        return self._choose(a, b)

    def _choose(self, a: Value, b: Value) -> Value:
        """Keep both of two different things; data is united at once."""
        one, two = self.load(a), self.load(b)
        if isinstance(one, Data) and isinstance(two, Data):
            return self.allocate(_join_data(one, two))
        if isinstance(one, Sequence) and isinstance(two, Sequence) and a is not b:
            return self.allocate(self._join_sequences(one, two))
        if isinstance(one, Constant) and isinstance(two, Constant):
            return Data("scalar")
        if isinstance(one, Constant):
            return b
        if isinstance(two, Constant):
            return a
        options: dict[int, Value] = {}
        for value in (a, b):
            for option in value.options if isinstance(value, Choice) else (value,):
                options.setdefault(
                    id(option) if not isinstance(option, Ref) else option.address, option
                )
        return Choice(tuple(options.values())[:MOST_CHOICES])

    def _join_sequences(self, a: Sequence, b: Sequence) -> Sequence:
        if len(a.items) == len(b.items):
            items = tuple(self.join(x, y) for x, y in zip(a.items, b.items, strict=True))
        else:
            items = max(a.items, b.items, key=len)
        rest = a.rest if b.rest is None else b.rest if a.rest is None else self.join(a.rest, b.rest)
        return Sequence(items, rest, a.way)


def _join_data(a: Data, b: Data) -> Data:
    joined = combine([a, b], a.kind if a.kind == b.kind else "unknown")
    return joined.but(
        columns=a.columns if a.columns == b.columns else None,
        table=a.table if a.table == b.table else None,
        name=a.name if a.name == b.name else None,
        select=a.select if a.select == b.select else None,
    )


def _join_estimators(a: Estimator, b: Estimator) -> Estimator:
    return replace(
        a,
        fits=tuple(dict.fromkeys((*a.fits, *b.fits))),
        influences=merge_influences(a.influences, b.influences),
        inner=a.inner or b.inner,
        attributes={**a.attributes, **b.attributes},
    )
