"""A trace: the ordered events of one program, and the questions that several rules ask of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from mlaudit.trace.events import (
    CrossValidate,
    Evaluate,
    Event,
    Fit,
    Influence,
    Model,
    Overlapping,
    PreprocessingLeak,
    Role,
    Split,
)
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.trace.rows import RowSet

E = TypeVar("E", bound=Event)


class Trace:
    """Events in program order; `notes` say what the analysis could not follow."""

    def __init__(self, events: list[Event], models: list[Model], notes: list[str] | None = None):
        self.events = events
        self.models = models
        self.notes = notes or []

    def of(self, kind: type[E]) -> Iterator[E]:
        """Give the events of one kind, in order."""
        return (event for event in self.events if type(event) is kind)

    @cached_property
    def overlaps(self) -> list[Overlapping]:
        """Evaluations on rows that the same model had been trained on."""
        found = []
        for evaluation in self.of(Evaluate):
            for fit in evaluation.fits:
                if fit.model.role is not Role.PREDICTOR:
                    continue
                overlap = fit.rows.overlap(evaluation.rows)
                if overlap is not Overlap.DISJOINT:
                    found.append(Overlapping(fit, evaluation, overlap))
        return found

    @cached_property
    def preprocessing_leaks(self) -> list[PreprocessingLeak]:
        """Influences of rows that are evaluated later, where training and evaluation rows differ.

        One leak a place of influence: the evaluation is the first that it invalidates.
        """
        found: dict[tuple[object, bool], PreprocessingLeak] = {}
        for evaluation in self.of(Evaluate):
            if any(fit.rows.overlap(evaluation.rows) for fit in evaluation.fits):
                continue
            for fit in evaluation.fits:
                for influence in (*fit.influences, *evaluation.influences):
                    if self._sees(influence, evaluation.rows, fit.rows):
                        leak = PreprocessingLeak(
                            influence, evaluation, fit, self.split_of(evaluation.rows)
                        )
                        found.setdefault((influence.place, False), leak)
        for validation in self.of(CrossValidate):
            for influence in validation.influences:
                if influence.rows.overlap(validation.rows):
                    leak = PreprocessingLeak(influence, validation, None, None)
                    found.setdefault((influence.place, True), leak)
        return list(found.values())

    def split_of(self, rows: RowSet) -> Split | None:
        """Find the split that made a part of which these rows are."""
        for split in self.of(Split):
            if any(rows.within(part) for part in split.parts):
                return split
        return None

    @staticmethod
    def _sees(influence: Influence, evaluated: RowSet, trained: RowSet) -> bool:
        """A statistic of the evaluated rows alone is no preprocessing leak: it never met training."""
        if not influence.rows.overlap(evaluated):
            return False
        return bool(influence.rows.overlap(trained))
