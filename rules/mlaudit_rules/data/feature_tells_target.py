"""DATA017: one feature alone is the target, or tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class FeatureTellsTarget(Rule):
    """Reports columns of a training matrix from which the target can be read off."""

    meta = RuleMeta(
        code="DATA017",
        name="feature-tells-target",
        family="data",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Leave the column out, unless it is known before the target is.",
        impact="The model copies the answer, which it will not have when it is used.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge every matrix that a model was trained on."""
        for matrix in profile.measured.matrices:
            equal = [name for name, how in matrix.telling.items() if how == "equals"]
            apart = [name for name, how in matrix.telling.items() if how == "separates"]
            if equal:
                told = listed([f"`{name}`" for name in equal])
                yield self.report(
                    matrix.location,
                    f"`{matrix.model}` gets the target among its features: {told} equals it in "
                    f"all of {matrix.sampled:,} rows",
                )
            elif apart:
                told = listed([f"`{name}`" for name in apart])
                yield self.report(
                    matrix.location,
                    f"one threshold on {told} tells both classes apart in all of "
                    f"{matrix.sampled:,} rows that `{matrix.model}` gets",
                    severity=Severity.WARNING,
                    confidence=Confidence.MEDIUM,
                )
