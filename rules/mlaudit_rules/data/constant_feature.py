"""DATA016: a column holds the same value in every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, Tier, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class ConstantFeature(Rule):
    """Reports columns of a training matrix that hold one value only."""

    meta = RuleMeta(
        code="DATA016",
        name="constant-feature",
        family="data",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Drop the column, or find out where its values were lost.",
        tier=Tier.RESEARCH,
        impact="The column carries nothing, and often should have carried something.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge every matrix that a model was trained on."""
        for matrix in profile.measured.matrices:
            if matrix.constant and len(matrix.constant) < matrix.columns:
                told = listed([f"`{name}`" for name in matrix.constant])
                yield self.report(
                    matrix.location,
                    f"`{matrix.model}` gets the same value in all of {matrix.sampled:,} rows: "
                    f"{told}",
                )
