"""Statistics of moments that are moved on to later moments: what a row is told lies in its past.

So `daily.shift(1)` of `daily = sales.groupby("day")["sold"].mean()` gives each day the mean of the
day before it, as a lag of the rows themselves would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import groups, order
from mlaudit.flow.values import Constant, Data

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Influence

_NO = Constant(False)
_YES = Constant(True)


def shifted(run: Interpreter, value: Data, result: Data, name: str, arguments: Arguments) -> Data:
    """Give what a shift makes of data; of moments summed up, those before tell of no later one."""
    moved = order.shifted(run, value, result, name, arguments)
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
    return len(moments) == 1 and groups.dated(moments)
