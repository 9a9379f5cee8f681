"""The physical lines of a notebook: one pass over its JSON that remembers where sources stand.

The walk is written out only for the objects that lead to sources; every other value is decoded by
the standard library's scanner, so that a notebook is decoded once and at full speed.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from mlaudit.model.frozen import field, record

if TYPE_CHECKING:
    from collections.abc import Callable

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


@record
class StoredCell:
    """A cell as the file has it: its fields, its source joined, and the physical line of each line.

    `physical_lines` is empty where the whole notebook stands on one line.
    """

    fields: dict[str, Any]
    source: str = ""
    physical_lines: tuple[int, ...] = ()


@record
class StoredNotebook:
    """The top level of a notebook, and its cells (in format 3: of all worksheets)."""

    fields: dict[str, Any] = field(default_factory=dict)
    cells: list[StoredCell] = field(default_factory=list)
    has_cells: bool = False


def decode(text: str) -> StoredNotebook:
    """Decode the JSON text of a notebook; raises `json.JSONDecodeError` or `RecursionError`."""
    return _Decoder(text).notebook()


class _Decoder:
    def __init__(self, text: str):
        self.text = text
        self.minified = "\n" not in text.rstrip()
        self.line = 1
        self.counted_to = 0

    def notebook(self) -> StoredNotebook:
        notebook = StoredNotebook()

        def member(key: str, position: int) -> int:
            if key == "cells" and self.text[position : position + 1] == "[":
                return self._cells(notebook, position)
            if key == "worksheets" and self.text[position : position + 1] == "[":
                return self._array(position, worksheet)
            notebook.fields[key], position = self._value(position)
            return position

        def worksheet(position: int) -> int:
            if self.text[position] != "{":
                return self._value(position)[1]
            return self._object(position, sheet_member)

        def sheet_member(key: str, position: int) -> int:
            if key == "cells" and self.text[position : position + 1] == "[":
                return self._cells(notebook, position)
            return self._value(position)[1]

        start = self._space(0)
        if self.text[start : start + 1] != "{":
            notebook.fields["_"], end = self._value(start)
        else:
            end = self._object(start, member)
        if self._space(end) != len(self.text):
            raise json.JSONDecodeError("Extra data", self.text, end)
        return notebook

    def _cells(self, notebook: StoredNotebook, position: int) -> int:
        notebook.has_cells = True

        def element(position: int) -> int:
            cell = StoredCell({})
            notebook.cells.append(cell)
            if self.text[position] != "{":
                return self._value(position)[1]
            return self._object(position, lambda key, start: self._cell_member(cell, key, start))

        return self._array(position, element)

    def _cell_member(self, cell: StoredCell, key: str, position: int) -> int:
        if key not in ("source", "input"):
            cell.fields[key], position = self._value(position)
            return position
        pieces: list[tuple[str, int]] = []

        def piece(position: int) -> int:
            line = self._line(position)
            value, position = self._value(position)
            if isinstance(value, str):
                pieces.append((value, line))
            return position

        is_list = self.text[position : position + 1] == "["
        position = self._array(position, piece) if is_list else piece(position)
        cell.source = "".join(text for text, _ in pieces)
        cell.physical_lines = () if self.minified else _lines_of(pieces)
        return position

    def _object(self, position: int, member: Callable[[str, int], int]) -> int:
        """Walk an object; `member` gets a key and its value's start, and says where it ends."""
        position = self._space(position + 1)
        if self.text[position : position + 1] == "}":
            return position + 1
        while True:
            if self.text[position : position + 1] != '"':
                raise json.JSONDecodeError("Expecting property name", self.text, position)
            key, position = self._value(position)
            position = self._space(position)
            if self.text[position : position + 1] != ":":
                raise json.JSONDecodeError("Expecting ':' delimiter", self.text, position)
            position = self._space(member(key, self._space(position + 1)))
            position, more = self._next(position, "}")
            if not more:
                return position

    def _array(self, position: int, element: Callable[[int], int]) -> int:
        """Walk an array; `element` gets an element's start, and says where it ends."""
        position = self._space(position + 1)
        if self.text[position : position + 1] == "]":
            return position + 1
        while True:
            if position >= len(self.text):
                raise json.JSONDecodeError("Expecting value", self.text, position)
            position, more = self._next(self._space(element(position)), "]")
            if not more:
                return position

    def _next(self, position: int, closing: str) -> tuple[int, bool]:
        found = self.text[position : position + 1]
        if found == closing:
            return position + 1, False
        if found != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", self.text, position)
        return self._space(position + 1), True

    def _value(self, position: int) -> tuple[Any, int]:
        return _DECODER.raw_decode(self.text, position)

    def _space(self, position: int) -> int:
        return _SPACE.match(self.text, position).end()  # type: ignore[union-attr]

    def _line(self, position: int) -> int:
        self.line += self.text.count("\n", self.counted_to, position)
        self.counted_to = position
        return self.line


def _lines_of(pieces: list[tuple[str, int]]) -> tuple[int, ...]:
    """Give the physical line of each line of the joined pieces."""
    if all(text.count("\n") == 1 and text[-1] == "\n" for text, _ in pieces[:-1]):
        last = pieces[-1][0] if pieces else ""
        if "\r" not in last and "\n" not in last and not any("\r" in text for text, _ in pieces):
            return tuple(line for _, line in pieces)
    starts, offset = [], 0
    for text, _ in pieces:
        starts.append(offset)
        offset += len(text)
    joined = "".join(text for text, _ in pieces)
    lines = [0, *(match.end() for match in _LINE_END.finditer(joined))]
    return tuple(
        pieces[bisect_right(starts, start) - 1][1] for start in lines if start < len(joined)
    )
