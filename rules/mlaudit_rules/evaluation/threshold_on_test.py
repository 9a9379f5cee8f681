"""EVAL006: the threshold was chosen on the rows whose classes are then judged by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Among,
    Confidence,
    Evaluate,
    Fix,
    Needs,
    Pattern,
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

    from mlaudit.rulekit import Finding, Trace
    from mlaudit_rules.evaluation.choices import Choosing

# A name or a text of a score that says of itself that no threshold known before would reach it.
_OUT_OF_REACH = Pattern(
    r"(?i)\b(?=[\w -]{0,60}(theoretical|oracle|upper[_ -]?bound|best[_ -]possible|hindsight))"
    r"(?=[\w -]{0,60}(f_?\d|f_?beta|f_?score|score|acc|prec|rec|thresh))\w"
)


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
        told_itself = choice.judges != "scores" and Use.REPORTED in choice.uses
        if told_itself or (choice.best_told and not _only_in_theory(trace, choice)):
            return choice
        for report in trace.reports:
            if choice in report.given and report.held_out and report.rows.overlap(choice.rows):
                return report
    return None


def _only_in_theory(trace: Trace, choice: Evaluate) -> bool:
    """Say whether the best point of a curve is told as out of reach, beside another score.

    Its name says so, `f1_upper_bound`, and the other score has its threshold from elsewhere.
    """
    told_at = choice.reported_at
    if told_at is None or _OUT_OF_REACH.search(told_at.document.text) is None:
        return False
    return any(
        other is not choice
        and other.reported
        and choice not in other.given
        and (other.judges == "labels" or other.metric == choice.metric)
        for other in trace.near(Evaluate, choice.rows)
    )
