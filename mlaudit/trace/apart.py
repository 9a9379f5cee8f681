"""What divisions of rows tell of two sets of them: whether one was kept from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.trace.events import Split
    from mlaudit.trace.rows import RowSet


def kept_from(splits: Sequence[Split], judged: RowSet, trained: RowSet) -> bool:
    """Say whether rows that are judged were meant to be kept from a training.

    They are a part of a split and the training went beyond that part, or the two sets of rows
    overlap without one being inside the other.
    """
    for split in splits:
        for part in split.parts:
            if judged.within(part) and not trained.within(part):
                return True
    return not judged.within(trained) and not trained.within(judged)


def parted(splits: Sequence[Split], judged: RowSet, trained: RowSet) -> bool:
    """Say whether two sets hold parts of one split, each one that the other need not have rows of.

    What else stands in both, as a matrix that all rows are multiplied with, is then not judged.
    """
    return any(_divides(split.parts, judged, trained) for split in splits)


def _divides(parts: Sequence[RowSet], judged: RowSet, trained: RowSet) -> bool:
    sure = Overlap.MUST
    own = [part.overlap(judged) is sure and part.overlap(trained) is not sure for part in parts]
    other = [part.overlap(trained) is sure and part.overlap(judged) is not sure for part in parts]
    return any(own) and any(other)
