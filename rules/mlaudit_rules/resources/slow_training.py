"""GPU013: training takes longer than is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class SlowTraining(Rule):
    """Reports trainings that take longer than their budget."""

    meta = RuleMeta(
        code="GPU013",
        name="slow-training",
        family="resources",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Profile the training, feed it faster, or give it more time by `training-hours`.",
        tier=Tier.RESEARCH,
        impact="Every change costs a day, so few are tried.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the time that trainings took together."""
        limit, found = profile.measured.budgets.training_hours, profile.measured
        if found.training is not None and found.training_seconds > limit * 3600:
            yield self.report(
                found.training,
                f"training took {found.training_seconds:,.1f} s, more than {limit * 3600:,.0f} s",
            )
