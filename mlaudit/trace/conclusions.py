"""What a trace concludes from its events: which of them together make a result untrue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.trace.events import CrossValidate, Evaluate, Use
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from mlaudit.trace.events import Fit, Influence, Split, Watch


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
    def only_chooses(self) -> bool:
        """Whether the score chooses an epoch or a setting, and nobody is told the number."""
        return isinstance(self.evaluation, Evaluate) and self.evaluation.uses == {Use.SELECTS}

    @property
    def is_told(self) -> bool:
        """Whether people read the score; what is only predicted, or searched by, is none."""
        return isinstance(self.evaluation, Evaluate) and self.evaluation.reported

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
