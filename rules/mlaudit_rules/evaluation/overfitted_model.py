"""EVAL026: a model is far better on its training rows than on others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity
from mlaudit_rules.evaluation.measured import by_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile, Score


class OverfittedModel(Rule):
    """Reports scores on held-out rows that stay far behind those of the training rows."""

    meta = RuleMeta(
        code="EVAL026",
        name="overfitted-model",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Give the model less freedom, or more rows: depth, regularisation, early stopping.",
        impact="Part of what the model has learnt holds for its training rows alone.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the scores of each model on rows held out."""
        limit = profile.measured.budgets.overfit_gap
        for scores in by_model(profile.measured.scores):
            found = next((one for one in scores if _gap(one) > max(limit, _chance(one))), None)
            if found is not None:
                yield self.report(
                    found.location,
                    f"`{found.model}` reaches {found.metric} {found.train:.3g} on its training "
                    f"rows and {found.value:.3g} on the {found.rows:,} held out",
                )


def _gap(score: Score) -> float:
    """Give by how much training rows are judged better; of errors in units of the plain guess's."""
    if score.train is None or score.memorises:
        return 0.0
    if not score.error:
        return score.train - score.value if score.train <= 1.0 else 0.0
    return (score.value - score.train) / score.guess if score.guess else 0.0


def _chance(score: Score) -> float:
    """Give twice the standard error of so many rows: of a share, or of a mean of squared errors."""
    if score.error:
        return 2 * score.value / score.guess * float((2 / score.rows) ** 0.5) if score.guess else 0
    share = min(max(score.value, 0.0), 1.0)
    return 2 * float((share * (1 - share) / score.rows) ** 0.5)
