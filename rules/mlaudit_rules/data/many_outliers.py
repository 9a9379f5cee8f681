"""DATA014: many values of a column are far off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, Tier, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class ManyOutliers(Rule):
    """Reports columns of a training matrix with more outliers than are usual."""

    meta = RuleMeta(
        code="DATA014",
        name="many-outliers",
        family="data",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        help=(
            "Look at the rows, correct what is wrong in them, and use a robust scale or a "
            "logarithm for the rest."
        ),
        tier=Tier.RESEARCH,
        impact="A few values decide means, scales and squared errors.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge every matrix that a model was trained on."""
        limit = profile.measured.budgets.outliers
        for matrix in profile.measured.matrices:
            least = limit + 3 * (limit / matrix.sampled) ** 0.5  # beyond chance in so many rows
            over = {name: share for name, share in matrix.far.items() if share > least}
            if over:
                told = listed([f"`{name}` ({share:.1%})" for name, share in over.items()])
                yield self.report(
                    matrix.location,
                    f"`{matrix.model}` gets columns of which more than {limit:.1%} lies beyond "
                    f"three standard deviations: {told}",
                )
