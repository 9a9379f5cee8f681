"""LEAK004: a statistic of the test rows went into the features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Kind, RuleMeta, Severity, quoted
from mlaudit_rules.leakage.preprocessing import (
    PreprocessingRule,
    judged,
    learnt,
    model,
    removal,
    spoilt,
    trained,
    tries,
    unmoved,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import PreprocessingLeak


class StatisticBeforeSplit(PreprocessingRule):
    """Reports means, quantiles, group aggregates and the like of rows the model is scored on."""

    meta = RuleMeta(
        code="LEAK004",
        name="statistic-before-split",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Compute the statistic from the training part and apply it to the other parts.",
        impact="The score is measured on rows that shaped the features, so it promises too much.",
    )
    kinds = frozenset({Kind.STATISTIC})

    def message(self, leak: PreprocessingLeak) -> str:
        """Say which statistic of which rows."""
        if leak.influence.removes:
            return removal(leak)
        shapes = (
            f"{quoted(leak.influence.place)} shapes the data by {learnt(leak)} of all rows, those "
            f"included that {model(leak)} {tries(leak)} ({judged(leak)})"
        )
        return f"{shapes}; {unmoved(leak)}" if leak.unmoved else f"{shapes}, so {spoilt(leak)}"

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name the part to compute from."""
        if leak.influence.removes:
            return f"Split first, take the bounds from {trained(leak)} and remove rows there only."
        return (
            f"Split first, compute {learnt(leak)} from {trained(leak)} and apply the same values "
            f"to {judged(leak)}."
        )
