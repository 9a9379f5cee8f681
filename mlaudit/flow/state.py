"""Names and heap at one point of the program; forked at branches and merged after them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from mlaudit.flow import choices
from mlaudit.flow.values import (
    ANY,
    NONE,
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Ref,
    Results,
    Sequence,
    Value,
    combine,
    merge_influences,
)
from mlaudit.model.frozen import record, replace

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from mlaudit.flow.regions import Rows
    from mlaudit.source.document import Document
    from mlaudit.trace.guards import Guards

    Ways = tuple[Guards, Guards]

MOST_CHOICES = 4
_SERIAL = count(1)


class Scope:
    """The names of a module, function or class body, and the scope around it.

    `identity` is a number that no other scope has, the higher the later it was made.  From the
    first fork on, `journal` keeps what names stood for before each change (None: for nothing).
    Names of a class body are not seen by its methods, which see what is `seen_below`.
    """

    __slots__ = ("document", "global_names", "identity", "journal", "names", "of_class", "outer")

    def __init__(self, document: Document, outer: Scope | None = None, *, of_class: bool = False):
        self.document = document
        self.outer = outer
        self.of_class = of_class
        self.names: dict[str, Value] = {}
        self.journal: list[tuple[str, Value | None]] | None = None
        self.global_names: set[str] = set()
        self.identity = next(_SERIAL)

    @property
    def seen_below(self) -> Scope:
        """The scope that functions made here look outwards to."""
        return self.outer if self.of_class and self.outer is not None else self

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
        if scope.journal is not None:
            scope.journal.append((name, scope.names.get(name)))
        scope.names[name] = value

    def mark(self) -> int:
        """Give the place in the journal where what changes from now on will stand."""
        if self.journal is None:
            self.journal = []
        return len(self.journal)

    def since(self, mark: int) -> dict[str, Value | None]:
        """Give what the names that changed since a mark had stood for; None: for nothing."""
        before: dict[str, Value | None] = {}
        for name, old in (self.journal or [])[mark:]:
            before.setdefault(name, old)
        return before

    def undo(self, mark: int) -> dict[str, Value | None]:
        """Take back what changed since a mark; give what the names stood for until then."""
        before = self.since(mark)
        changes = {name: self.names.get(name) for name in before}
        self.redo(before)
        del (self.journal or [])[mark:]
        return changes

    def redo(self, changes: Mapping[str, Value | None]) -> None:
        """Let names stand for other things; None: for nothing."""
        for name, value in changes.items():
            self.put(name, value)

    def put(self, name: str, value: Value | None) -> None:
        """Let a name of this scope stand for a value; None: for nothing."""
        if self.journal is not None:
            self.journal.append((name, self.names.get(name)))
        if value is not None:
            self.names[name] = value
        else:
            self.names.pop(name, None)


class Heap:
    """Mutable values by address; every write is journalled, so that it can be taken back."""

    __slots__ = ("journal", "size", "values")

    def __init__(self) -> None:
        self.values: dict[int, Value] = {}
        self.journal: list[tuple[int, Value]] = []
        self.size = 0

    def __getitem__(self, address: int) -> Value:
        return self.values[address]

    def __setitem__(self, address: int, value: Value) -> None:
        self.journal.append((address, self.values[address]))
        self.values[address] = value

    def allocate(self, value: Value) -> Ref:
        """Put a new value on the heap."""
        self.size += 1
        self.values[self.size] = value
        return Ref(self.size)

    def since(self, mark: int, size: int) -> dict[int, Value]:
        """Give what the values written since a mark had been before, but for newer ones."""
        before: dict[int, Value] = {}
        for address, old in self.journal[mark:]:
            if address <= size:
                before.setdefault(address, old)
        return before


@record
class Fork:
    """A point from which several paths go on."""

    names: int
    mark: int
    size: int


@record
class End:
    """Where one path has led: the names that it changed, and what it wrote to the heap."""

    names: dict[str, Value | None]
    changes: dict[int, Value]


class State:
    """The running scope, the heap, and names as the paths leave them that break a loop off.

    `entries` are the records that keys gave of one that stands for all, each with that one.  While
    paths are joined of which the program takes one, `parted` are the answers that lead to them.
    """

    __slots__ = ("broken", "entries", "heap", "parted", "scope")

    def __init__(self, scope: Scope):
        self.scope = scope
        self.heap = Heap()
        self.entries: dict[tuple[int, Hashable], tuple[Value, Value]] = {}
        self.broken: list[tuple[Scope, str, Value]] = []
        self.parted: Ways | None = None

    def allocate(self, value: Value) -> Ref:
        """Put a mutable value on the heap."""
        return self.heap.allocate(value)

    def load(self, value: Value) -> Value:
        """Follow a reference."""
        while isinstance(value, Ref):
            value = self.heap.values[value.address]
        return value

    def fork(self) -> Fork:
        """Remember this point."""
        return Fork(self.scope.mark(), len(self.heap.journal), self.heap.size)

    def leave(self, start: Fork) -> End:
        """Go back to where the paths part, and say where this one has led.

        What was made on the way stays on the heap: other scopes may hold it.
        """
        before = self.heap.since(start.mark, start.size)
        changes = {address: self.heap[address] for address in before}
        self.heap.values.update(before)
        del self.heap.journal[start.mark :]
        return End(self.scope.undo(start.names), changes)

    def resume(self, end: End) -> None:
        """Go on from the end of a path."""
        for address, value in end.changes.items():
            self.heap[address] = value
        self.scope.redo(end.names)

    def choose(self, start: Fork, other: End, ways: Ways = ((), ())) -> None:
        """Join the end of another path into this, of which the program takes only one.

        `ways` are the answers that lead to this path, and to the other.
        """
        before, self.parted = self.parted, ways
        try:
            self.merge(start, other)
        finally:
            self.parted = before

    def merge(self, start: Fork, other: End | None) -> None:
        """Join the end of another path from the same start (None: the start itself) into this."""
        changes = other.changes if other is not None else {}
        before = self.heap.since(start.mark, start.size)
        for address in {*before, *changes}:
            mine = self.heap[address]
            value = changes.get(address, before.get(address, mine))
            if mine is not value:
                self.heap[address] = self.join(mine, value)
        self._merge_names(self.scope.since(start.names), other.names if other is not None else {})

    def _merge_names(
        self, before: dict[str, Value | None], theirs: dict[str, Value | None]
    ) -> None:
        """Join what names stand for after another path, or for what they stood before both."""
        scope = self.scope
        for name in {**before, **theirs}:
            value = theirs[name] if name in theirs else before[name]
            known = scope.names.get(name)
            if value is not None and known is not value:
                scope.put(name, value if known is None else self.join(known, value))

    def either(self, a: Value, b: Value, ways: Ways = ((), ())) -> Value:
        """Join what two paths give, of which the program takes one."""
        before, self.parted = self.parted, ways
        try:
            return self.join(a, b)
        finally:
            self.parted = before

    def join(self, a: Value, b: Value) -> Value:
        """Join two values that one name may have after a branch."""
        if a is b or a == b:
            return a
        if a == NONE or b == NONE:
            return self._perhaps(a, 0) if b == NONE else self._perhaps(b, 1)
        if isinstance(a, Data) and isinstance(b, Data):
            return _join_data(a, b, self.parted)
        if isinstance(a, Sequence) and isinstance(b, Sequence) and not _differ_in_size(a, b):
            return self._join_sequences(a, b)
        if isinstance(a, Dictionary) and isinstance(b, Dictionary):
            items = dict(a.items)
            for key, value in b.items.items():
                items[key] = self.join(items[key], value) if key in items else value
            rest = self._join_rests(a.rest, b.rest)
            return Dictionary(items, rest, choices.united(a.chosen_by, b.chosen_by))
        if isinstance(a, Instance) and isinstance(b, Instance) and a.owner is b.owner:
            attributes = dict(a.attributes)
            for name, value in b.attributes.items():
                known = attributes.get(name)
                attributes[name] = value if known is None else self.join(known, value)
            return Instance(a.owner, attributes, b.estimator or a.estimator)
        if isinstance(a, Estimator) and isinstance(b, Estimator) and a.model is b.model:
            return _join_estimators(a, b)
        return self._choose(a, b)

    def _perhaps(self, value: Value, way: int) -> Value:
        """Give what another path has nothing for: its rows are there on one path only."""
        inner = self.load(value)
        if not self.parted or not isinstance(inner, Data) or not inner.rows.terms:
            return value
        return self.allocate(inner.but(rows=inner.rows.on_one_path.under(self.parted[way])))

    def _choose(self, a: Value, b: Value) -> Value:
        """Keep both of two different things; data is united at once."""
        one, two = self.load(a), self.load(b)
        if isinstance(one, Data) and isinstance(two, Data):
            return self.allocate(_join_data(one, two, self.parted))
        if (
            isinstance(one, Sequence)
            and isinstance(two, Sequence)
            and not _differ_in_size(one, two)
        ):
            return self.allocate(self._join_sequences(one, two))
        if isinstance(one, Constant) and isinstance(two, Constant):
            return Data("scalar", name=_begun_alike(one.value, two.value))
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
        parted = self.parted is not None or any(
            isinstance(each, Choice) and each.parted for each in (a, b)
        )
        return Choice(self._fewer(list(options.values())), parted)

    def _fewer(self, options: list[Value]) -> tuple[Value, ...]:
        """Keep few of many: of models those first that units of columns may move."""
        if len(options) > MOST_CHOICES:
            options.sort(key=self._minds_order_only)
        return tuple(options[:MOST_CHOICES])

    def _minds_order_only(self, value: Value) -> bool:
        inner = self.load(value)
        return isinstance(inner, Estimator) and inner.model.compares_only

    def _join_sequences(self, a: Sequence, b: Sequence) -> Sequence:
        if self._differ_in_names(a, b):
            others = frozenset(b.items)
            both = tuple(item for item in a.items if item in others)
            return Sequence(both, Data("scalar"), a.way)
        if len(a.items) == len(b.items):
            items = tuple(self.join(x, y) for x, y in zip(a.items, b.items, strict=True))
        else:
            items = max(a.items, b.items, key=len)
        return Sequence(items, self._join_rests(a.rest, b.rest), a.way)

    def _join_rests(self, a: Value | None, b: Value | None) -> Value | None:
        return a if b is None else b if a is None else self.join(a, b)

    def _differ_in_names(self, a: Sequence, b: Sequence) -> bool:
        """Say whether two lists of names have not the same number of them."""
        if len(a.items) == len(b.items):
            return False
        return all(
            isinstance(item, Constant) and isinstance(item.value, str)
            for item in (*a.items, *b.items)
        )


def _differ_in_size(a: Sequence, b: Sequence) -> bool:
    """Say whether two tuples have not as many parts: where one is taken apart, it is that one."""
    known = a.way == b.way == "tuple" and a.rest is None and b.rest is None
    return known and len(a.items) != len(b.items)


def _begun_alike(one: object, two: object) -> str | None:
    """Of `"validation"` and `"validation_matched"` it is known how the name begins."""
    if not (isinstance(one, str) and isinstance(two, str)):
        return None
    shorter, longer = sorted((one, two), key=len)
    alike = shorter.isidentifier() and longer.startswith(shorter)
    return f"{shorter}{ANY}" if alike else None


def _join_data(a: Data, b: Data, ways: Ways | None) -> Data:
    joined = combine([a, b], _kind_of_either(a, b))
    return joined.but(
        rows=_either(a.rows, b.rows, ways) if ways is not None else joined.rows,
        columns=a.columns if a.columns == b.columns else None,
        table=a.table if a.table == b.table else None,
        name=a.name if a.name == b.name else None,
        select=a.select if a.select == b.select else None,
        decided=a.decided and b.decided,
        results=_join_results(a, b),
    )


def _either(one: Rows, two: Rows, ways: Ways) -> Rows:
    if one == two:
        return one
    return one.under(ways[0]).either(two.under(ways[1]))


def _kind_of_either(a: Data, b: Data) -> str:
    """Say what either of two is; zeros that stand in for one row are as much of it."""
    if a.kind == b.kind:
        return a.kind
    plain = a if b.kind == "row" else b
    if "row" in {a.kind, b.kind} and not plain.rows.terms and not plain.influences:
        return "row"
    return "unknown"


def _join_results(a: Data, b: Data) -> Results | None:
    """Unite what is known of the columns of two tables; one without any scores has none to tell."""
    if a.results is None or b.results is None:
        return (a.results if not b.scores else None) or (b.results if not a.scores else None)
    return a.results.joined(b.results)


def _join_estimators(a: Estimator, b: Estimator) -> Estimator:
    return replace(
        a,
        fits=tuple(dict.fromkeys((*a.fits, *b.fits))),
        influences=merge_influences(a.influences, b.influences),
        inner=a.inner or b.inner,
        attributes={**a.attributes, **b.attributes},
        chosen_by=choices.united(a.chosen_by, b.chosen_by),
    )
