"""What a trace concludes from its events: which of them together make a result untrue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.trace.events import CrossValidate
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from mlaudit.trace.events import Evaluate, Fit, Influence, Split, Watch


@frozen
class Overlapping:
    """A model was evaluated on rows that it had been trained on."""

    fit: Fit
    evaluation: Evaluate
    overlap: Overlap

    @property
    def as_guessed(self) -> bool:
        """Whether the judged rows may be learnt with predictions for labels, not their own."""
        guessed = self.fit.guessed
        return guessed is not None and guessed.overlap(self.evaluation.rows) is Overlap.MUST

    @property
    def by_choice(self) -> bool:
        """Whether the program judges either these rows or others, as a setting tells."""
        return self.evaluation.rows.apart_elsewhere(self.fit.rows)


@frozen
class PreprocessingLeak:
    """A statistic of rows that are later evaluated had reached the model before.

    `names` are those that the rows were split or cut off under, or read from.  `unmoved` says that
    the model would predict the same without it, as trees do whatever the units of a column are.
    """

    influence: Influence
    evaluation: Evaluate | CrossValidate
    fit: Fit | None
    split: Split | None
    names: tuple[str, ...] = ()
    unmoved: bool = False

    @property
    def in_folds(self) -> bool:
        """Whether the rows are judged in the folds of a cross-validation, also one by hand."""
        if isinstance(self.evaluation, CrossValidate):
            return True
        return self.split is not None and self.split.folds

    @property
    def overlap(self) -> Overlap:
        """How surely the statistic saw rows that are evaluated."""
        return self.influence.rows.overlap(self.evaluation.rows)


@frozen
class ChosenOnReported:
    """Something was chosen by a score on rows that also give the reported score.

    `choice` is the evaluation, search or watch that chose; `report` the score that is told.
    """

    choice: Evaluate | CrossValidate | Watch
    report: Evaluate
