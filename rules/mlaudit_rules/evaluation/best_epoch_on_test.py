"""EVAL005: the epoch that is kept was chosen by the score that is then reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Among,
    Confidence,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    named,
    quoted,
    score_of,
)
from mlaudit_rules.evaluation.choices import NONE_LEFT, chosen_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Trace
    from mlaudit_rules.evaluation.choices import Choosing


class BestEpochOnTest(Rule):
    """Reports training loops that keep the best epoch by the rows of the reported score."""

    meta = RuleMeta(
        code="EVAL005",
        name="best-epoch-on-test",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Choose the epoch on a validation part; score the test part once, after training.",
        impact="The best of many epochs on the test part is partly luck, reported as quality.",
        effort="medium",
    )
    needs = Needs(trace=("chosen_on_reported",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge choices among the epochs of one training, one finding a choice."""
        return map(self._judge, chosen_among(trace, Among.EPOCHS))

    def _judge(self, choosing: Choosing) -> Finding:
        choice, report = choosing.choice, choosing.report
        rows = quoted(choice.variable) if choice.variable else "the test rows"
        how = f" ({choice.selected_by})" if choice.selected_by else ""
        what = "that very number" if report is choice else f"{score_of(report)} on the same rows"
        return self.report(
            choice.asked_at,
            f"{choosing.score} on {rows} decides which epoch of {named(choice.model)} counts{how}, "
            f"and {what} is reported: {NONE_LEFT}",
            evidence=choosing.chain(report),
            conditional=choice.conditional or report.conditional,
            fix=Fix(
                "Split a validation part off the training rows, choose the epoch by it, load its "
                "weights after the loop, and only then score the test part."
            ),
        )
