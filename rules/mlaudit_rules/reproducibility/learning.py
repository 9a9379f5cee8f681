"""Whether a document learns anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_LEARNING = frozenset(
    {
        "predictor",
        "wrapper",
        "clusterer",
        "search",
        "tuner",
        "cross-validate",
        "train",
        "trainer",
        "optimizer",
    }
)
_DIVIDING = frozenset({"split", "splitter"})
_METHODS = frozenset({"fit", "fit_generator", "partial_fit", "train_on_batch", "backward"})


def learns(module: Module) -> bool:
    """Say whether the document divides data for a model, builds one or trains one."""
    return bool(module.calls_of(*_DIVIDING)) or trains(module)


def trains(module: Module) -> bool:
    """Say whether the document builds a model to be trained, or trains one."""
    return bool(module.calls_of(*_LEARNING) or module.calls_named(*_METHODS))
