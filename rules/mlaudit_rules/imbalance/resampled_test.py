"""IMBA004: a model is judged on rows that were over- or under-sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fix,
    Needs,
    Overlap,
    Resample,
    Rule,
    RuleMeta,
    Severity,
    quoted,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Trace


class ResampledTest(Rule):
    """Reports the resampling of a part on which a model trained on another part is judged."""

    meta = RuleMeta(
        code="IMBA004",
        name="resampled-test",
        family="imbalance",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Resample the training part only and judge on rows as they come.",
        impact="Precision and accuracy hold for a balance of classes that use will never meet.",
    )
    needs = Needs(trace=("Resample",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge resamplings by the evaluations of their rows, one finding a resampling."""
        for resample in trace.of(Resample):
            for evaluation in trace.near(Evaluate, resample.result):
                if _judges_only(resample, evaluation):
                    yield self._judge(resample, evaluation)
                    break

    def _judge(self, resample: Resample, evaluation: Evaluate) -> Finding:
        return self.report(
            resample.place,
            f"{quoted(resample.place)} changes the balance of the rows that "
            f"{score_of(evaluation)} is then measured on; the model was trained on others",
            evidence=[("resampled here", resample.place), ("scored here", evaluation.place)],
            conditional=resample.conditional or evaluation.conditional,
            fix=Fix("Leave the test part as it is; resample what is given to `fit` alone."),
        )


def _judges_only(resample: Resample, evaluation: Evaluate) -> bool:
    """Say whether the evaluated rows come from the resampling and the training rows do not."""
    surely = Overlap.MUST
    drawn = evaluation.rows.within(resample.result) or (
        resample.model is None and evaluation.rows.overlap(resample.result) is surely
    )
    return (
        evaluation.metric is not None
        and drawn
        and evaluation.held_out
        and not any(fit.rows.overlap(resample.rows) for fit in evaluation.fits)
    )
