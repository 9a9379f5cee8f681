"""Finds things by the data that their rows come from, without looking at all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from mlaudit.trace.rows import RowSet

T = TypeVar("T")


class Kinship(Generic[T]):
    """Things in the order in which they were put here, each with all the rows it has to do with.

    A long program loads much data, and rows of one data set never overlap those of another.
    """

    def __init__(self) -> None:
        self._of_base: dict[Hashable, dict[int, T]] = {}
        self._size = 0

    def put(self, thing: T, rows: Iterable[RowSet]) -> None:
        """Keep a thing under the data of all these rows."""
        self._size += 1
        for base in _bases(rows):
            self._of_base.setdefault(base, {})[self._size] = thing

    def near(self, *rows: RowSet) -> list[T]:
        """Give the things, in their order, that have rows of the same data as any of these."""
        bases = _bases(rows)
        kept = [self._of_base[base] for base in bases if base in self._of_base]
        if len(kept) <= 1:
            return list(kept[0].values()) if kept else []
        found = {number: thing for things in kept for number, thing in things.items()}
        return [found[number] for number in sorted(found)]


def _bases(rows: Iterable[RowSet]) -> Collection[Hashable]:
    """Give the data of all these rows; mostly they are one set of rows."""
    each = [one.bases for one in rows]
    return each[0] if len(each) == 1 else {base for bases in each for base in bases}
