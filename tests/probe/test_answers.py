"""How what is judged was made of a model's answers, and when that cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from mlaudit.probe.agent.answers import MOST_VALUES, Answers

CHANCES = np.array([0.1, 0.45, 0.7, 0.9])
BOTH = np.column_stack([1 - CHANCES, CHANCES])
OTHERS = np.array([0.2, 0.5, 0.95])


@pytest.mark.parametrize(
    ("answers", "judged", "others", "wanted"),
    [
        (CHANCES, CHANCES.copy(), OTHERS, OTHERS),
        (CHANCES, CHANCES > 0.5, OTHERS, [0, 0, 1]),
        (CHANCES, [0, 1, 1, 1], OTHERS, [0, 1, 1]),
        (BOTH, BOTH[:, 1], np.column_stack([1 - OTHERS, OTHERS]), OTHERS),
        (BOTH, [0, 0, 1, 1], np.column_stack([1 - OTHERS, OTHERS]), [0, 0, 1]),
        (BOTH, [0, 1, 1, 1], np.column_stack([1 - OTHERS, OTHERS]), [0, 1, 1]),
    ],
    ids=["itself", "threshold", "low threshold", "column", "largest", "threshold of a column"],
)
def test_what_was_judged_is_made_of_other_answers(
    answers: np.ndarray, judged: np.ndarray, others: np.ndarray, wanted: np.ndarray
) -> None:
    kept = Answers()
    kept.keep(1, answers)
    shape = kept.shape(1, judged)
    assert shape is not None
    assert np.array_equal(shape(others), wanted)


@pytest.mark.parametrize(
    "judged",
    [np.exp(CHANCES), np.zeros(4, int), [0, 1, 0, 1], [2, 2, 3, 3], CHANCES[:3]],
    ids=["other units", "always the same", "no threshold", "no 0 or 1", "fewer"],
)
def test_what_may_be_something_else_has_no_shape(judged: np.ndarray) -> None:
    kept = Answers()
    kept.keep(1, CHANCES)
    assert kept.shape(1, judged) is None
    assert kept.shape(2, CHANCES) is None


def test_of_answers_a_few_are_kept() -> None:
    kept = Answers()
    for number in range(20):
        kept.keep(number, CHANCES)
    kept.keep(20, np.zeros(MOST_VALUES + 1))
    assert kept.shape(19, CHANCES) is not None
    assert kept.shape(0, CHANCES) is None
    assert kept.shape(20, np.zeros(MOST_VALUES + 1)) is None
