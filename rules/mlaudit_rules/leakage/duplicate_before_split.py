"""LEAK006: copies of rows were made before the split or the folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, CrossValidate, Kind, RuleMeta, Severity, quoted
from mlaudit_rules.leakage.preprocessing import (
    PreprocessingRule,
    chooses_only,
    judged,
    model,
    number,
    trained,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import PreprocessingLeak, Trace


class DuplicateBeforeSplit(PreprocessingRule):
    """Reports rows that are copied, repeated or flipped before the test part is taken from them."""

    meta = RuleMeta(
        code="LEAK006",
        name="duplicate-before-split",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Split first, then copy or augment rows of the training part only.",
        impact="Copies of one row stand on both sides of the split, so memory passes for skill.",
    )
    kinds = frozenset({Kind.DUPLICATION})
    in_folds = None
    copies = True

    def concerns(self, leak: PreprocessingLeak) -> bool:
        """Take splits by chance or position; a condition on columns sends copies to one side."""
        return leak.split is not None or isinstance(leak.evaluation, CrossValidate)

    def message(self, leak: PreprocessingLeak) -> str:
        """Say what was copied and where the copies went."""
        return (
            f"{quoted(leak.influence.place)} makes copies of rows, and {model(leak)} is scored on "
            f"a part of the result ({judged(leak)}): copies of these rows are in its training, so "
            f"{number(leak)} does not hold for new data"
        )

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name the part to copy."""
        if isinstance(leak.evaluation, CrossValidate) or leak.in_folds:
            return "Copy the training rows inside each fold, and leave its test rows as they are."
        return f"Split first and copy rows of {trained(leak)} only; leave {judged(leak)} as it is."

    def severity(self, trace: Trace, leak: PreprocessingLeak) -> Severity:
        """Grade lower only where the folds choose settings and other rows give the score."""
        return Severity.WARNING if chooses_only(trace, leak) else self.meta.severity
