"""LEAK003: features were chosen with the help of the test rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Kind, RuleMeta, Severity, quoted
from mlaudit_rules.leakage.preprocessing import (
    IMPORTANCE,
    PreprocessingRule,
    graded,
    judged,
    learnt,
    model,
    spoilt,
    step,
    takes_steps,
    trained,
    tries,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import PreprocessingLeak, Trace


class SelectionBeforeSplit(PreprocessingRule):
    """Reports features (or rows) selected by statistics of rows that the model is scored on."""

    meta = RuleMeta(
        code="LEAK003",
        name="selection-before-split",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Select on the training part only, or make the selector a step of the Pipeline.",
        impact="Selection by the test part's own labels can make noise look predictive.",
    )
    kinds = frozenset({Kind.SELECTION})

    def message(self, leak: PreprocessingLeak) -> str:
        """Say what chose, by what, and whether the labels took part."""
        labels = " (and their labels)" if leak.influence.supervised else ""
        return (
            f"{quoted(leak.influence.place)} selects by {learnt(leak)}, taken from rows{labels} "
            f"that {model(leak)} {tries(leak)} ({judged(leak)}), so {spoilt(leak)}"
        )

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name the training part and the pipeline."""
        by_hand = f"Split first and select by {trained(leak)} alone"
        if not takes_steps(leak):
            return f"{by_hand}."
        selector = step(leak) if leak.influence.statistic == IMPORTANCE else "the selector"
        return f"{by_hand}, or make {selector} a step of a Pipeline with {model(leak)}."

    def severity(self, trace: Trace, leak: PreprocessingLeak) -> Severity:
        """Grade a selection that looked at the labels higher than one that did not."""
        severity = Severity.ERROR if leak.influence.supervised else Severity.WARNING
        return graded(trace, leak, severity)
