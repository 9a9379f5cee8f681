"""Rows at some positions: a data set gives them, an array is left without them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import evening, members, tables
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import UNKNOWN, Constant, Data, Ref, Sequence
from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value

_LISTS = frozenset({"list", "tuple", "array", "asarray"})
_RANGES = frozenset({"range", "arange", "slice"})
_SETS = frozenset({"set", "frozenset"})
_PICKS = frozenset({"take", "reindex"})
_ACROSS = frozenset({"axis", "columns"})
_DIVIDED = frozenset({"part", "fold"})
_POSITIONS = Pattern(r"(?i)ind(ex|ices)|idx|ids\b|rows\b|positions|perm")


def removed(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Give the rows without those at the positions; along another axis all rows are left."""
    given, positions = arguments.get("obj", 1), arguments.expression("obj", 1)
    value = run.data(arguments.get("arr", 0) or Data("array"))
    if not value.rows.terms or given is None or positions is None:
        return value
    if not _of_rows(run, arguments):
        return value.but(columns=None, select=None)
    return without(run, value, run.data(given), positions)


def without(run: Interpreter, value: Data, index: Data, positions: ast.expr) -> Data:
    """Give the rows, or the positions of rows, that are left when those at positions are gone."""
    taken = index.select or _taken(run, positions)
    left = taken.flipped() or Selector("without", value.rows.select(taken))
    return tables.kept(tables.chosen(value, left), index)


def popped(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take a column out of a table, or one of some positions, which are the fewer for it."""
    if value.kind == "index" and isinstance(holder, Ref):
        run.state.heap[holder.address] = _left(run, value, arguments)
        taken = Selector("some", ("taken by", id(arguments.node), run.context))
        return members.some(value, [taken])
    if value.kind not in {"table", "unknown"} or not arguments.positional:
        return None
    names = tables.literal_names(run, arguments.positional[0])
    if isinstance(holder, Ref):
        run.state.heap[holder.address] = tables.drop_columns(value, names)
    return tables.column(run, value, next(iter(names)) if names else "")


def forgotten(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take a position out of a list of them."""
    if value.kind != "index" or not isinstance(holder, Ref):
        return None
    run.state.heap[holder.address] = _left(run, value, arguments)
    return Constant(None)


def _left(run: Interpreter, value: Data, arguments: Arguments) -> Data:
    return members.some(value, [Selector("some", ("left by", id(arguments.node), run.context))])


def dropped(run: Interpreter, value: Data, arguments: Arguments) -> Data:
    """Take rows out of a table by their labels."""
    given = arguments.get("index") or arguments.get("labels", 0)
    index = run.data(given) if given is not None else UNKNOWN
    left = index.select and index.select.flipped()
    if left is not None:
        thinned = tables.kept(tables.chosen(value, left), index)
        evening.thinned(run, arguments.node, thinned, index)
        return thinned
    return tables.chosen(value, Selector("some", (id(arguments.node), run.context)))


def difference(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Give the positions that are not among others: `index.difference(held)`."""
    if value.kind != "index":
        return None
    for number, given in enumerate(arguments.positional):
        index, positions = run.data(given), arguments.nodes.get(number)
        if positions is None or not index.rows.terms:
            return None
        value = without(run, value, index, positions)
    return value


def intersection(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Give the positions that are among others, too: `index.intersection(wanted)`."""
    given = [value, *map(run.data, arguments.positional)]
    return common(run, arguments.node, given) if len(given) > 1 else None


def common(run: Interpreter, node: ast.AST, given: list[Data]) -> Data | None:
    """Give the positions that are in each of several arrays; None where no rows are known of any.

    They are some of those in the array that a division of the rows gave, whatever the others hold.
    """
    known = [each for each in given if each.kind == "index" and each.select is not None]
    if not known:
        return None
    closest = next(filter(_is_part, known), known[0])
    select = Selector("some", ("common", id(node), run.context))
    found = tables.chosen(closest, select)
    for other in given:
        found = found if other is closest else tables.kept(found, other)
    return found


def _is_part(index: Data) -> bool:
    """Say whether positions are those of a part of a split, or of a fold."""
    return any(step.selector.way in _DIVIDED for term in index.rows.terms for step in term.chain)


def is_common(node: ast.BinOp, one: Data, two: Data) -> bool:
    """Say whether an operator takes the positions that two sets share: `chosen & fitted`."""
    return isinstance(node.op, ast.BitAnd) and one.kind == two.kind == "index"


def is_difference(node: ast.BinOp, one: Data, two: Data) -> bool:
    """Say whether an operator takes positions out of others, as a set does: `every - held`."""
    if not (isinstance(node.op, ast.Sub | ast.BitXor) and one.kind == "index" and two.rows.terms):
        return False
    return two.kind == "index" or _is_set(node.left) or _is_set(node.right)


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _SETS
    return isinstance(node, ast.Set | ast.SetComp)


def selected(run: Interpreter, value: Data, arguments: Arguments) -> Data | None:
    """Give the rows of a data set at some positions; None where these may be names of columns."""
    given, positions = arguments.get("indices", 0), arguments.expression("indices", 0)
    if given is None or positions is None or len(arguments.positional) > 1:
        return None
    taken = _taken(run, positions)
    if taken.way == "slice":
        return tables.chosen(value, taken)
    inner = run.load(given)
    index = run.data(inner)
    listed = isinstance(inner, Sequence) and inner.rest is not None and index.kind == "index"
    if listed or index.kind == "index" or index.select is not None:
        return tables.chosen_rows(run, value, positions)
    if tables.opaque(index) and _POSITIONS.search(run.text(positions)):
        return tables.narrowed(value, tables.chosen_by_text(run, positions))
    return None


def picked(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data | None:
    """Give the rows that `take` picks by their positions, and `reindex` by a range of labels.

    None where it does neither: what counts rows, and what names columns, picks none.
    """
    if name not in _PICKS or not _ACROSS.isdisjoint(arguments.named) or not value.rows.terms:
        return None
    if name == "take":
        return selected(run, value, arguments)
    positions = arguments.nodes.get(0)
    if positions is None:
        return None
    known = run.data(run.eval(positions)).select or _taken(run, positions)
    return tables.chosen(value, known) if known.way == "slice" else None


def _of_rows(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether positions are counted along the rows, or in an array that is flat."""
    axis = arguments.get("axis", 2)
    inner = run.load(axis) if axis is not None else Constant(None)
    return isinstance(inner, Constant) and inner.value in {None, 0}


def _taken(run: Interpreter, positions: ast.expr) -> Selector:
    """Name the rows at some positions as a slice or the same positions elsewhere would."""
    match positions:
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[inner]) if (
            called in _LISTS
        ):
            return _taken(run, inner)
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[high]) if (
            called in _RANGES
        ):
            return Selector("slice", "rows", (None, tables.bound(run, high)))
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[low, high]) if (
            called in _RANGES
        ):
            return Selector("slice", "rows", (tables.bound(run, low), tables.bound(run, high)))
        case ast.Subscript(
            value=ast.Attribute(attr="s_"), slice=ast.Slice(lower=lower, upper=upper, step=None)
        ):
            return Selector("slice", "rows", (tables.bound(run, lower), tables.bound(run, upper)))
        case _:
            return tables.chosen_by_text(run, positions)
