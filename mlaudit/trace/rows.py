"""What rules may ask of a set of rows, whether it is symbolic or real."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    from mlaudit.trace.guards import Guards


class Overlap(IntEnum):
    """Whether two sets of rows share rows; the order is that of growing certainty."""

    DISJOINT = 0
    MAY = 1
    MUST = 2


class RowSet(Protocol):
    """A set of rows of some data."""

    def overlap(self, other: Self) -> Overlap:
        """Say whether the two sets share rows; symmetric."""
        ...

    def shared(self, other: Self) -> int | None:
        """Count the shared rows; None where rows are symbolic."""
        ...

    def within(self, other: Self) -> bool:
        """Say whether every row of this set is surely in the other."""
        ...

    def perhaps_within(self, other: Self) -> bool:
        """Say whether, on one of several paths of the program, these rows are within the other."""
        ...

    def apart_elsewhere(self, other: Self) -> bool:
        """Say whether, on one of several paths of the program, these rows share none with it."""
        ...

    def where(self, guards: Guards) -> Self:
        """Leave out what only comes in where a run of the program has given other answers."""
        ...

    def elsewhere(self, guards: Guards) -> Self | None:
        """Give what only comes in where a run of the program has given other answers, if any."""
        ...

    def named_in(self, other: Self) -> bool:
        """Say whether these are parts, by name, of what may hold other things beside them.

        What was taken of the whole, as the other set, then need not hold them.
        """
        ...

    def apart_in_part(self, other: Self) -> bool:
        """Say whether each set holds parts of its own beside what it seems to share.

        What they share may then be no rows of either, but what both were put together with.
        """
        ...

    def kin(self, other: Self) -> bool:
        """Say whether the two come from the same data, disjoint or not."""
        ...

    def maybe_again(self, other: Self) -> bool:
        """Say whether these may be among the others, of which nobody knows where they come from."""
        ...

    @property
    def bases(self) -> Collection[Hashable]:
        """The data that they come from: sets without a common base are never kin."""
        ...

    @property
    def known(self) -> bool:
        """Whether the analysis could follow where these rows come from."""
        ...

    @property
    def label(self) -> str:
        """Name the rows for a message, e.g. "all rows of train.csv"."""
        ...
