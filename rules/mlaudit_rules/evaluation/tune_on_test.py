"""EVAL003: something was chosen by its score on the rows that give the reported score."""

from __future__ import annotations

import re
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

    from mlaudit.rulekit import Place, Trace

Chosen = tuple["Evaluate", "Evaluate"]
MOST_PLACES = 4
COMMON = {"", "score", "error", "mean", "max", "own", "report", "loss", "curve"}


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
        """Judge choices by evaluations, one finding a choice."""
        groups: dict[Place, list[Chosen]] = {}
        for chosen in trace.chosen_on_reported:
            choice = chosen.choice
            if not isinstance(choice, Evaluate) or trace.in_folds(choice):
                continue
            if not (calls_validation(choice) and trace.untouched_rows_remain(choice.rows)):
                found = groups.setdefault(choice.selected_at or choice.place, [])
                found.append((choice, chosen.report))
        for group in groups.values():
            yield self._judge(_telling(group), group)

    def _judge(self, telling: Chosen | None, group: list[Chosen]) -> Finding:
        choice, report = telling or group[0]
        score = score_of(choice)
        if telling is None and any(other.metric != choice.metric for other, _ in group):
            score = f"one of several scores, such as {score}"
        severity = Severity.INFO if calls_validation(choice) else None
        rows = quoted(choice.variable) if choice.variable else "the test rows"
        how = f" ({choice.selected_by})" if choice.selected_by else ""
        what = "that very number" if report is choice else f"{score_of(report)} on the same rows"
        evidence = [("scored here", choice.place)]
        if choice.selected_at is not None:
            evidence.append(("chosen here", choice.selected_at))
        others = dict.fromkeys(other.place for other, _ in group if other.place != choice.place)
        evidence += [("scored here", place) for place in list(others)[:MOST_PLACES]]
        if report is not choice:
            evidence.append(("reported here", report.place))
        return self.report(
            choice.place,
            f"{score} on {rows} makes a choice{how}, and {what} is reported: no "
            "rows are left that took no part in the choice",
            evidence=evidence,
            severity=severity,
            conditional=choice.conditional or report.conditional,
            fix=Fix(
                "Split the training part once more (or cross-validate on it), choose there, and "
                f"score the chosen one on {rows} a single time."
            ),
        )


def _telling(group: list[Chosen]) -> Chosen | None:
    """Of several scores in one choice, find the one that its code names."""
    for choice, report in group:
        code = choice.selected_at.text.lower() if choice.selected_at else ""
        words = (choice.metric or "").lower().split("_")
        short = "".join(word[:1] for word in words)
        names = [word for word in words if word not in COMMON] + [short, f"r{short}"]
        if any(re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", code) for name in names):
            return choice, report
    return None


def calls_validation(choice: Evaluate) -> bool:
    """Say whether the code names the rows, the score or its use after validation."""
    places = [choice.place, *([choice.selected_at] if choice.selected_at else [])]
    names = [choice.variable, *(place.text.split("\n", 1)[0] for place in places)]
    return any(says_validation(name) for name in names)
