"""EVAL025: a model is no better than a guess without features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity, listed
from mlaudit_rules.evaluation.measured import by_model, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile, Score


class NoBetterThanBaseline(Rule):
    """Reports models that reach no more, by any metric of theirs, than a constant guess."""

    meta = RuleMeta(
        code="EVAL025",
        name="no-better-than-baseline",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help=(
            "Look for what the features can tell, and compare with a baseline before anything else."
        ),
        impact="The model has learnt nothing that the targets alone do not tell.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the scores of each model on rows held out."""
        for scores in by_model(profile.measured.scores):
            judged = [one for one in scores if one.guess is not None]
            if judged and not any(map(_better, judged)):
                told = listed([f"{shown(one)} against {one.guess:.3g}" for one in judged])
                yield self.report(
                    judged[0].location,
                    f"`{judged[0].model}` is no better on {judged[0].rows:,} rows than the same "
                    f"answer for every one: "
                    f"{told}",
                )


def _better(score: Score) -> bool:
    assert score.guess is not None
    return score.value < score.guess if score.error else score.value > score.guess
