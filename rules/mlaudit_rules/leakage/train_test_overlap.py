"""LEAK007: the model was trained on rows of its own test part."""

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
    named,
    quoted,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Overlapping, Place, Trace


class TrainTestOverlap(Rule):
    """Reports models scored on a part that was set apart, yet lies within their training rows."""

    meta = RuleMeta(
        code="LEAK007",
        name="train-test-overlap",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Train on the training part only; refit on everything after the last score.",
        impact="The test score is a training score: it says nothing about new data.",
    )

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge overlaps, one finding a training."""
        seen: set[Place] = set()
        for overlapping in trace.overlaps:
            if overlapping.overlap is not Overlap.MUST or overlapping.fit.place in seen:
                continue
            if overlapping.evaluation.metric is not None and trace.set_apart(overlapping):
                seen.add(overlapping.fit.place)
                yield self._judge(trace, overlapping)

    def _judge(self, trace: Trace, overlapping: Overlapping) -> Finding:
        fit, evaluation = overlapping.fit, overlapping.evaluation
        test = quoted(evaluation.variable) if evaluation.variable else "the rows it is scored on"
        return self.report(
            fit.place,
            f"{quoted(fit.place)} trains {named(fit.model)} on data that holds rows of {test}, "
            f"so {score_of(evaluation)} is measured on rows that it has learnt",
            evidence=_chain(trace, overlapping),
            conditional=fit.conditional or evaluation.conditional,
            fix=Fix(f"Train on the part that is disjoint from {test}."),
        )


def _chain(trace: Trace, overlapping: Overlapping) -> Iterator[tuple[str, Place]]:
    split = trace.split_of(overlapping.evaluation.rows)
    if split is not None:
        yield "split here", split.place
    yield "trained here", overlapping.fit.place
    yield "scored here", overlapping.evaluation.place
