"""DATA015: rows occur several times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class DuplicateRows(Rule):
    """Reports training matrices in which rows occur again."""

    meta = RuleMeta(
        code="DATA015",
        name="duplicate-rows",
        family="data",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help=(
            "Drop the copies before the data is divided, or say by weights how often a row counts."
        ),
        impact="Copies count double, and one in the test part gives its twin away.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge every matrix that a model was trained on."""
        limit = profile.measured.budgets.duplicates
        for matrix in profile.measured.matrices:
            share = matrix.repeated / matrix.rows
            if share > limit:
                yield self.report(
                    matrix.location,
                    f"`{matrix.model}` gets {matrix.repeated:,} rows of {matrix.rows:,} "
                    f"({share:.0%}) a second time, though one column alone "
                    "tells nearly all others apart",
                )
