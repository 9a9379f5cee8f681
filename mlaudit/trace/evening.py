"""Rows drawn alike from groups, or without most of one: where groups are classes, they are even."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import entity
from mlaudit.trace.events import Event

if TYPE_CHECKING:
    from mlaudit.trace.rows import RowSet


@entity
class DrawnAlike(Event):
    """As many rows are drawn from each group, told apart by the columns `by` as far as known.

    Or most rows of one group are left out at random, to come near to the others.
    """

    rows: RowSet
    result: RowSet
    by: frozenset[str]
