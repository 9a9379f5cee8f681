"""SEED018: the same program gives other numbers when it runs again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class RunNotRepeatable(Rule):
    """Reports programs whose scores move from run to run, and what differs first."""

    meta = RuleMeta(
        code="SEED018",
        name="run-not-repeatable",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Seed what differs first, and run again.",
        impact="Nobody can get the reported numbers again, nor tell a better model from luck.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge what became of the program when it ran again."""
        found = profile.measured.repeats
        if found is None or found.verdict != "different":
            return
        place = found.location or profile.program
        if place is None:
            return
        moved = [f"`{name}` by {by:.3g}" for name, by in found.moved.items() if by]
        scores = f", and moves {listed(moved)}" if moved else ""
        yield self.report(
            place,
            f"run again without any change, the program gives other results{scores}: "
            f"what differs first is {found.differs}",
        )
