"""Traces made by hand: row sets by number, places by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mlaudit.source.document import Place
from mlaudit.source.script import from_text
from mlaudit.trace.events import Argument, Evaluate, Fit, Load, Model, Role, Split, Use
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlaudit.trace.guards import Guards


@dataclass(frozen=True)
class Numbers:
    """Rows by number."""

    numbers: frozenset[int]

    def overlap(self, other: Numbers) -> Overlap:
        return Overlap.MUST if self.numbers & other.numbers else Overlap.DISJOINT

    def shared(self, other: Numbers) -> int | None:
        return len(self.numbers & other.numbers)

    def within(self, other: Numbers) -> bool:
        return self.known and self.numbers <= other.numbers

    def perhaps_within(self, other: Numbers) -> bool:
        """One run takes one path: what was seen is sure."""
        return False

    def where(self, guards: Guards) -> Numbers:
        """One run gives one answer to each question."""
        return self

    def elsewhere(self, guards: Guards) -> None:
        """Nothing was seen where a run has given other answers."""
        return

    def maybe_again(self, other: Numbers) -> bool:
        """They are known by their numbers."""
        return False

    def apart_elsewhere(self, other: Numbers) -> bool:
        """One run takes one path."""
        return False

    def named_in(self, other: Numbers) -> bool:
        """What was seen is known whatever it is called."""
        return False

    def apart_in_part(self, other: Numbers) -> bool:
        """What is in both is rows of both."""
        return False

    def kin(self, other: Numbers) -> bool:
        return not self.bases.isdisjoint(other.bases)

    @property
    def bases(self) -> set[str]:
        return {self.label} if self.known else set()

    @property
    def known(self) -> bool:
        return bool(self.numbers)

    @property
    def label(self) -> str:
        return "sales.csv"


class Maker:
    """Makes events of a program that loads, splits, fits and evaluates."""

    def __init__(self) -> None:
        self.document = from_text("\n" * 99, "made.py")
        self.all = self.rows(1, 2, 3, 4)
        self.train = self.rows(1, 2)
        self.test = self.rows(3, 4)
        self.unknown = self.rows()

    def rows(self, *numbers: int) -> Numbers:
        return Numbers(frozenset(numbers))

    def at(self, line: int, column: int = 1) -> Place:
        return Place(self.document, line, column, line, column + 5)

    def model(
        self,
        line: int,
        name: str = "lib.svm.SVC",
        role: Role = Role.PREDICTOR,
        task: str | None = "classifier",
        **arguments: Argument,
    ) -> Model:
        return Model(name.rsplit(".", 1)[-1], name, self.at(line), role, task, None, arguments)

    def load(self, line: int, source: str = "sales.csv") -> Load:
        return Load(self.at(line), "lib.read_csv", source, self.all)

    def split(
        self,
        line: int,
        function: str = "train_test_split",
        arguments: Mapping[str, Argument] | None = None,
    ) -> Split:
        parts = (self.train, self.test)
        return Split(self.at(line), function, self.all, parts, (), arguments or {})

    def fit(self, line: int, model: Model, rows: Numbers, target: str | None = None) -> Fit:
        return Fit(self.at(line), model, "fit", rows, None, (), None, target)

    def evaluate(
        self,
        line: int,
        fit: Fit,
        rows: Numbers,
        metric: str | None = "f1_score",
        uses: frozenset[Use] = frozenset({Use.REPORTED}),
        variable: str = "X_test",
    ) -> Evaluate:
        return Evaluate(
            self.at(line), fit.model, metric, rows, (fit,), uses=set(uses), variable=variable
        )


@pytest.fixture
def make() -> Maker:
    return Maker()
