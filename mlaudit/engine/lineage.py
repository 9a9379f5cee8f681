"""Remembers which step put out which rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from mlaudit.trace.kinship import Kinship

if TYPE_CHECKING:
    from mlaudit.trace.rows import RowSet

T = TypeVar("T")


class Lineage(Generic[T]):
    """The outputs of steps, in program order."""

    def __init__(self) -> None:
        self._outputs: Kinship[tuple[T, RowSet]] = Kinship()

    def put(self, step: T, rows: RowSet) -> None:
        """Remember that a step put out rows."""
        self._outputs.put((step, rows), [rows])

    def latest(self, rows: RowSet, before: T) -> T | None:
        """Find the last step, other than `before`, whose rows these are or at least overlap."""
        holding = [(step, put) for step, put in self._outputs.near(rows) if step is not before]
        for step, put in reversed(holding):
            if rows.within(put):
                return step
        for step, put in reversed(holding):
            if rows.overlap(put):
                return step
        return None
