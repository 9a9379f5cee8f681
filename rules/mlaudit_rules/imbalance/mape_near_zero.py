"""IMBA011: errors are taken relative to targets that may be zero."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module, Place

NAMES = frozenset({"mean_absolute_percentage_error", "MeanAbsolutePercentageError"})
# Zero is an ordinary value of these, or they change their sign.
NEAR_ZERO = Pattern(
    r"(?i)(?<![a-z])((log_?)?returns?|rain(_?fall)?|precip\w*|snow\w*|residuals?|profits?"
    r"|pct_?change|change|diff|delta|irradiance|ghi|solar\w*|anomaly|balance|net_?\w+|delay\w*)"
    r"(?![a-z])"
)
EXPLODED = Pattern(r"(?<![\d.])\d{7,}\.\d|\d(\.\d+)?e\+(0[7-9]|[1-9]\d)|(?<![a-z])inf(?![a-z])")
GUARDED = Pattern(r"(?i)smape|wape|symmetric|!= ?0|> ?0\b|non_?zero|eps|1e-|clip\(|maximum\(|mask")

# Why the target is near zero, where that comes from, and the percentage error.
Reason = tuple[str, "Place | None", "Place"]


class MapeNearZero(Rule):
    """Reports percentage errors of targets that were scaled, or that are zero now and then."""

    meta = RuleMeta(
        code="IMBA011",
        name="mape-near-zero",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Use the mean absolute error, or one relative to the mean of the target.",
        impact="A few rows near zero make the number, and the errors of all others vanish in it.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the percentage errors of a document, one finding for all with one cause."""
        places = list(dict.fromkeys(_percentages(module)))
        if not places or module.is_test or GUARDED.search(module.document.text):
            return
        found = _scaled(module, places) or _named(module, places) or _seen(module, places)
        if found is None:
            return
        why, cause, place = found
        again = [("again here", other) for other in places if other != place]
        yield self.report(
            place,
            f"{quoted(place)} divides by the target, {why}",
            evidence=[*([("the target comes from here", cause)] if cause else ()), *again],
            fix=Fix("Report mean_absolute_error, or divide by the mean of the target instead."),
        )


def _percentages(module: Module) -> Iterator[Place]:
    """Find percentage errors of libraries, and those by hand: `mean(abs((y - p) / y))`."""
    for call in module.calls:
        if call.name.rsplit(".", 1)[-1] in NAMES:
            yield call.place
    for event in module.trace.of(CrossValidate):
        scoring = event.arguments.get("scoring")
        if scoring is not None and scoring.value == "neg_mean_absolute_percentage_error":
            yield event.place
    for node in module.nodes.find(ast.BinOp):
        if isinstance(node.op, ast.Div) and _is_relative_error(node) and _in_mean(module, node):
            yield module.place(node)


def _is_relative_error(node: ast.BinOp) -> bool:
    """Say whether `(a - b) / a` is divided, also `abs(a - b) / a`."""
    left = node.left
    if isinstance(left, ast.Call) and len(left.args) == 1:
        left = left.args[0]
    if not (isinstance(left, ast.BinOp) and isinstance(left.op, ast.Sub)):
        return False
    return ast.dump(left.left) == ast.dump(node.right)


def _in_mean(module: Module, node: ast.AST) -> bool:
    parents = module.nodes.parents
    text = ""
    for _ in range(4):
        node = parents.get(node) or node
        if isinstance(node, ast.Call):
            text += ast.unparse(node.func)
    return "mean" in text and "abs" in text


def _scaled(module: Module, places: list[Place]) -> Reason | None:
    """Find a percentage error of a target that a scaler moved to zero."""
    for event in module.trace.of(Evaluate):
        scaled = event.units is not None and event.units.how == "scaled"
        if event.units is not None and scaled and _stands_at(event, places):
            moved = quoted(event.units.place)
            return f"which {moved} has moved to zero", event.units.place, event.place
    return None


def _stands_at(event: Evaluate, places: list[Place]) -> bool:
    return any(event.place.line == place.line for place in places)


def _named(module: Module, places: list[Place]) -> Reason | None:
    """Find a target whose name says that it is zero now and then, or one of classes."""
    for event in module.trace.of(Evaluate):
        if not _stands_at(event, places):
            continue
        if event.model.task == "classifier":
            return "a class, and classes are numbered from zero", event.model.place, event.place
        for fit in event.fits:
            if fit.target is not None and NEAR_ZERO.search(fit.target):
                return f"{fit.target!r}, which is zero now and then", fit.place, event.place
    return None


def _seen(module: Module, places: list[Place]) -> Reason | None:
    """Find a stored output beside the error that shows it to have exploded."""
    for place in places:
        cell = next((c for c in module.document.cells if c.number == place.location.cell), None)
        if cell is not None and any(EXPLODED.search(output) for output in cell.outputs):
            return "and the stored output shows that some targets are near zero", None, place
    return None
