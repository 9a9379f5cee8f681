"""GPU012: a prediction takes longer than is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class SlowInference(Rule):
    """Reports models that take too long to answer for one row."""

    meta = RuleMeta(
        code="GPU012",
        name="slow-inference",
        family="resources",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Predict in batches, make the model smaller, or give it more time by `latency-ms`.",
        tier=Tier.RESEARCH,
        impact="Whoever waits for the answer waits too long.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the time that one row takes."""
        limit = profile.measured.budgets.latency_ms
        found = profile.measured.latency
        if found is not None and found.p95 * 1000 > limit:
            yield self.report(
                found.location,
                f"`{found.model}` takes {found.p95 * 1000:.1f} ms for one row (95 % of "
                f"{found.calls} "
                f"calls; half of them {found.p50 * 1000:.1f} ms), more than {limit:g} ms",
            )
