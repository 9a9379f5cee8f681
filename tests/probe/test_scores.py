"""What is held against a score; where that cannot be worked out, it is told why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score

from mlaudit.probe.agent.calls import Calls
from mlaudit.probe.agent.scores import Scores
from mlaudit.probe.agent.stream import Stream

if TYPE_CHECKING:
    from pathlib import Path

FEATURES = np.random.default_rng(0).normal(size=(80, 3))
TARGET = (FEATURES[:, 0] > 0).astype(int)
TOLD = {"model": 1, "traits": ["predict"], "method": "fit"}


class Observed:
    """The scores of one model, and the troubles that were told."""

    def __init__(self, folder: Path):
        self._file = folder / "events"
        self.scores = Scores(Calls(Stream(str(self._file))))
        self.model = LogisticRegression().fit(FEATURES, TARGET)
        self.scores.fitted(TOLD, self.model, FEATURES, TARGET)

    def judged(self, metric: Any) -> dict[str, float]:
        pair = (TARGET, self.model.predict(FEATURES))
        return self.scores.beside_metric(metric, 1, "predict", lambda answers: answers, pair, {})

    def troubles(self) -> list[tuple[str, str]]:
        events = map(json.loads, self._file.read_text().splitlines())
        return [(one["what"], one["error"]) for one in events if one["event"] == "trouble"]


@pytest.fixture
def observed(tmp_path: Path) -> Observed:
    return Observed(tmp_path)


def test_a_score_is_held_against_a_guess_and_the_training(observed: Observed) -> None:
    beside = observed.judged(accuracy_score)
    assert beside == {
        "guess": max(TARGET.mean(), 1 - TARGET.mean()),
        "train": observed.model.score(FEATURES, TARGET),
    }
    assert observed.troubles() == []


def test_a_metric_that_cannot_judge_a_guess_is_told(observed: Observed) -> None:
    def needy(truth: Any, answer: Any) -> float:
        if len(set(answer)) == 1:
            raise ZeroDivisionError("of one class")
        return 0.5

    assert observed.judged(needy) == {"train": 0.5}
    assert observed.troubles() == [
        ("a guess to hold a score against", "ZeroDivisionError: of one class")
    ]


def test_a_model_that_fails_on_its_own_rows_is_told(observed: Observed) -> None:
    def unwilling(model: Any, features: Any, target: Any) -> float:
        raise ValueError("no more")

    arguments = (observed.model, FEATURES, TARGET)
    assert observed.scores.beside_score(unwilling, 1, arguments).keys() == {"guess"}
    assert observed.troubles() == [("the score on rows of the training", "ValueError: no more")]


def test_folds_on_which_a_guess_has_no_score_are_told(observed: Observed) -> None:
    def by_weights(model: Any, features: Any, target: Any) -> float:
        return float(model.coef_.sum())

    given, named = (LogisticRegression(), FEATURES, TARGET), {"scoring": by_weights, "cv": 2}
    assert observed.scores.beside_validation(cross_val_score, given, named) == {}
    assert observed.troubles() == [
        (
            "a guess to hold a score against",
            "ValueError: it has no score on some of the folds",
        )
    ]


def test_targets_that_are_no_column_of_values_are_told(observed: Observed) -> None:
    ragged = [[0], [1, 2]] * 40
    observed.scores.fitted(TOLD, observed.model, FEATURES, ragged)
    assert [what for what, _ in observed.troubles()] == ["keeping rows to judge the training by"]
    assert observed.judged(accuracy_score) == {}
