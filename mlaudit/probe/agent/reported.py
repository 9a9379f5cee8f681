"""Accuracies that a trainer reports of itself, with what they can be held against."""

from __future__ import annotations

import sys
from typing import Any

_ACCURACIES = (
    "accuracy",
    "acc",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
)
_MOST_CLASSES = 100
_SAME = 1e-6


class Learnt:
    """How well a network has answered at the end of its training, and the answer seen most."""

    def __init__(self, name: str, train: float, most: int):
        self.name = name
        self.train = train
        self.most = most

    def beside(self, value: float, truth: Any) -> dict[str, Any] | None:
        """Hold an accuracy against that of the training and of the same answer for every row."""
        wanted = classes(truth)
        if wanted is None:
            return None
        return {
            "function": "accuracy",
            "value": value,
            "train": self.train,
            "guess": float((wanted == self.most).mean()),
            "count": len(wanted),
        }


def learnt(history: dict[str, list[float]], at: int, truth: Any) -> Learnt | None:
    """Read what is reported of a training, `at` the epoch whose weights were kept."""
    wanted = classes(truth)
    name = next((name for name in _ACCURACIES if name in history), None)
    if wanted is None or name is None:
        return None
    return Learnt(
        name, float(history[name][at]), int(sys.modules["numpy"].bincount(wanted).argmax())
    )


def kept(history: dict[str, list[float]], callbacks: Any) -> int:
    """Tell which epoch the weights at the end are of: the last, or a best one restored."""
    for one in callbacks if isinstance(callbacks, (list, tuple)) else (callbacks,):
        best = getattr(one, "best_epoch", None)
        if best is not None and getattr(one, "restore_best_weights", False):
            return int(best) if best < len(history.get("loss", ())) else -1
    return -1


def classes(truth: Any) -> Any:
    """Give what is to be answered as whole numbers; None where it is not one class a row."""
    np = sys.modules["numpy"]
    values = np.asarray(truth.detach().cpu() if hasattr(truth, "detach") else truth)
    if values.dtype.kind not in "biuf" or not len(values):
        return None
    if values.ndim == 2 and values.shape[1] > 1:
        if not ((values == 0) | (values == 1)).all() or not (values.sum(axis=1) == 1).all():
            return None
        return values.argmax(axis=1)
    values = values.reshape(len(values), -1)
    if values.shape[1] != 1 or not (values == np.floor(values)).all():
        return None
    fits = values.min() >= 0 and values.max() < _MOST_CLASSES
    return values[:, 0].astype(int) if fits else None


def same(metrics: Any, value: float) -> bool:
    """Say whether a number that is reported as an accuracy is this one."""
    return isinstance(metrics, dict) and any(
        name.endswith("accuracy") and isinstance(told, float) and abs(told - value) < _SAME
        for name, told in metrics.items()
    )
