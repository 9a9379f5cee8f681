"""Which lines of a notebook a change adds: its code is compared, not the JSON around it.

So outputs, execution counts and the commas of JSON are no changes, wherever cells begin and end.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.source.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    # A line of a cell: the cell, the line within it, and what is written there.
    Line = tuple[int, int, str]

SUFFIX = ".ipynb"
_ALIKE = 0.5


def lines(content: bytes) -> list[Line]:
    """List the lines of all cells; none of what is no notebook."""
    document = read_bytes(content, SUFFIX, SUFFIX)
    return [
        (cell.number, number, text)
        for cell in document.cells
        for number, text in enumerate(cell.source.removesuffix("\n").split("\n"), 1)
    ]


def added(before: list[Line], after: list[Line]) -> frozenset[tuple[int, int]]:
    """Give the lines that are not in the version before, as cells and lines within them."""
    from difflib import SequenceMatcher

    old, new = ([text.rstrip() for _, _, text in version] for version in (before, after))
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {place for block in blocks for place in range(block.b, block.b + block.size)}
    return frozenset(line[:2] for place, line in enumerate(after) if place not in kept)


def renamed(
    new: Mapping[str, list[Line]], gone: Mapping[str, list[Line]]
) -> Iterator[tuple[str, str]]:
    """Find for new notebooks those that they were: each of the gone ones at most once."""
    left = {name: _counted(version) for name, version in gone.items()}
    for name, version in new.items():
        here = _counted(version)
        best = max(left, key=lambda old: _likeness(here, left[old]), default=None)
        if best is not None and _likeness(here, left[best]) >= _ALIKE:
            yield name, best
            del left[best]


def _counted(version: list[Line]) -> Counter[str]:
    return Counter(text.strip() for _, _, text in version if text.strip())


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / max(one.total(), other.total(), 1)
