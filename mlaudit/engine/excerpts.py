"""Quotes the source around findings, so that a review can be shown without its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Excerpt
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location
    from mlaudit.source.document import Document

CONTEXT = 2
NEAR = 3
MOST_LINES = 12


def with_excerpts(finding: Finding, find: Callable[[str], Document | None]) -> Finding:
    """Quote the finding and each place of its evidence, as their author wrote them.

    `find` gives the document of a path; places of unknown documents are left out.  Stretches of
    one file or cell that are near one another become one.  Those of the finding's file come first.
    """
    places = [finding.location, *(evidence.location for evidence in finding.evidence)]
    here = finding.location.path
    stretches: dict[tuple[bool, str, int], list[tuple[int, int]]] = {}
    for place in places:
        key = (place.path != here, place.path, place.cell or 0)
        stretches.setdefault(key, []).append(_around(place))
    excerpts = []
    for (_, path, cell), ranges in sorted(stretches.items()):
        document = find(path)
        if document is None:
            continue
        lines = _lines(document, cell or None)
        excerpts += [
            Excerpt(path, cell or None, first, tuple(lines[first - 1 : last]))
            for first, last in _merged(ranges)
            if first <= len(lines)
        ]
    return replace(finding, excerpts=tuple(excerpts))


def _around(place: Location) -> tuple[int, int]:
    last = min(max(place.line, place.end_line), place.line + MOST_LINES)
    return max(1, place.line - CONTEXT), last + CONTEXT


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + NEAR:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _lines(document: Document, cell: int | None) -> list[str]:
    """Give the lines of a cell, or of a whole script."""
    for unit in document.units:
        if (unit.cell.number if unit.cell else None) == cell:
            lines = document.written_lines
            alone = len(document.units) == 1
            return lines if alone else lines[unit.first_line - 1 : unit.last_line]
    return []
