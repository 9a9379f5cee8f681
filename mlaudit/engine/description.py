"""What one file says about the problem, the models, the data and the evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import field, record

if TYPE_CHECKING:
    from mlaudit.model.location import Location
    from mlaudit.model.review import (
        DataSource,
        DataSplit,
        Measurement,
        ModelCard,
        Pipeline,
    )

FAMILIES_OF_LEAKS = frozenset({"leakage", "evaluation"})
MODEL = "model"
PREPROCESSING = "preprocessing"


@record
class Description:
    """The facts of one file; the overview joins those of all files.

    `schemes` are ways of evaluation in words.  `evaluations` and `trainings` say for each place
    where a model is judged or trained whether its rows could be followed.  `stored` are the places
    where a model or a transformer is saved, by "model" or "preprocessing"; `seeds` those where
    generators are seeded.  `prepares` says that preprocessing is fitted outside of any model, and
    `learns` that some model is fitted or judged here.  `held_out` are the places where models are
    judged on held-out rows, `independent` those of them where the score is reported;
    `judged_apart` says that there are some, or scores on folds.  `is_test` marks a test of code.
    One that is `brief` has only what the verdict needs.
    """

    frameworks: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    models: list[ModelCard] = field(default_factory=list)
    sources: list[DataSource] = field(default_factory=list)
    splits: list[DataSplit] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    pipeline: Pipeline | None = None
    evaluations: dict[Location, bool] = field(default_factory=dict)
    trainings: dict[Location, bool] = field(default_factory=dict)
    held_out: list[Location] = field(default_factory=list)
    independent: list[Location] = field(default_factory=list)
    judged_apart: bool = False
    stored: dict[str, list[Location]] = field(default_factory=dict)
    seeds: list[Location] = field(default_factory=list)
    prepares: bool = False
    learns: bool = False
    is_test: bool = False
    brief: bool = False

    @property
    def asks(self) -> bool:
        """Whether the file makes a model that the reader's questions and check list are about."""
        return self.learns and not self.is_test
