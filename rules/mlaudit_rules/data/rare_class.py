"""DATA018: a class has very few of the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class RareClass(Rule):
    """Reports classes that have a small share of the training rows."""

    meta = RuleMeta(
        code="DATA018",
        name="rare-class",
        family="data",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help=(
            "Divide with `stratify=`, judge by precision and recall of the rare class, and weigh "
            "the classes."
        ),
        impact="Accuracy says little, and a rare class may be absent from a part.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge every matrix that a model was trained on."""
        limit = profile.measured.budgets.rare_class
        for matrix in profile.measured.matrices:
            total = sum(matrix.classes.values())
            rare = {name: n / total for name, n in matrix.classes.items() if n < limit * total}
            if rare:
                told = listed([f"`{name}` ({share:.1%})" for name, share in rare.items()])
                yield self.report(
                    matrix.location,
                    f"`{matrix.model}` learns classes with less than {limit:.0%} of {total:,} "
                    f"rows: {told}",
                )
