"""DATA013: more is missing in a column than is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class MissingTooHigh(Rule):
    """Reports columns of a training matrix in which too much is missing."""

    meta = RuleMeta(
        code="DATA013",
        name="missing-too-high",
        family="data",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help=(
            "Find out why the values are missing, and drop the column or say that they are by a "
            "feature of its own."
        ),
        impact="What is filled in for so many rows is an invention that the model learns from.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge every matrix that a model was trained on."""
        limit = profile.measured.budgets.missing
        for matrix in profile.measured.matrices:
            over = {name: share for name, share in matrix.missing.items() if share > limit}
            if over:
                told = listed([f"`{name}` ({share:.0%})" for name, share in over.items()])
                yield self.report(
                    matrix.location,
                    f"`{matrix.model}` gets {matrix.rows:,} rows in which more than {limit:.0%} "
                    f"of a column is missing: {told}",
                )
