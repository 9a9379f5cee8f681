"""Texts by lines and columns, and pieces put into them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_END = Pattern(r"\r\n|\r|\n")


class UnpatchableError(Exception):
    """The changes cannot be put into the file as it is written."""


@frozen
class Change:
    """Put `text` in the place of a stretch of a document: document lines, columns from 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @property
    def start(self) -> tuple[int, int]:
        """Where the stretch starts."""
        return self.line, self.column

    @property
    def end(self) -> tuple[int, int]:
        """Where the stretch ends."""
        return self.end_line, self.end_column


@frozen
class Splice:
    """Put `text` in the place of the characters from `start` to before `end`."""

    start: int
    end: int
    text: str


class Lines:
    """A text whose lines may end in any way."""

    def __init__(self, text: str):
        self._text = text
        ends = list(_LINE_END.finditer(text))
        self._starts = [0, *(found.end() for found in ends)]
        self._ends = [found.group() for found in ends]

    def offset(self, line: int, column: int) -> int:
        """Give the place of a line and column, both from 1, as a number of characters."""
        return self._starts[line - 1] + column - 1

    def position(self, offset: int) -> tuple[int, int]:
        """Give the line and column of a place."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def splice(self, start: tuple[int, int], end: tuple[int, int], text: str) -> Splice:
        r"""Put a text, whose lines end in `\n`, between two places; lines end as they do there."""
        return Splice(
            self.offset(*start), self.offset(*end), text.replace("\n", self._line_end(start[0]))
        )

    def _line_end(self, line: int) -> str:
        """Tell how a line ends; the last one as the one before it."""
        if not self._ends:
            return "\n"
        return self._ends[min(line, len(self._ends)) - 1]


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Put pieces, given in their order, into a text."""
    parts, done = [], 0
    for splice in splices:
        parts += [text[done : splice.start], splice.text]
        done = splice.end
    return "".join([*parts, text[done:]])
