"""From what the agent says of a place to the place in the documents that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.source.document import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.probe.ending import Position
    from mlaudit.source.document import Document


class Resolver:
    """Finds the place of a position; `find` gives a document by its path below the project."""

    def __init__(self, find: Callable[[str], Document | None]):
        self._find = find

    def __call__(self, position: Position | None) -> Place | None:
        """Give the place, None where the file is not known."""
        if position is None:
            return None
        file, cell, line, column, end_line, end_column = position
        document = self._find(file)
        if document is None:
            return None
        first = _first_line(document, cell)
        if first is None:
            return None
        start, end = first + line - 1, first + (end_line or line) - 1
        if column is None or end_column is None:
            lines = document.lines
            text = lines[start - 1] if start <= len(lines) else ""
            indent = len(text) - len(text.lstrip())
            return Place(document, start, indent + 1, start, len(text) + 1)
        return Place(
            document,
            start,
            document.character(start, column),
            end,
            document.character(end, end_column),
        )


def _first_line(document: Document, cell: int | None) -> int | None:
    """Give the document line on which the code of a cell begins."""
    if cell is None:
        return 1
    for unit in document.units:
        if unit.cell is not None and unit.cell.number == cell:
            return unit.first_line
    return None
