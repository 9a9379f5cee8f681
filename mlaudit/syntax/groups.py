"""Finds things by the group that each belongs to, without looking at all the others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")


class Groups(Generic[T]):
    """Things in an order, each of one group."""

    def __init__(self, things: Sequence[T], groups: Iterable[str]):
        self._things = things
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, group in enumerate(groups):
            self._places[group].append(place)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def among(self, groups: Iterable[str]) -> list[T]:
        """Give the things of any of these groups, in their order."""
        found = [self._places[group] for group in groups if group in self._places]
        if not found:
            return []
        places = found[0] if len(found) == 1 else sorted([p for each in found for p in each])
        return list(map(self._things.__getitem__, places))
