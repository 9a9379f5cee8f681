"""The last answers of models, and how what is judged was made of them."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MOST_VALUES = 1_000_000
_MOST_KEPT = 8

# Makes of a model's answers, on other rows as well, what was judged.
Shape = Callable[[Any], Any]


class Answers:
    """Keeps copies of the last predictions, which the program may change or forget."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Any] = OrderedDict()

    def keep(self, prediction: int, result: Any) -> None:
        """Keep a prediction, unless it is a large one."""
        values = sys.modules["numpy"].array(result)
        if values.size <= MOST_VALUES and values.ndim in {1, 2}:
            self._kept[prediction] = values
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def shape(self, prediction: int, value: Any) -> Shape | None:
        """Find how a value was made of a prediction; None where it was in some other way."""
        np, answers = sys.modules["numpy"], self._kept.get(prediction)
        if answers is None:
            return None
        judged = np.asarray(value)
        if np.array_equal(answers, judged):
            return lambda found: found
        if judged.ndim != 1 or len(judged) != len(answers):
            return None
        return _column(np, answers, judged) if answers.ndim == 2 else _cut(answers, judged)


def _column(np: Any, answers: Any, judged: Any) -> Shape | None:
    """Find one column, the place of the largest, or a threshold on the second of two."""
    for number in range(answers.shape[1]):
        if np.array_equal(answers[:, number], judged):
            return lambda found: found[:, number]
    if np.array_equal(answers.argmax(axis=1), judged):
        return lambda found: found.argmax(axis=1)
    cut = _cut(answers[:, 1], judged) if answers.shape[1] == 2 else None
    return None if cut is None else lambda found: cut(found[:, 1])


def _cut(answers: Any, judged: Any) -> Shape | None:
    """Find a threshold above which all is 1, and all below 0."""
    if judged.dtype.kind not in "biu" or answers.dtype.kind != "f":
        return None
    above = judged == 1
    if not (above | (judged == 0)).all() or above.all() or not above.any():
        return None
    high, low = answers[above].min(), answers[~above].max()
    if not low < high:
        return None
    return lambda found: (found > (low + high) / 2).astype(judged.dtype)
