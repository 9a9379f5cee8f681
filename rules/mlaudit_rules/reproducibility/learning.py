"""Whether a document learns anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.bindings import last_name

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
        "split",
        "splitter",
    }
)
_METHODS = frozenset({"fit", "fit_generator", "partial_fit", "train_on_batch", "backward"})


def learns(module: Module) -> bool:
    """Say whether the document divides data for a model, builds one or trains one."""
    if any(call.entry is not None and call.entry.kind in _LEARNING for call in module.calls):
        return True
    return any(last_name(named.node.func) in _METHODS for named in module.names.calls)
