"""LEAK013: statistics were taken over the training file and the test file together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Effect,
    Evaluate,
    Finding,
    Fit,
    Fix,
    Influence,
    Kind,
    Needs,
    Overlap,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Place, Trace

KINDS = {Kind.FIT, Kind.STATISTIC, Kind.SELECTION}


class FitOnTrainPlusTest(Rule):
    """Reports, once a program, what was learnt from training and test data put together."""

    meta = RuleMeta(
        code="LEAK013",
        name="fit-on-train-plus-test",
        family="leakage",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        help="Take statistics from the training data and apply them to the test data.",
        impact="Fine for one contest, but new rows will not be there to take part when it is used.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(influences=tuple(sorted(KINDS)))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge predictions of data from elsewhere that took part in a statistic of training."""
        reported = {leak.influence.place for leak in trace.preprocessing_leaks}
        found: dict[Place, tuple[Influence, Fit, Evaluate]] = {}
        for influence, fit, evaluation in _together(trace):
            if influence.place not in reported:
                found.setdefault(influence.place, (influence, fit, evaluation))
        if found:
            yield self._judge(list(found.values()))

    def _judge(self, found: list[tuple[Influence, Fit, Evaluate]]) -> Finding:
        influence, fit, evaluation = found[0]
        more = f" ({len(found) - 1} more such places)" if len(found) > 1 else ""
        what = influence.statistic or "statistics"
        return self.report(
            influence.place,
            f"{quoted(influence.place)} takes {what} from {influence.rows.label} together{more}: "
            "rows to be predicted shape the features of training, as no new row can later",
            evidence=[
                ("computed here", influence.place),
                ("trained here", fit.place),
                ("predicted here", evaluation.place),
                *(("as well here", other.place) for other, _, _ in found[1:]),
            ],
            conditional=influence.conditional,
            fix=Fix("Fit on the training data alone and transform the test data with the result."),
        )


def _together(trace: Trace) -> Iterator[tuple[Influence, Fit, Evaluate]]:
    """Find statistics of rows that a model is trained on and of others that it only predicts."""
    for evaluation in trace.of(Evaluate):
        if evaluation.metric is not None:
            continue
        for fit in evaluation.fits:
            if fit.rows.kin(evaluation.rows):
                continue
            for influence in fit.influences:
                shared = influence.rows.overlap(fit.rows), influence.rows.overlap(evaluation.rows)
                surely = shared == (Overlap.MUST, Overlap.MUST)
                if surely and influence.kind in KINDS and influence.effect is not Effect.LOW:
                    yield influence, fit, evaluation
