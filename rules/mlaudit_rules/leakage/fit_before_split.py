"""LEAK001: a transformer has seen the test rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Kind, RuleMeta, Severity, quoted
from mlaudit_rules.leakage.preprocessing import (
    PreprocessingRule,
    judged,
    learnt,
    model,
    spoilt,
    step,
    takes_steps,
    trained,
    tries,
    unmoved,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import PreprocessingLeak


class FitBeforeSplit(PreprocessingRule):
    """Reports transformers that were fitted on rows which the model is scored on."""

    meta = RuleMeta(
        code="LEAK001",
        name="fit-before-split",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Split first, fit the transformer on the training part and only transform the rest.",
        impact="The score is measured on rows that shaped the features, so it promises too much.",
    )
    kinds = frozenset({Kind.FIT})

    def message(self, leak: PreprocessingLeak) -> str:
        """Say which transformer learnt what from which rows."""
        learns = (
            f"{quoted(leak.influence.place)} learns {learnt(leak)} from rows that {model(leak)} "
            f"{tries(leak)} ({judged(leak)})"
        )
        return f"{learns}; {unmoved(leak)}" if leak.unmoved else f"{learns}, so {spoilt(leak)}"

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name both ways: fit after the split, or a pipeline."""
        name = step(leak)
        by_hand = f"Split first, fit {name} on {trained(leak)} and only transform {judged(leak)}"
        if not takes_steps(leak):
            return f"{by_hand}."
        if leak.evaluation.model.name.lower().endswith("pipeline") and name != "`Pipeline`":
            return f"{by_hand}; or make it a step of {model(leak)}."
        return (
            f"{by_hand}; or put {name} and {model(leak)} into one Pipeline and fit that on "
            f"{trained(leak)}."
        )
