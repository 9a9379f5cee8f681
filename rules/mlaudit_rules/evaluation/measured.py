"""Scores that were measured, by the model that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Score

LEAST_ROWS = 100


def by_model(scores: Iterable[Score]) -> list[list[Score]]:
    """Gather the scores of a model on the same number of rows held out; not those of guesses."""
    found: dict[tuple[int, int], list[Score]] = {}
    for score in scores:
        if score.held_out and score.rows >= LEAST_ROWS and not score.model.startswith("Dummy"):
            found.setdefault((score.number, score.rows), []).append(score)
    return list(found.values())


def shown(score: Score) -> str:
    """Name a score and its value."""
    return f"{score.metric} {score.value:.3g}"
