"""Whether a document learns anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.draws import draws

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
    return bool(module.calls_of(*_DIVIDING)) or _builds(module)


def learns_at_random(module: Module) -> bool:
    """Say whether something in the document may go by a global seed.

    Divisions that have a seed of their own do not.
    """
    return (
        _builds(module)
        or bool(module.fact(draws))
        or any(
            call.entry is not None and call.entry.seed not in call.arguments
            for call in module.calls_of(*_DIVIDING)
        )
    )


def _builds(module: Module) -> bool:
    return bool(module.calls_of(*_LEARNING) or module.calls_named(*_METHODS))
