"""What one file says about the problem, the models, the data and the evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.model.review import (
        DataSource,
        DataSplit,
        Measurement,
        ModelCard,
        Pipeline,
    )


@dataclass(slots=True)
class Description:
    """The facts of one file; the review joins those of all files.

    `schemes` are the evaluation schemes in words, `signs` the traces of careful practice that the
    deployment check list asks for (a key of the list → where it was seen).
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
    signs: dict[str, list[str]] = field(default_factory=dict)
    evaluations: int = 0
    evaluations_followed: int = 0
