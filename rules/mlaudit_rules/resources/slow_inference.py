"""GPU012: a prediction takes longer than is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


_ENOUGH = 20  # calls


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
        if found is None:
            return
        # Of few calls the slowest tells more of the machine than of the model.
        seconds, share = found.p50, f"half of {found.calls} calls"
        if found.calls >= _ENOUGH:
            median = f"{found.p50 * 1000:.1f} ms"
            seconds, share = found.p95, f"95 % of {found.calls} calls; half of them {median}"
        if seconds * 1000 > limit:
            yield self.report(
                found.location,
                f"`{found.model}` takes {seconds * 1000:.1f} ms for one row ({share}), more than "
                f"{limit:g} ms",
            )
