"""EVAL020: what is called validation part and what is called test part are the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Needs, Rule, RuleMeta, Severity, Tier, quoted, score_of
from mlaudit_rules.evaluation.choices import two_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import ChosenOnReported, Finding, Place, Trace


class ValidationIsTest(Rule):
    """Reports one set of rows that chooses as validation part and is reported as test part."""

    meta = RuleMeta(
        code="EVAL020",
        name="validation-is-test",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        tier=Tier.RESEARCH,
        help="Split a validation part off the training rows, apart from the test part.",
        impact="The test score is the validation score that was chosen by.",
    )
    needs = Needs(trace=("chosen_on_reported",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge the names of the rows that choose and are reported, one finding a place."""
        seen: set[Place] = set()
        for chosen in trace.chosen_on_reported:
            found = two_names(trace, chosen)
            if found is not None and found[2] not in seen:
                seen.add(found[2])
                yield self._judge(chosen, *found)

    def _judge(self, chosen: ChosenOnReported, validation: str, test: str, place: Place) -> Finding:
        choice, report = chosen.choice, chosen.report
        told = "that very number" if report is choice else score_of(report)
        evidence = [("two names", place)] if place != choice.place else []
        evidence.append(("chosen by it here", choice.place))
        if report is not choice:
            evidence.append(("reported here", report.place))
        return self.report(
            place,
            f"{quoted(validation)} and {quoted(test)} are the same rows: as validation rows they "
            f"make a choice, as test rows they give the score: {told} is reported on rows that "
            "took part in the choice",
            evidence=evidence,
            conditional=choice.conditional or report.conditional,
            fix=Fix(f"Split {quoted(validation)} off the training rows, and keep {quoted(test)}."),
        )
