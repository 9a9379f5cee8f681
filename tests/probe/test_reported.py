"""What trainers report of themselves, and what it is held against."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mlaudit.probe.agent.reported import classes, kept, learnt, same

HISTORY = {"loss": [1.0, 0.5, 0.4], "accuracy": [0.5, 0.8, 0.9]}
ONE_OF_THREE = np.eye(3)[[0, 2, 2]]


@pytest.mark.parametrize(
    ("truth", "wanted"),
    [
        ([0, 1, 1], [0, 1, 1]),
        (np.array([[0.0], [1.0]]), [0, 1]),
        (ONE_OF_THREE, [0, 2, 2]),
        (np.array([[1, 1], [0, 1]]), None),
        ([0.5, 1.0], None),
        ([-1, 1], None),
        (["a", "b"], None),
        (np.zeros((2, 3, 1)), None),
        ([], None),
    ],
)
def test_only_one_class_a_row_is_to_be_answered(truth: Any, wanted: Any) -> None:
    found = classes(truth)
    assert (found if found is None else found.tolist()) == wanted


@pytest.mark.parametrize(
    ("callbacks", "epoch"),
    [
        (None, -1),
        ([], -1),
        ([SimpleNamespace(best_epoch=1, restore_best_weights=True)], 1),
        ([SimpleNamespace(best_epoch=1, restore_best_weights=False)], -1),
        ([SimpleNamespace(best_epoch=7, restore_best_weights=True)], -1),
    ],
)
def test_the_weights_at_the_end_are_of_the_last_or_the_best_epoch(
    callbacks: Any, epoch: int
) -> None:
    assert kept(HISTORY, callbacks) == epoch


def test_an_accuracy_is_held_against_the_training_and_the_commonest_answer() -> None:
    found = learnt(HISTORY, 1, [0, 1, 1, 1])
    assert found is not None
    assert found.beside(0.75, [1, 0, 0, 0]) == {
        "function": "accuracy",
        "value": 0.75,
        "train": 0.8,
        "guess": 0.25,
        "count": 4,
    }
    assert found.beside(0.75, ONE_OF_THREE[:, :2]) is None


def test_a_training_without_an_accuracy_or_without_classes_tells_nothing() -> None:
    assert learnt({"loss": [1.0], "mae": [2.0]}, -1, [0, 1]) is None
    assert learnt(HISTORY, -1, [0.5, 1.5]) is None
    assert learnt(HISTORY, -1, None) is None


def test_a_reported_accuracy_is_known_by_its_value() -> None:
    assert same({"eval_loss": 0.5, "eval_accuracy": 0.75}, 0.75)
    assert not same({"eval_loss": 0.75, "eval_accuracy": 0.8}, 0.75)
    assert not same([0.75], 0.75)
