"""EVAL002: the reported score is a training score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fix,
    Overlap,
    Rule,
    RuleMeta,
    Severity,
    Use,
    named,
    quoted,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Overlapping, Place, Trace


class EvaluateOnTrain(Rule):
    """Reports training scores that are told as the model's quality, with no other beside."""

    meta = RuleMeta(
        code="EVAL002",
        name="evaluate-on-train",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Score the model on rows that it was not trained on.",
        impact="A training score rewards memory: it says nothing about new data.",
    )

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge overlaps, one finding a training: its first score."""
        seen: set[Place] = set()
        for overlapping in trace.overlaps:
            evaluation = overlapping.evaluation
            if overlapping.fit.place in seen or not is_told(overlapping):
                continue
            if trace.judged_apart(evaluation) or trace.set_apart(overlapping):
                continue
            seen.add(overlapping.fit.place)
            yield self._judge(overlapping)

    def _judge(self, overlapping: Overlapping) -> Finding:
        fit, evaluation = overlapping.fit, overlapping.evaluation
        rows = quoted(evaluation.variable) if evaluation.variable else "the training rows"
        return self.report(
            evaluation.place,
            f"{score_of(evaluation)} of {named(evaluation.model)} is measured on {rows}, the rows "
            f"that {quoted(fit.place)} trained it on, and no score on other rows stands beside it",
            evidence=[("trained here", fit.place), ("scored here", evaluation.place)],
            conditional=evaluation.conditional or fit.conditional,
            fix=Fix(
                "Split the rows before training, train on one part and report the score on the "
                "other, or cross-validate."
            ),
        )


def is_told(overlapping: Overlapping) -> bool:
    """Say whether a supervised model's number on surely known rows is told to people.

    A loss is what training reports of itself; nobody takes it for the model's quality.
    """
    evaluation = overlapping.evaluation
    return (
        overlapping.overlap is Overlap.MUST
        and evaluation.metric is not None
        and not evaluation.metric.endswith("Loss")
        and Use.REPORTED in evaluation.uses
        and evaluation.model.task not in {"cluster", "outlier"}
        and (overlapping.fit.target_rows is not None or evaluation.model.task is not None)
    )
