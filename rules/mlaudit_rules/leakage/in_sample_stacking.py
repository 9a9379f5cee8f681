"""LEAK014: a model learns from predictions that another made of its own training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fit,
    Fix,
    Influence,
    Kind,
    Needs,
    Overlap,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    named,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Place, Trace


class InSampleStacking(Rule):
    """Reports second models whose features are predictions of rows that the first one knew."""

    meta = RuleMeta(
        code="LEAK014",
        name="in-sample-stacking",
        family="leakage",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Feed the second model out-of-fold predictions, as StackingClassifier does.",
        impact="The second model learns to trust the first one as if it always knew the answer.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(influences=(Kind.PREDICTION,))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge every training by the predictions among its features."""
        seen: set[Place] = set()
        for fit in trace.of(Fit):
            if fit.model.role is not Role.PREDICTOR or fit.target_rows is None or fit.conditional:
                continue
            for influence in fit.influences:
                if influence.place not in seen and _stacks(fit, influence):
                    seen.add(influence.place)
                    yield self._judge(fit, influence, _score(trace, fit, influence))

    def _judge(self, fit: Fit, influence: Influence, score: Evaluate | None) -> Finding:
        stacked = f"{named(fit.model)} is trained on these predictions"
        evidence = [("predicted here", influence.place), ("trained here", fit.place)]
        if score is not None:
            rows = quoted(score.variable) if score.variable else "others of them"
            stacked = f"{named(fit.model)} is trained on these predictions and scored on {rows}"
            evidence.append(("scored here", score.place))
        return self.report(
            influence.place,
            f"{quoted(influence.place)} predicts the rows that its model was trained on, and "
            f"{stacked}: they are better than those of new rows will be",
            evidence=evidence,
            fix=Fix("Use cross_val_predict for the training rows, or StackingClassifier."),
        )


def _score(trace: Trace, fit: Fit, influence: Influence) -> Evaluate | None:
    """Find a score of the second model on rows that it has not learnt, but the first one has."""
    for score in trace.near(Evaluate, fit.rows):
        if score.model is fit.model and score.metric is not None and score.held_out:
            stacked = any(each.place == influence.place for each in score.influences)
            if stacked and influence.rows.overlap(score.rows) is Overlap.MUST:
                return score
    return None


def _stacks(fit: Fit, influence: Influence) -> bool:
    """Say whether predictions of known rows, of the same target, are among the features."""
    if influence.kind is not Kind.PREDICTION or influence.conditional:
        return False
    if influence.source != fit.target:
        return False  # as where missing values of another column were predicted
    return influence.rows.overlap(fit.rows) is Overlap.MUST
