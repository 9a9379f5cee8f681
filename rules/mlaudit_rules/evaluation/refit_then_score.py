"""EVAL014: a model is trained anew on all rows and then scored on a part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fix,
    Needs,
    Overlap,
    Rule,
    RuleMeta,
    Severity,
    named,
    quoted,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Fit, Overlapping, Place, Trace


class RefitThenScore(Rule):
    """Reports scores after a final training that took in the rows scored."""

    meta = RuleMeta(
        code="EVAL014",
        name="refit-then-score",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Score before the final refit; the refitted model has no rows left to be scored on.",
        impact="The last score is a training score: it says nothing about new data.",
    )
    needs = Needs(trace=("overlaps",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge overlaps after a refit, one finding a refit."""
        seen: set[Place] = set()
        for overlapping in trace.overlaps:
            late = overlapping.fit.place
            if late in seen or not was_set_apart(trace, overlapping):
                continue
            first = trace.trained_apart(overlapping)
            if first is not None:
                seen.add(late)
                yield self._judge(trace, overlapping, first)

    def _judge(self, trace: Trace, overlapping: Overlapping, first: Fit) -> Finding:
        fit, evaluation = overlapping.fit, overlapping.evaluation
        called = evaluation.called
        test = quoted(called) if called else "the rows it is scored on"
        honest = scored_before(trace, overlapping, first)
        beside = "; the score before the refit stands" if honest else ""
        return self.report(
            evaluation.place,
            f"{quoted(fit.place)} trains {named(fit.model)} anew on rows that hold {test}, so "
            f"{score_of(evaluation)} is now measured on rows that it has learnt{beside}",
            evidence=[
                ("trained apart here", first.place),
                ("trained anew here", fit.place),
                ("scored here", evaluation.place),
            ],
            severity=Severity.WARNING if honest else None,
            conditional=fit.conditional or evaluation.conditional,
            fix=Fix("Report the score of the model before the refit, and drop this one."),
        )


def was_set_apart(trace: Trace, overlapping: Overlapping) -> bool:
    """Say whether the rows scored surely lie in the training, yet were a part kept from it."""
    return (
        overlapping.overlap is Overlap.MUST
        and overlapping.evaluation.metric is not None
        and trace.set_apart(overlapping.evaluation.rows, overlapping.fit.rows)
    )


def scored_before(trace: Trace, overlapping: Overlapping, first: Fit) -> Evaluate | None:
    """Find the score of the first training on the same rows."""
    rows = overlapping.evaluation.rows
    return next(
        (
            event
            for event in trace.of(Evaluate)
            if event.metric is not None and first in event.fits and event.rows.overlap(rows)
        ),
        None,
    )
