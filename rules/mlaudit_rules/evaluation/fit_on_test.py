"""EVAL001: something was fitted on the evaluation part alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Effect,
    Evaluate,
    Finding,
    Fix,
    Kind,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    named,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Influence, Module, PreprocessingLeak, Repair, Trace

_KINDS = frozenset({Kind.FIT, Kind.SELECTION, Kind.TARGET_ENCODING})


class FitOnTest(Rule):
    """Reports transformers fitted anew on the rows that a model trained on others predicts."""

    meta = RuleMeta(
        code="EVAL001",
        name="fit-on-test",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Only transform the test part, with what was fitted on the training part.",
        impact="The model reads features on another scale or code than it was trained on.",
    )
    needs = Needs(trace=("fits_on_test",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge what never met the training rows."""
        for leak in trace.fits_on_test:
            if concerns(leak):
                yield self._judge(leak)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Only transform, where the same transformer was just fitted on the training part."""
        from mlaudit.rulekit.fitting import transformed_only

        return transformed_only(module, finding)

    def _judge(self, leak: PreprocessingLeak) -> Finding:
        influence, evaluation = leak.influence, leak.evaluation
        test = quoted(evaluation.variable) if evaluation.variable else "the test part"
        learnt = influence.statistic or "its statistics"
        evidence = [("fitted here", influence.place)]
        if leak.fit is not None:
            evidence.append(("trained here", leak.fit.place))
        return self.report(
            influence.place,
            f"{quoted(influence.place)} takes {learnt} from the rows of {test} alone, while "
            f"{named(evaluation.model)} was trained on rows that had no part in it: the same value "
            "means one thing in training and another here",
            evidence=[*evidence, ("predicted here", evaluation.place)],
            severity=severity(influence),
            conditional=evaluation.conditional,
            fix=Fix(f"Fit on the training part and call only `transform` for {test}."),
        )


def concerns(leak: PreprocessingLeak) -> bool:
    """Say whether it is a fit, or a statistic by hand that stands for one.

    A fit on one branch is often that of the training part (`if scaler is None`).  A statistic by
    hand of a contest's test file is left alone.
    """
    influence, evaluation = leak.influence, leak.evaluation
    if influence.conditional:
        return False
    if influence.kind is not Kind.STATISTIC:
        return influence.kind in _KINDS
    told = isinstance(evaluation, Evaluate) and evaluation.metric is not None
    return told or leak.split is not None


def severity(influence: Influence) -> Severity:
    """Grade by effect: a fill by the wrong part's mean is worth knowing, no more."""
    if influence.effect is not Effect.LOW:
        return Severity.ERROR
    return Severity.INFO if influence.kind is Kind.STATISTIC else Severity.WARNING
