"""Growth: how far values have come since those of other rows, whose logarithm is a return.

A logarithm turns ratios into differences: `np.diff(np.log(price))` and `np.log(price / before)` are
the same returns.  They are quantities of their own, which nobody brings back to prices.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import ORIGINAL, Data
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Rescaled

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

GROWTH, LOG = "growth", "log"
_DIFFERENCES = frozenset({"diff", "ediff1d"})


def units(
    run: Interpreter, name: str, entry: Entry, arguments: Arguments, before: Rescaled | None
) -> Rescaled | None:
    """Tell in which units a function gives values; the logarithm of growth still is growth."""
    if entry.units == ORIGINAL:
        return None
    if before is not None and before.how == GROWTH and entry.units in {LOG, ""}:
        return before
    if entry.units:
        return Rescaled(entry.units, run.place(arguments.node))
    return _since(before) if name.rpartition(".")[2] in _DIFFERENCES else before


def shifted(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Rescaled | None:
    """Tell in which units a method that compares rows with those before them gives values."""
    if name == "pct_change":
        return Rescaled(GROWTH, run.place(arguments.node))
    return _since(value.units) if name == "diff" else value.units


def reckoned(run: Interpreter, node: ast.BinOp, one: Data, two: Data) -> Rescaled | None:
    """Tell whether arithmetic gives growth: of ratios, or of growth and a number as in `1 + g`."""
    if isinstance(node.op, ast.Div) and _at_other_rows(one, two):
        return Rescaled(GROWTH, run.place(node))
    if isinstance(node.op, ast.Add | ast.Sub) and bool(one.rows.terms) is not bool(two.rows.terms):
        grown = (one if one.rows.terms else two).units
        return grown if grown is not None and grown.how == GROWTH else None
    return None


def _since(before: Rescaled | None) -> Rescaled | None:
    """Differences of logarithms are growth; those of anything else keep its units."""
    if before is None or before.how != LOG:
        return before
    return replace(before, how=GROWTH)


def _at_other_rows(one: Data, two: Data) -> bool:
    """Say whether values are divided by those some rows away: shifted, or of another slice."""
    if one.rows == two.rows:
        return bool(one.rows.terms) and one.later != two.later
    ends = [data.rows.terms[0] for data in (one, two) if len(data.rows.terms) == 1]
    return (
        len(ends) == 2
        and all(end.selector.way == "slice" and end.selector.key == "rows" for end in ends)
        and ends[0].parent == ends[1].parent
    )
