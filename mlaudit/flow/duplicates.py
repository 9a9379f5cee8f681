"""Rows that come to stand in a table more than once: repeated, drawn again, put beside copies."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import groups, tables
from mlaudit.flow.regions import union
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Constant, Data, Sequence, Value, merge_influences
from mlaudit.trace.events import Effect, Influence, Kind, Resample

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_ROWS = {0, "index", "rows"}
_KINDS = {"table", "column", "array", "archive"}
_MOST_ITEMS = 24


def repeated(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Repeat rows, as `numpy.repeat` does, or draw them with replacement, as `resample` does."""
    values = [run.data(value) for value in arguments.positional]
    short = name.rsplit(".", 1)[-1]
    if short == "resample" and not _replaces(run, arguments):
        select = Selector("some", (id(arguments.node), run.context))
        found: list[Value] = [data.but(rows=data.rows.select(select)) for data in values]
    elif short == "resample":
        key: Hashable = (id(arguments.node), run.context)
        values = _together(run, arguments, values)
        copies = [copied(run, arguments, short, data, key) for data in values]
        _balanced(run, arguments, values[:1], copies[:1])
        found = [*copies]
    else:
        data = values[0] if values else Data("array")
        times = arguments.nodes.get(1) or arguments.nodes.get("repeats")
        key = (short, times and run.text(times))
        return (
            copied(run, arguments, short, data, key)
            if _repeats_rows(run, short, data, arguments)
            else data
        )
    return found[0] if len(found) == 1 else Sequence(tuple(found), way="tuple")


def _together(run: Interpreter, arguments: Arguments, values: list[Data]) -> list[Data]:
    """Let arrays of which nothing is known be the rows of the first one, which has a name."""
    node = arguments.nodes.get(0)
    if not values or values[0].rows.terms or not isinstance(node, ast.Name):
        return values
    first = run.rows_of(arguments.positional[0], node)
    others = [one if one.rows.terms else one.but(rows=first.rows) for one in values[1:]]
    return [first, *others]


def _balanced(run: Interpreter, arguments: Arguments, given: list[Data], made: list[Data]) -> None:
    """Record that the rows of one class, chosen by a value, are drawn again."""
    for before, after in zip(given, made, strict=True):
        ways = {term.selector.way for term in before.rows.terms}
        if ways == {"filter"}:
            run.emit(Resample, arguments.node, model=None, rows=before.rows, result=after.rows)


def concatenated(
    run: Interpreter, entry: Entry, arguments: Arguments, parts: list[Data], joined: Data
) -> Data:
    """Mark what a concatenation holds twice: a table and some of its own rows, or flipped images.

    In loops the same expression stands for other rows in every turn, so nothing is marked there.
    """
    if run.loops or not along_rows(run, entry, arguments):
        return joined
    named = _named_again(arguments, len(parts))
    involved = [
        part
        for i, part in enumerate(parts)
        if i in named or _again(part, parts[:i] + parts[i + 1 :])
    ]
    if not involved:
        return joined
    outer = [
        part.rows
        for part in involved
        if not any(part.rows != o.rows and part.rows.within(o.rows) for o in involved)
    ]
    key = ("copies", *(part.rows.terms for part in involved))
    made = copied(run, arguments, "concat", joined.but(rows=union(outer)), key)
    others = union(part.rows for part in parts if all(part is not one for one in involved))
    return made.but(rows=made.rows | others)


def key(run: Interpreter, name: str, arguments: Arguments) -> tuple[Hashable, ...]:
    """Tell a choice of rows from others, and of which columns it leaves each value once."""
    subset = arguments.get("subset", 0) if name == "drop_duplicates" else None
    names = tables.literal_names(run, subset) if subset is not None else None
    return (groups.ONE_OF_EACH, names, id(arguments.node)) if names else (id(arguments.node),)


def removed(data: Data) -> Data:
    """After `drop_duplicates` nothing stands twice."""
    left = tuple(i for i in data.influences if i.kind is not Kind.DUPLICATION)
    return data if len(left) == len(data.influences) else data.but(influences=left)


def times(run: Interpreter, sequence: Sequence, count: Value) -> Value | None:
    """Evaluate `[table] * n`, a list that holds the same rows several times, and `[None] * 2`."""
    if sequence.rest is not None or not sequence.items:
        return None
    number = count.value if isinstance(count, Constant) else None
    copies = number if isinstance(number, int) else 0
    if all(run.data(item).rows.terms for item in sequence.items):
        copies = 2
    if not 0 < copies * len(sequence.items) <= _MOST_ITEMS:
        return None
    return run.state.allocate(Sequence(sequence.items * copies, None, sequence.way))


def copied(
    run: Interpreter, arguments: Arguments, operation: str, data: Data, key: Hashable
) -> Data:
    """Mark that all rows of a table come to stand in it again, as they are or nearly so."""
    if not data.rows.terms:
        return data
    rows = data.rows.select(Selector("duplicated", key))
    made = Influence(
        operation,
        Kind.DUPLICATION,
        Effect.HIGH,
        rows,
        run.place(arguments.node),
        conditional=bool(run.conditions),
        when=run.guards,
    )
    return data.but(rows=rows, influences=merge_influences(data.influences, (made,)), select=None)


def _replaces(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether rows come several times; of a few that are drawn by default, hardly any does."""
    if "replace" not in arguments.named:
        count = arguments.nodes.get("n_samples")
        return not (isinstance(count, ast.Constant) and count.value)
    value = run.load(arguments.named["replace"])
    return not (isinstance(value, Constant) and not value.value)


def _repeats_rows(run: Interpreter, name: str, data: Data, arguments: Arguments) -> bool:
    """Tell rows from channels and columns, which are repeated along other axes."""
    if name == "tile":
        shape = run.load(arguments.get("reps", 1) or Constant(None))
        first = run.load(shape.items[0]) if isinstance(shape, Sequence) and shape.items else shape
        flat = data.kind == "column" or isinstance(shape, Sequence)
        return flat and isinstance(first, Constant) and first.value != 1
    axis = arguments.get("axis", 2)
    if axis is None:
        return data.kind == "column" or data.name is not None
    inner = run.load(axis)
    return isinstance(inner, Constant) and inner.value in _ROWS


def along_rows(run: Interpreter, entry: Entry, arguments: Arguments) -> bool:
    """Say whether a concatenation puts rows below rows, and not columns beside columns."""
    along = entry.along or "axis"
    if any(_turned(part) for part in _listed(arguments.nodes.get(0))):
        return False
    position = entry.parameters.index(along) if along in entry.parameters else None
    value = arguments.get(along, position)
    inner = run.load(value) if value is not None else Constant(0)
    return isinstance(inner, Constant) and inner.value in _ROWS


def _listed(node: ast.AST | None) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple | ast.List) else []


def _named_again(arguments: Arguments, count: int) -> set[int]:
    """Find the parts that are one name, given several times."""
    nodes = _listed(arguments.nodes.get(0))
    names = [node.id if isinstance(node, ast.Name) else None for node in nodes]
    if len(names) != count:
        return set()
    return {i for i, name in enumerate(names) if name is not None and names.count(name) > 1}


def _turned(part: ast.expr) -> bool:
    return isinstance(part, ast.Attribute) and part.attr == "T"


def _again(part: Data, others: list[Data]) -> bool:
    """Whether the rows of a part stand in another part too, as the same columns."""
    return any(
        _alike(part, other) and (part.rows.within(other.rows) or other.rows.within(part.rows))
        for other in others
    )


def _alike(one: Data, two: Data) -> bool:
    if one.kind != two.kind or one.kind not in _KINDS:
        return False
    if (one.name, one.table, one.columns) != (two.name, two.table, two.columns):
        return False
    if one.kind == "table":
        return one.columns is not None or one.rows != two.rows
    return one.kind != "column" or one.name is not None
