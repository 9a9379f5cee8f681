"""Statistics of moments that are moved on to later moments: what a row is told lies in its past.

So `daily.shift(1)` of `daily = sales.groupby("day")["sold"].mean()` gives each day the mean of the
day before it, as a lag of the rows themselves would.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import groups, growth, order, sooner, tables
from mlaudit.flow.values import Constant, Data
from mlaudit.model.frozen import replace
from mlaudit.trace.columns import Columns, Moved

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value
    from mlaudit.trace.events import Influence

_NO = Constant(False)
_YES = Constant(True)


def shifted(run: Interpreter, value: Data, result: Data, name: str, arguments: Arguments) -> Data:
    """Give what a shift makes of data; of moments summed up, those before tell of no later one."""
    moved = order.shifted(run, value, result, name, arguments)
    moved = moved.but(units=growth.shifted(run, value, name, arguments))
    past = name == "shift" and moved.later < 0
    if not past or (value.rows.terms and value.kind != "group"):
        return moved
    left = tuple(i for i in moved.influences if not _of_moments(i, value))
    return moved.but(influences=left)


def out_of_order(run: Interpreter, value: Data, arguments: Arguments) -> Data:
    """Forget the groups of statistics where later ones come first, or go into those before them."""
    given = arguments.named
    newest_first = run.load(given.get("ascending", _YES)) != _YES
    centred = run.load(given.get("center", _NO)) != _NO
    if value.rows.terms or not (newest_first or centred):
        return value
    return value.but(influences=groups.regrouped(value.influences))


def _of_moments(influence: Influence, value: Data) -> bool:
    """Say whether a statistic is of one moment, in the groups that are shifted each by itself."""
    told = influence.groups
    if told is None:
        return False
    moments = told.by - (value.by if value.kind == "group" else frozenset())
    return len(moments) == 1 and groups.timely(moments)


def stepped(node: ast.BinOp, column: Data, other: Value, result: Data) -> Data:
    """Say of a column that a number or a length of time is added to that it is moved."""
    before = column.moved
    name = before.column if before is not None else column.name
    by_time = isinstance(node.right, ast.Call) and sooner.is_span(node.right)
    step = 1 if by_time else _number(other)
    if name is None or column.kind != "column" or not step:
        return result
    if not isinstance(node.op, ast.Add | ast.Sub):
        return result
    back = isinstance(node.op, ast.Sub) == (step > 0)
    if before is not None and before.back is not back:
        return result  # it may be where it was
    return result.but(moved=Moved(name, back, by_time))


def _number(value: Value) -> int | float:
    inner = value.value if isinstance(value, Constant) else None
    return inner if isinstance(inner, int | float) else 0


def entered(table: Data, name: str, content: Data) -> tuple[Data, Data]:
    """Note which columns of a table are others, moved, as one is written into it.

    Statistics whose own key is moved on are those of earlier groups from then on.
    """
    moved, known = content.moved, table.columns
    own = moved is not None and moved.column == name
    if moved is not None and not own and table.kind == "table":
        known = known or Columns()
        return table.but(columns=replace(known, moved={**known.moved, name: moved})), content
    if known is not None and name in known.moved:
        left = {key: each for key, each in known.moved.items() if key != name}
        table = table.but(columns=replace(known, moved=left))
    if moved is None or not own or moved.back or table.rows.terms:
        return table, content
    return _before(table, moved), _before(content, moved)


def looked_up(statistics: Data, key: Moved | None) -> Data:
    """Give statistics that are looked up by a key: moved back, it is one of earlier groups."""
    if key is None or not key.back or statistics.rows.terms:
        return statistics
    return _before(statistics, key)


def joined(run: Interpreter, left: Data, right: Data, arguments: Arguments) -> Data:
    """Give statistics that are joined to rows, under a key that is moved back, or on in these."""
    if right.rows.terms or not right.influences:
        return right
    for table, side in ((left, "left_on"), (right, "right_on")):
        moved = table.columns.moved if table.columns is not None else {}
        for name in _keys(run, arguments, side) if moved else ():
            if name in moved and moved[name].back is (table is left):
                right = _before(right, moved[name])
    return right


def _keys(run: Interpreter, arguments: Arguments, side: str) -> frozenset[str]:
    given = (arguments.named.get(name) for name in ("on", side))
    found = (tables.literal_names(run, each) for each in given if each is not None)
    return frozenset(name for names in found for name in names or ())


def _before(statistics: Data, moved: Moved) -> Data:
    """Leave out the statistics of groups that all lie in the past of those that are told them."""
    left = tuple(i for i in statistics.influences if not _goes_on(i, moved))
    return statistics.but(influences=left)


def _goes_on(influence: Influence, moved: Moved) -> bool:
    by = influence.groups.by if influence.groups is not None else frozenset()
    only = next(iter(by)) if len(by) == 1 else None
    column = only if moved.column == "index" else moved.column
    return column in by and (moved.by_time or groups.goes_on(by, column))
