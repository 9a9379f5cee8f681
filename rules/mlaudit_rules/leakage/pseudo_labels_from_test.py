"""LEAK015: folds are judged by labels that a model has guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Finding,
    Fix,
    Needs,
    Overlap,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    named,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Trace


class PseudoLabelsFromTest(Rule):
    """Reports cross-validations of rows some of which have predictions for labels."""

    meta = RuleMeta(
        code="LEAK015",
        name="pseudo-labels-from-test",
        family="leakage",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Add pseudo-labelled rows to the training folds only, and judge on true labels.",
        impact="A model agrees with the guesses of its like, and the agreement counts as skill.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(trace=("CrossValidate",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge every validation on folds by where its labels come from."""
        for event in trace.of(CrossValidate):
            guessed = event.guessed
            if guessed is None or guessed.overlap(event.rows) is not Overlap.MUST:
                continue
            if not event.rows.within(guessed):  # else another model is imitated on purpose
                yield self._judge(event)

    def _judge(self, event: CrossValidate) -> Finding:
        return self.report(
            event.place,
            f"{quoted(event.place)} judges {named(event.model)} on rows among which are some whose "
            "labels are predictions: agreeing with them is no skill",
            evidence=[("judged here", event.place)],
            conditional=event.conditional,
            fix=Fix("Judge on rows with true labels; add the others to the training folds only."),
        )
