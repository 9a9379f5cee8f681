"""EVAL012: the seed was chosen by the score that is then reported."""

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
from mlaudit_rules.evaluation.choices import chosen_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Trace
    from mlaudit_rules.evaluation.choices import Choosing


class CherryPickedSeed(Rule):
    """Reports the best of many seeds, of a split or a model, told as the model's quality."""

    meta = RuleMeta(
        code="EVAL012",
        name="cherry-picked-seed",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        help="Report mean and spread over the seeds; never keep the seed with the best score.",
        impact="Seeds differ by luck alone: the best of them is luck reported as quality.",
    )
    needs = Needs(trace=("chosen_on_reported",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge choices among seeds, one finding a choice."""
        return map(self._judge, chosen_among(trace, Among.SEEDS))

    def _judge(self, choosing: Choosing) -> Finding:
        choice, report = choosing.choice, choosing.report
        rows = quoted(choice.variable) if choice.variable else "the test rows"
        how = f" ({choice.selected_by})" if choice.selected_by else ""
        what = "that very number" if report is choice else f"{score_of(report)} on the same rows"
        return self.report(
            choice.asked_at,
            f"every turn draws {named(choice.model)} or its rows with another seed; "
            f"{choosing.score} on {rows} chooses among them{how}, and {what} is reported",
            evidence=choosing.chain(report),
            conditional=choice.conditional or report.conditional,
            fix=Fix("Report the mean and the standard deviation of the scores over all seeds."),
        )
