"""EVAL003: something was chosen by scores on rows that also give the reported score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    quoted,
    says_validation,
    score_of,
)
from mlaudit_rules.evaluation.choices import NONE_LEFT, chosen_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import ChosenOnReported, Finding, Trace
    from mlaudit_rules.evaluation.choices import Choosing


class TuneOnTest(Rule):
    """Reports choices of a setting or a model by scores on the rows that judge it in the end."""

    meta = RuleMeta(
        code="EVAL003",
        name="tune-on-test",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        help="Choose on a validation part or by cross-validation; use the test part once.",
        impact="The best of many test scores is partly luck, and the luck is reported as quality.",
        effort="medium",
    )
    needs = Needs(trace=("chosen_on_reported", "tuned_on_reported"))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge choices by evaluations and on folds, one finding a choice."""
        yield from map(self._judge, chosen_among(trace, None))
        yield from map(self._judge_folds, trace.tuned_on_reported)

    def _judge(self, choosing: Choosing) -> Finding:
        choice, report = choosing.choice, choosing.report
        rows = quoted(choice.variable) if choice.variable else "the test rows"
        how = f" ({choice.selected_by})" if choice.selected_by else ""
        what = "that very number" if report is choice else f"{score_of(report)} on the same rows"
        return self.report(
            choosing.place,
            f"{choosing.score} on {rows} makes a choice{how}, and {what} is reported: {NONE_LEFT}",
            evidence=choosing.chain(report),
            conditional=choice.conditional or report.conditional,
            fix=Fix(
                "Split the training part once more (or cross-validate on it), choose there, and "
                f"score the chosen one on {rows} a single time."
            ),
        )

    def _judge_folds(self, chosen: ChosenOnReported) -> Finding:
        choice, report = chosen.choice, chosen.report
        assert isinstance(choice, CrossValidate)
        all_rows = quoted(choice.variable) if choice.variable else "all rows"
        rows = quoted(report.variable) if report.variable else "the test rows"
        among = f"the rows of {rows}" if report.variable else rows
        what = "searches settings" if choice.search else "gives the scores for a choice"
        return self.report(
            choice.place,
            f"{quoted(choice.function)} {what} on {all_rows}, among them {among}; "
            f"{score_of(report)} on {rows}, of the model chosen so, is no independent test",
            evidence=[("tested here", report.place)],
            severity=Severity.INFO if says_validation(report.variable) else Severity.WARNING,
            conditional=choice.conditional or report.conditional,
            fix=Fix(f"Choose by folds of the training part, and keep {rows} out of them."),
        )
