"""EVAL003: something was chosen by its score on the rows that give the reported score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fix,
    Rule,
    RuleMeta,
    Severity,
    quoted,
    says_validation,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import ChosenOnReported, Place, Trace


class TuneOnTest(Rule):
    """Reports choices of a setting, model, epoch or threshold by the score that is then told."""

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

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge choices by evaluations, one finding a place."""
        seen: set[Place] = set()
        for chosen in trace.chosen_on_reported:
            choice = chosen.choice
            if not isinstance(choice, Evaluate) or choice.place in seen:
                continue
            validation = calls_validation(choice)
            if trace.in_folds(choice) or (validation and trace.untouched_rows_remain(choice.rows)):
                continue
            seen.add(choice.place)
            yield self._judge(chosen, choice, Severity.INFO if validation else None)

    def _judge(
        self, chosen: ChosenOnReported, choice: Evaluate, severity: Severity | None
    ) -> Finding:
        report = chosen.report
        rows = quoted(choice.variable) if choice.variable else "the test rows"
        how = f" ({choice.selected_by})" if choice.selected_by else ""
        what = "that very number" if report is choice else f"{score_of(report)} on the same rows"
        evidence = [("scored here", choice.place)]
        if choice.selected_at is not None:
            evidence.append(("chosen here", choice.selected_at))
        if report is not choice:
            evidence.append(("reported here", report.place))
        return self.report(
            choice.place,
            f"{score_of(choice)} on {rows} makes a choice{how}, and {what} is reported: no "
            "rows are left that took no part in the choice",
            evidence=evidence,
            severity=severity,
            conditional=choice.conditional or report.conditional,
            fix=Fix(
                "Split the training part once more (or cross-validate on it), choose there, and "
                f"score the chosen one on {rows} a single time."
            ),
        )


def calls_validation(choice: Evaluate) -> bool:
    """Say whether the code names the rows, the score or its use after validation."""
    places = [choice.place, *([choice.selected_at] if choice.selected_at else [])]
    names = [choice.variable, *(place.text.split("\n", 1)[0] for place in places)]
    return any(says_validation(name) for name in names)
