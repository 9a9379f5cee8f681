"""LEAK005: rows were over- or under-sampled before the split or the folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, CrossValidate, Kind, Pattern, RuleMeta, Severity, quoted
from mlaudit_rules.leakage.preprocessing import (
    REMOVES,
    PreprocessingRule,
    chooses_only,
    judged,
    model,
    number,
    only_predicted,
    trained,
    tries,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import PreprocessingLeak, Trace

_COPIES = "RandomOverSampler"
_GROUPS = Pattern(r"Group(s?Out|KFold|ShuffleSplit)|\.split\([^()]*,[^()]*,[^()]*\)|groups=")


class ResampleBeforeSplit(PreprocessingRule):
    """Reports resampling of rows from which the test part, or the folds, are taken afterwards."""

    meta = RuleMeta(
        code="LEAK005",
        name="resample-before-split",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Split first and resample the training part only, or use an imblearn Pipeline.",
        impact="Copies or blends of one row stand on both sides of the split; scores soar.",
    )
    kinds = frozenset({Kind.RESAMPLING})
    in_folds = None
    copies = True

    def concerns(self, leak: PreprocessingLeak) -> bool:
        """Leave plain copies alone that groups of rows keep on one side, as they share a group."""
        return _COPIES not in leak.influence.operation or not _keeps_groups(leak)

    def message(self, leak: PreprocessingLeak) -> str:
        """Say what resampling does to the evaluated rows."""
        if any(word in leak.influence.operation for word in REMOVES):
            harm = "these rows are chosen and balanced as no new data will be"
        else:
            harm = "copies or blends of these rows are in its training"
        told = (
            "its predictions there say nothing"
            if only_predicted(leak)
            else f"{number(leak)} does not hold"
        )
        return (
            f"{quoted(leak.influence.place)} resamples rows, and {model(leak)} {tries(leak)} a "
            f"part of the result ({judged(leak)}): {harm}, so {told} for new data"
        )

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name the part to resample, or the pipeline."""
        if isinstance(leak.evaluation, CrossValidate):
            return (
                f"Put the resampler and {model(leak)} into an `imblearn.pipeline.Pipeline` and "
                "cross-validate the pipeline."
            )
        return f"Split first and resample {trained(leak)} only; leave {judged(leak)} as it is."

    def severity(self, trace: Trace, leak: PreprocessingLeak) -> Severity:
        """Grade lower only where the folds choose settings and other rows give the score."""
        return Severity.WARNING if chooses_only(trace, leak) else self.meta.severity


def _keeps_groups(leak: PreprocessingLeak) -> bool:
    """Say whether the split or the folds take groups of rows as a whole."""
    if leak.split is not None:
        return _GROUPS.search(leak.split.function) is not None
    if not isinstance(leak.evaluation, CrossValidate):
        return False
    folds = leak.evaluation.arguments.get("cv")
    told = "groups" in leak.evaluation.arguments
    return told or (folds is not None and _GROUPS.search(folds.text) is not None)
