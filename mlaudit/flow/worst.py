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
_LOWER = Pattern(r"(_(error|loss|deviance)|[a-z]Loss|cross_entropy)$")
_RIGHT = frozenset({"Eq", "eq", "equal", "isclose"})
_WRONG = frozenset({"NotEq", "Sub", "ne", "sub", "subtract"})
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
    bad = _is_error if highest else _is_merit
    return bool(scores) and all(
        isinstance(score, Evaluate) and bad(run, score) and id(score) not in run.turned
        for score in scores
    )


def _is_merit(run: Interpreter, score: Evaluate) -> bool:
    """Say whether a score grows with what is right: by its name, or as a count of right answers."""
    return _HIGHER.search(score.metric or "") is not None or _only_met_by(run, score, _RIGHT)


def _is_error(run: Interpreter, score: Evaluate) -> bool:
    """Say whether a score grows with what is wrong: by its name, or reckoned by hand."""
    return _LOWER.search(score.metric or "") is not None or _only_met_by(run, score, _WRONG)


def _only_met_by(run: Interpreter, score: Evaluate, operations: frozenset[str]) -> bool:
    """Say whether a program reckons a score itself, from such operations and no others."""
    if not (score.metric or "").startswith("own "):
        return False
    ways = [prediction.met_by for prediction in run.judged.get(id(score), ())]
    return bool(ways) and all(way and way <= operations for way in ways)


def at_end(run: Interpreter, scores: Scores, *, last: bool, falling: bool | None) -> bool:
    """Say whether the worst stands first, or else last, of scores that are sorted."""
    return falling is not None and is_worst(run, scores, highest=last is not falling)
