"""EVAL006: the threshold was chosen on the rows whose classes are then judged by it."""

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
    Use,
    quoted,
    score_of,
)
from mlaudit_rules.evaluation.choices import chosen_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Evaluate, Finding, Trace
    from mlaudit_rules.evaluation.choices import Choosing


class ThresholdOnTest(Rule):
    """Reports thresholds taken from a curve or a grid on the rows that are judged with them."""

    meta = RuleMeta(
        code="EVAL006",
        name="threshold-on-test",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Choose the threshold on a validation part or by cross-validation.",
        impact="The threshold fits the chance of the test part, and its score is too good.",
    )
    needs = Needs(trace=("chosen_on_reported",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge choices among thresholds whose classes are told on the same rows."""
        for choosing in chosen_among(trace, Among.THRESHOLDS):
            report = told(trace, choosing)
            if report is not None:
                yield self._judge(choosing, report)

    def _judge(self, choosing: Choosing, report: Evaluate) -> Finding:
        choice = choosing.choice
        rows = quoted(choice.variable) if choice.variable else "the test rows"
        how = f" ({choice.selected_by})" if choice.selected_by else ""
        what = "the best one is reported"
        if report not in choosing.scores:
            what = f"{score_of(report)} with that threshold is reported on the same rows"
        return self.report(
            choice.asked_at,
            f"{choosing.score} on {rows} chooses the threshold{how}, and {what}: the threshold "
            "is fitted to these very rows",
            evidence=choosing.chain(report),
            conditional=choice.conditional or report.conditional,
            fix=Fix(
                "Split a validation part off the training rows, choose the threshold there, and "
                f"use it unchanged on {rows}."
            ),
        )


def told(trace: Trace, choosing: Choosing) -> Evaluate | None:
    """Find the reported score with the chosen threshold; a curve itself hangs on none."""
    for choice in choosing.scores:
        if choice.best_told or (choice.judges != "scores" and Use.REPORTED in choice.uses):
            return choice
        for report in trace.reports:
            if choice in report.given and report.held_out and report.rows.overlap(choice.rows):
                return report
    return None
