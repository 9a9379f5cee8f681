"""Splits of rows: one call's parts, and the folds of a splitter."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mlaudit.flow import groups
from mlaudit.flow.arguments import Arguments, described
from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import (
    SCALAR,
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Sequence,
    Value,
)
from mlaudit.model.pattern import Pattern
from mlaudit.trace.events import Split

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows


_PART = Pattern(
    r"(?<![a-z])(train|test|val|dev|eval|holdout|tr(?![a-z])|te(?![a-z]))"
    r"(ing|id|idation|uation)?(?![a-z])",
    re.IGNORECASE,
)
_PARTITION = Pattern(
    r"(?i)(is_?)?(train|test|valid|val|dev|eval|hold_?out|tun|calib)"
    r"(e|ing|ation|idation|uation|ration)?([_-]?(set|part|split|data|partition))?"
)
_PIECE = "*piece"  # what tells the rows of one piece from those of the others
_OF_SIZES = frozenset({"split_size_or_sections", "split_size"})


@lru_cache(1024)
def part_named(name: str) -> str | None:
    """Tell which part of a division a name stands for: `X_train` and `training` for the same."""
    word = _PART.search(name)
    return word[0].lower()[:2] if word else None


def part_called(value: Data, name: str) -> Selector | None:
    """Tell which part of something unknown is named: `data.X_test`, `data.get_training_rows()`."""
    named = {word[0].lower()[:2] for word in _PART.finditer(name)}
    if value.kind != "unknown" or len(named) != 1:
        return None
    return Selector("part", "by name", named.pop())


def part_asked(run: Interpreter, arguments: Arguments) -> Selector | None:
    """Tell which part a function is asked for: `read(folder, "train")`, `read(train=False)`."""
    for value in map(run.load, arguments.values()):
        text = value.value if isinstance(value, Constant) else None
        word = _PARTITION.fullmatch(text) if isinstance(text, str) else None
        if word is not None:
            return Selector("part", "by name", word[2].lower()[:2])
    for name, given in arguments.named.items():
        flag, word = run.load(given), _PARTITION.fullmatch(name)
        if word is not None and isinstance(flag, Constant) and isinstance(flag.value, bool):
            return Selector("part", ("by flag", word[2].lower()[:2]), flag.value)
    return None


def apart(run: Interpreter, arguments: Arguments, data: list[Data]) -> list[Data]:
    """Keep apart what an unknown call is given to train on and, by name, to judge by.

    What comes out may hold rows of each, but nobody knows which of them a model is trained on.
    """
    if not arguments.named:
        return data
    named = [(part_named(name), value) for name, value in arguments.named.items()]
    parts = {part for part, value in named if part is not None and run.data(value).rows.terms}
    others = any(run.data(value).rows.terms for value in arguments.positional)
    if not parts - {"tr"} or not (len(parts) > 1 or others):
        return data
    select = Selector("maybe", ("one of the parts", id(arguments.node), run.context))
    return [d.but(rows=d.rows.select(select)) if d.rows.terms else d for d in data]


def _drawn(rows: Rows) -> set[Hashable]:
    """Name the divisions that rows have come through."""
    steps = (step.selector for term in rows.terms for step in term.chain)
    return {chosen.key for chosen in steps if chosen.way == "part"}


def call(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Divide every array given into the same parts; outputs come array by array."""
    if entry.along is not None:
        return pieces(run, name, entry, arguments)
    if entry.data or entry.outputs == 1:
        return lengths(run, name, entry, arguments)
    arrays = _aligned(run, arguments)
    if arguments.rest is not None:
        return run.data(arguments.rest).but(select=None)
    if not arrays:
        return UNKNOWN
    if _sets_none_apart(run, arguments):
        halves = [(data, data.but(rows=NO_ROWS)) for data in arrays]
        return Sequence(tuple([half for pair in halves for half in pair]), way="tuple")
    key = _identity(run, entry, arguments)
    cut = _cuts(run, entry, arguments)
    by = groups.IN_TIME if cut else None
    selectors = [Selector("part", key, part, by) for part in range(2)]
    rows = next((data.rows for data in arrays if data.rows.terms), NO_ROWS)
    parts = tuple([rows.select(select) for select in selectors])
    outputs = [
        part_of(data, select, part if data.rows is rows else None)
        for data in arrays
        for select, part in zip(selectors, parts, strict=True)
    ]
    event = run.emit(
        Split,
        arguments.node,
        function=name.rsplit(".", 1)[-1],
        rows=rows,
        parts=parts,
        arguments=described(run, arguments),
        arrays=tuple(
            run.text(arguments.nodes[i]) for i in range(len(arrays)) if i in arguments.nodes
        ),
        order=next((data.order for data in arrays if data.order), None),
        cut=cut,
        likewise=tuple(
            [
                each.rows
                for each in outputs
                if each.rows not in parts and _drawn(each.rows) == _drawn(parts[0])
            ]
        ),
    )
    return Sequence(tuple(outputs), way="tuple") if event else UNKNOWN


def _sets_none_apart(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether the second part is to be empty, as a caller asks that has rows of its own."""
    size = run.load(arguments.named.get("test_size", UNKNOWN))
    value = size.value if isinstance(size, Constant) else None
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _aligned(run: Interpreter, arguments: Arguments) -> list[Data]:
    """See the arrays as data; one of unknown origin has the rows of those beside it.

    Numbers that are divided alone, as a `range` is, are positions of rows.
    """
    values = arguments.positional
    known = next((d.rows for d in map(run.data, values) if d.rows.terms), None)
    found = []
    for position, value in enumerate(values):
        data = run.data(value)
        if known is not None and not data.rows.terms and data.kind != "scalar":
            data = data.but(rows=known)
        plain = data.but(select=None) == SCALAR and not isinstance(run.load(value), Constant)
        if len(values) == 1 and plain:
            data = value = Data("array")
        data = data if data.rows.terms else run.rows_of(value, arguments.nodes.get(position))
        known = known or (data.rows if data.rows.terms else None)
        found.append(data)
    return found


def part_of(data: Data, select: Selector, rows: Rows | None = None) -> Data:
    """Take a part (`rows`, if known); a part of an index chooses that part of what it indexes."""
    rows = rows or data.rows.select(select)
    if data.select is not None and data.kind == "index":
        return data.but(rows=rows, select=Selector("rows", rows))
    return data.but(rows=rows, influences=groups.divided(data, select, rows), select=None)


def _cuts(run: Interpreter, entry: Entry, arguments: Arguments) -> bool:
    """Say whether rows are divided in the order that they have, and none are drawn."""
    unshuffled = run.load(arguments.named.get("shuffle", UNKNOWN)) == Constant(False)
    return unshuffled or entry.random == "never"


def _identity(run: Interpreter, entry: Entry, arguments: Arguments) -> Hashable:
    """Two calls with the same literal seed and sizes on the same rows make the same parts."""
    seed = run.load(arguments.named.get(entry.seed or "", UNKNOWN))
    if isinstance(seed, Constant) and isinstance(seed.value, int):
        settings: list[Hashable] = []
        for name in ("test_size", "train_size", "shuffle", "stratify"):
            value = arguments.named.get(name)
            if value is None:
                settings.append(None)
                continue
            node = arguments.nodes.get(name)
            inner = run.load(value)
            settings.append(inner.value if isinstance(inner, Constant) else node and run.text(node))
        return ("seeded", seed.value, *settings)
    return ("split", id(arguments.node), run.context)


def lengths(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Divide one data set into parts of given lengths, as `random_split` does."""
    sizes = run.load(arguments.get("lengths", 1) or UNKNOWN)
    count = len(sizes.items) if isinstance(sizes, Sequence) and sizes.rest is None else 2
    return _divided(run, name, entry, arguments, count, "split")


def of_data_set(
    run: Interpreter, value: Data, name: str, entry: Entry, arguments: Arguments
) -> Value:
    """Divide a data set by its own method: into `train` and `test`, or as many as it has sizes."""
    sizes = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    listed = isinstance(sizes, Sequence) and sizes.rest is None and name != "train_test_split"
    count = len(sizes.items) if isinstance(sizes, Sequence) and listed else 2
    key = ("split", id(arguments.node), run.context)
    parts = [part_of(value, Selector("part", key, part)) for part in range(count)]
    run.emit(
        Split,
        arguments.node,
        function=name,
        rows=value.rows,
        parts=tuple(part.rows for part in parts),
        arguments=described(run, arguments),
        cut=_cuts(run, entry, arguments),
    )
    if name == "train_test_split":
        return run.state.allocate(Dictionary({"train": parts[0], "test": parts[1]}))
    return Sequence(tuple(parts), way="tuple")


def pieces(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Divide one array at given positions, as `numpy.split` does, or into pieces of given sizes."""
    names, along = entry.parameters, entry.along or "axis"
    places = run.load(arguments.get(names[1], 1) or UNKNOWN)
    axis = run.load(arguments.get(along, names.index(along)) or Constant(0))
    if isinstance(places, Sequence) and places.rest is None and axis == Constant(0):
        count = len(places.items) + (names[1] not in _OF_SIZES)
        return _divided(run, name, entry, arguments, count, "pieces")
    whole = run.data(arguments.positional[0]) if arguments.positional else UNKNOWN
    if axis != Constant(0):  # each has columns of all rows
        return whole.but(kind="column", name=None) if whole.kind == "array" else whole
    if not whole.rows.terms:
        return whole
    return run.state.allocate(Sequence(rest=whole.but(by=whole.by | {_PIECE})))


def _divided(
    run: Interpreter, name: str, entry: Entry, arguments: Arguments, count: int, how: str
) -> Sequence:
    whole = arguments.positional[0] if arguments.positional else UNKNOWN
    data = run.rows_of(whole, arguments.nodes.get(0))
    key = (how, id(arguments.node), run.context)
    parts = [part_of(data, Selector("part", key, part)) for part in range(max(count, 2))]
    run.emit(
        Split,
        arguments.node,
        function=name.rsplit(".", 1)[-1],
        rows=data.rows,
        parts=tuple(part.rows for part in parts),
        arguments=described(run, arguments, entry.parameters),
        cut=_cuts(run, entry, arguments),
    )
    return Sequence(tuple(parts), way="tuple")


def folds(run: Interpreter, splitters: list[Estimator], arguments: Arguments) -> Value:
    """Give the pairs of index arrays of `splitter.split(X, y)`, symbolic in the loop variable.

    Of several splitters one is used, whichever the path gives: the folds of all are the same ones.
    """
    data = run.data(arguments.positional[0]) if arguments.positional else UNKNOWN
    keys = tuple(splitter.key for splitter in splitters)
    key = keys[0] if len(keys) == 1 else keys
    given = arguments.get("groups", 2)
    pairs = [_pair(run, splitter, data, arguments.node, key, given) for splitter in splitters]
    return Sequence(rest=pairs[0])


def old_folds(run: Interpreter, splitter: Estimator) -> Value:
    """Give a pair of index arrays of an old splitter, which is itself iterated: `KFold(n, 5)`."""
    inner = run.load(splitter.positional[0]) if splitter.positional else UNKNOWN
    if isinstance(inner, Constant) and isinstance(inner.value, Length):
        data = Data("index", inner.value.rows)
    else:
        data = run.data(inner)
    return _pair(run, splitter, data, splitter.node or ast.Pass(), splitter.key)


def _pair(
    run: Interpreter,
    splitter: Estimator,
    data: Data,
    node: ast.AST,
    identity: Hashable,
    given: Value | None = None,
) -> Value:
    key = ("folds", identity, data.rows.terms)
    name = splitter.entry.name
    single = name.endswith("ShuffleSplit")
    way = "part" if single else "fold"
    by = groups.IN_TIME if name.endswith("TimeSeriesSplit") else groups.key(run, name, given)
    pair = []
    for part in ("train", "test"):
        select = Selector(way, key, part, by)
        pair.append(Data("index", data.rows.select(select), select=select))
    run.emit(
        Split,
        node,
        function=splitter.model.name,
        rows=data.rows,
        parts=tuple(index.rows for index in pair),
        arguments=splitter.model.arguments,
        folds=not single,
        order=data.order,
    )
    return Sequence(tuple(pair), way="tuple")
