"""EVAL013: folds of the test part train new models beside the one that was trained elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Finding,
    Fit,
    Fix,
    Needs,
    Role,
    Rule,
    RuleMeta,
    Severity,
    named,
    quoted,
    says_test,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Place, Trace


class CrossValidateOnTest(Rule):
    """Reports cross-validations on a part that was set apart for testing."""

    meta = RuleMeta(
        code="EVAL013",
        name="cross-validate-on-test",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Cross-validate on the training part; score the trained model on the test part.",
        impact="The scores are those of new, smaller models, not of the one that was trained.",
    )
    needs = Needs(trace=("CrossValidate",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge cross-validations, one finding a place."""
        seen: set[Place] = set()
        for event in trace.of(CrossValidate):
            trained = None if event.search else trained_on_the_rest(trace, event)
            if trained is None or event.place in seen:
                continue
            seen.add(event.place)
            yield self._judge(event, trained)

    def _judge(self, event: CrossValidate, trained: Fit) -> Finding:
        rows = quoted(event.variable)
        return self.report(
            event.place,
            f"`{event.function}` trains new copies of {named(event.model)} on folds of {rows}, "
            f"which was set apart for testing: the scores are not those of the model that "
            f"{quoted(trained.place)} trained",
            evidence=[("trained here", trained.place), ("cross-validated here", event.place)],
            conditional=event.conditional or trained.conditional,
            fix=Fix(f"Cross-validate on the training part, and score the trained model on {rows}."),
        )


def trained_on_the_rest(trace: Trace, event: CrossValidate) -> Fit | None:
    """Find a training on the other part, of this model if there is one.

    None where a model learns from the rows at hand: they are no test part then.
    """
    split = trace.split_of(event.rows) if event.rows.known else None
    in_folds = split is not None and split.folds
    if not event.rows.known or in_folds or not says_test(event.variable):
        return None
    related = [
        fit
        for fit in trace.near(Fit, event.rows)
        if fit.model.role is Role.PREDICTOR and fit.rows.kin(event.rows)
    ]
    if any(fit.rows.overlap(event.rows) for fit in related):
        return None
    own = [fit for fit in related if fit.model.qualified == event.model.qualified]
    return next(iter(own or related), None)
