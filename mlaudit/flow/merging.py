"""Tables that are merged: with columns of another, or with keys that say which rows to keep."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import lagged, tables
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import UNKNOWN, Constant, Data, Value, in_column, merge_influences
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_ON_INDEX = ("left_index", "right_index")
_YES = Constant(True)


def method(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Give the rows of the left table, with what is known of the right one."""
    if value.kind in {"group", "window"}:
        return None
    value = value if value.rows.terms else _of_groups(run, value, name, arguments)
    if not value.rows.terms:
        return None
    joined = _joined(run, value, arguments)
    return _by_keys(run, joined, arguments, 0) if name == "merge" else joined


def function(run: Interpreter, arguments: Arguments) -> Value:
    """Evaluate `pandas.merge`; what is learnt comes with columns that are set beside the rows.

    What other tables tell of a key stays with their columns, which are not told apart here.
    """
    left = run.data(arguments.get("left", 0) or UNKNOWN)
    if not left.rows.terms:
        return left
    if all(run.load(arguments.get(name) or UNKNOWN) == _YES for name in _ON_INDEX):
        return _joined(run, left, arguments)
    return _by_keys(run, left, arguments, 1)


def _joined(run: Interpreter, left: Data, arguments: Arguments) -> Data:
    others = [lagged.joined(run, left, run.data(each), arguments) for each in arguments.values()]
    brought = [o.influences if o.rows.terms else in_column(o.influences, None) for o in others]
    influences = merge_influences(left.influences, *brought)
    return left.but(influences=influences, columns=None, select=None, whole=frozenset())


def _of_groups(run: Interpreter, left: Data, name: str, arguments: Arguments) -> Data:
    """Give a table that sums up rows some of its own, where another is only looked up by its keys.

    One of the very rows that it sums up may bring them back instead.
    """
    given = arguments.get("right" if name == "merge" else "other", 0)
    right = run.data(given) if given is not None else UNKNOWN
    summed = [i.rows for i in left.influences if i.kind is Kind.STATISTIC]
    if not summed or not right.rows.terms or not _leads(run, name, arguments):
        return left
    called = arguments.node.func if isinstance(arguments.node, ast.Call) else None
    if not isinstance(called, ast.Attribute) or any(rows.overlap(right.rows) for rows in summed):
        return left
    return run.rows_of(left.but(kind="table"), called.value)


def _leads(run: Interpreter, name: str, arguments: Arguments) -> bool:
    """Say whether all rows of the left table are kept, and none but those."""
    way = arguments.get("how", 1 if name == "merge" else 2)
    return name == "join" if way is None else run.load(way) == Constant("left")


def _by_keys(run: Interpreter, merged: Data, arguments: Arguments, position: int) -> Data:
    """Keep the rows whose keys stand in the right table, if that is a part of the same rows.

    It is one of a split, or has nothing but keys; other tables may bring columns of other rows.
    `position` is that of the right table among the arguments.
    """
    given = arguments.get("right", position)
    right = run.data(given) if given is not None else None
    if right is None or not right.rows.terms or right.rows == merged.rows:
        return merged
    way = _way(run, arguments, position + 1)
    within = right.rows.within(merged.rows)
    if way != "inner" and (within or way != "right"):
        return merged
    if not within:
        return tables.narrowed(merged, Selector("some", ("joined", right.rows.terms)))
    if not _is_part(right) and not _is_of_keys(run, right, arguments, position):
        return merged
    return tables.narrowed(merged, Selector("rows", right.rows))


def _way(run: Interpreter, arguments: Arguments, position: int) -> object:
    way = arguments.get("how", position)
    inner = run.load(way) if way is not None else Constant("inner")
    return inner.value if isinstance(inner, Constant) else None


def _is_part(right: Data) -> bool:
    return all(
        any(step.selector.way in {"part", "fold"} for step in term.chain)
        for term in right.rows.terms
    )


def _is_of_keys(run: Interpreter, right: Data, arguments: Arguments, position: int) -> bool:
    """Say whether the right table has no columns but those that rows are matched by."""
    names = tables.literal_names(run, arguments.get("on", position + 2))
    if names and right.columns is not None and right.columns.kept == names:
        return True
    keys = arguments.expression("on", position + 2)
    table = arguments.expression("right", position)
    if keys is None or not isinstance(table, ast.Subscript):
        return False
    return run.text(table.slice) == run.text(keys)
