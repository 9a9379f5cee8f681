"""LEAK002: preprocessing stands outside the cross-validation that judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Effect,
    Kind,
    RuleMeta,
    Severity,
    quoted,
)
from mlaudit_rules.leakage.preprocessing import (
    PreprocessingRule,
    chooses_only,
    judged,
    learnt,
    model,
    number,
    only_predicted,
    removal,
    step,
    unmoved,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import PreprocessingLeak, Trace

_RUNNERS = {
    "cross_val_score",
    "cross_validate",
    "cross_val_predict",
    "learning_curve",
    "validation_curve",
}


class PreprocessOutsideCv(PreprocessingRule):
    """Reports statistics of all rows that reached a model judged on folds of the same rows."""

    meta = RuleMeta(
        code="LEAK002",
        name="preprocess-outside-cv",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Put the preprocessing into a Pipeline with the model and cross-validate that.",
        impact="Every fold is scored on rows that shaped its features, so the mean is too good.",
    )
    kinds = frozenset({Kind.FIT, Kind.STATISTIC, Kind.SELECTION})
    in_folds = True

    def concerns(self, leak: PreprocessingLeak) -> bool:
        """Leave out statistics of groups of unknown key where each group stays in one fold."""
        influence = leak.influence
        of_groups = influence.operation.startswith("groupby.") and influence.groups is None
        return not (of_groups and leak.split is not None and "Group" in leak.split.function)

    def message(self, leak: PreprocessingLeak) -> str:
        """Say what was learnt outside the folds."""
        if leak.influence.removes:
            return removal(leak)
        start = f"{quoted(leak.influence.place)} takes {learnt(leak)} from {_how_many(leak)} of"
        if only_predicted(leak):
            return (
                f"{start} {judged(leak)}, so {model(leak)} predicts rows that shaped its features "
                "and its predictions look better than those of new data"
            )
        shaped = f"{start} {judged(leak)}, so {model(leak)} is validated on rows that shaped its "
        if leak.unmoved:
            return f"{shaped}features; {unmoved(leak)}"
        return f"{shaped}features and {number(leak)} looks better than on new data"

    def remedy(self, leak: PreprocessingLeak) -> str:
        """Name the pipeline."""
        name = step(leak)
        if leak.influence.removes:
            return "Take the bounds from the training rows of each fold and remove rows there only."
        if leak.influence.kind is Kind.STATISTIC:
            return "Compute it from the training rows of each fold and apply it to the others."
        if leak.influence.kind is Kind.SELECTION and not name[1:2].isupper():
            return f"Select by {learnt(leak)} of the training rows of each fold alone."
        validation = leak.evaluation
        if not isinstance(validation, CrossValidate) or not takes_folds(validation):
            return f"Fit {name} on the training rows of each fold alone and transform the others."
        if validation.search:
            inner = next((quoted(part.name) for part in validation.model.steps), "its estimator")
            return f"Put {name} and {inner} into one Pipeline and give that to {model(leak)}."
        return f"Put {name} and {model(leak)} into one Pipeline and cross-validate the pipeline."

    def severity(self, trace: Trace, leak: PreprocessingLeak) -> Severity:
        """Grade lower where the folds only choose settings and other rows give the score."""
        if chooses_only(trace, leak) and not leak.unmoved:
            return Severity.WARNING if leak.influence.effect is Effect.HIGH else Severity.INFO
        return super().severity(trace, leak)


def _how_many(leak: PreprocessingLeak) -> str:
    """Say of how many of the divided rows something was learnt: of a part, or of all of them."""
    divided = leak.evaluation if leak.split is None else leak.split
    return "all rows" if divided.rows.within(leak.influence.rows) else "rows"


def takes_folds(validation: CrossValidate) -> bool:
    """Say whether the validation divides the rows by itself and fits any pipeline on the parts."""
    return validation.search or validation.function in _RUNNERS
