"""The worst of several scores: it is told as a warning, and nothing is chosen by it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant, Value
from mlaudit.model.pattern import Pattern
from mlaudit.trace.events import Evaluate

if TYPE_CHECKING:
    from mlaudit.flow.choices import Scores
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data

_HIGHER = Pattern(r"(^|_)score$|^classification_report$")
_LOWER = Pattern(r"_(error|loss|deviance)$")
_HOW = Pattern(r"(?:\w+\.)*(?:nan)?(?:arg|idx|n)?(max|min|largest|smallest)(?:\(1\))? ")
_HIGHEST = frozenset({"max", "largest"})


def turned(run: Interpreter, op: ast.unaryop | ast.operator, one: Data, other: Value) -> None:
    """Note that numbers grow where scores fall: these are taken from something, or divide it.

    Whether the highest of them is the best is not known from then on.
    """
    if not one.scores:
        return
    factor = other.value if isinstance(other, Constant) else None
    if isinstance(op, ast.Mult) and not (isinstance(factor, int | float) and factor < 0):
        return
    if isinstance(op, ast.USub | ast.Sub | ast.Div | ast.FloorDiv | ast.Mult):
        run.turned.update(map(id, one.scores))


def taken(run: Interpreter, scores: Scores, how: str) -> bool:
    """Say whether what a choice is said to take is the worst of the scores."""
    found = _HOW.match(how)
    return found is not None and is_worst(run, scores, highest=found[1] in _HIGHEST)


def is_worst(run: Interpreter, scores: Scores, *, highest: bool) -> bool:
    """Say whether the highest, or else the lowest, of such scores is surely the worst one."""
    bad = _LOWER if highest else _HIGHER
    return bool(scores) and all(
        isinstance(score, Evaluate)
        and bad.search(score.metric or "") is not None
        and id(score) not in run.turned
        for score in scores
    )


def at_end(run: Interpreter, scores: Scores, *, last: bool, falling: bool | None) -> bool:
    """Say whether the worst stands first, or else last, of scores that are sorted."""
    return falling is not None and is_worst(run, scores, highest=last is not falling)
