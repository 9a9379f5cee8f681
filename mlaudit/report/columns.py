"""Text measured in the columns of a terminal, counted from 0."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern
from mlaudit.report.escape import plain

if TYPE_CHECKING:
    from mlaudit.model.location import Location

_COMMENT = Pattern(r"\s#[^'\"]*$")
_NO_WIDTH = "\u200c\u200d\ufe0f"


def width(text: str) -> int:
    """Count the columns that text takes."""
    return len(text) if text.isascii() else sum(map(_character, text))


def expand(text: str) -> str:
    """Make a line of code ready to be shown: tabs become four spaces, nothing hidden remains."""
    return plain(text.replace("\t", "    ")).rstrip()


def extent(text: str, location: Location) -> tuple[int, int]:
    """Give the columns that a place takes on its first line, whose source is `text`."""
    one_line = location.end_line in (0, location.line)
    whole = len(_COMMENT.sub("", text).rstrip())
    end = location.end_column - 1 if one_line and location.end_column else whole
    start = location.column - 1
    return width(expand(text[:start] + "x")) - 1, width(expand(text[: max(end, start + 1)]))


def crop(text: str, start: int, room: int) -> tuple[str, int]:
    """Cut a long line to `room` columns around a column; says too how far it moved left."""
    skip = 0 if start < room * 2 // 3 else start - room // 3
    kept: list[tuple[int, str]] = []
    column = 0
    for character in text:
        size = _character(character)
        if skip <= column and column + size <= skip + room:
            kept.append((column, character))
        column += size
    if not kept:
        return "", 0
    cut = "".join(character for _, character in kept)
    if skip:
        cut = "…" + cut[1:]
    if column > skip + room:
        cut = cut[:-1] + "…"
    return cut, kept[0][0]


def _character(character: str) -> int:
    """Count the columns of one character: 0 for marks, 2 for wide ones."""
    if unicodedata.combining(character) or character in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
