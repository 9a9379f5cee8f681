"""The physical lines of a notebook: where in its JSON text the sources of its cells stand.

The standard library decodes the text at full speed; then each source is looked for in it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from mlaudit.model.frozen import field, record

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECODER = json.JSONDecoder()
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_BETWEEN = re.compile(r"[ \t\n\r,]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_SOURCES = ("source", "input")


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
    fields = json.loads(text)
    notebook = StoredNotebook(fields if isinstance(fields, dict) else {})
    search = _Search(text)
    for cells in _lists_of_cells(notebook.fields):
        notebook.has_cells = True
        notebook.cells += [_cell(cell, search) for cell in cells]
    return notebook


def literals(text: str) -> list[list[tuple[int, int]]]:
    """Give for each cell where the strings of its source start and end, quotes included.

    The text must be one that `decode` can decode.
    """
    fields, search = json.loads(text), _Search(text)
    listed = _lists_of_cells(fields if isinstance(fields, dict) else {})
    return [_spans(cell, search) for cells in listed for cell in cells]


def _spans(cell: Any, search: _Search) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for key in [key for key in cell if key in _SOURCES] if isinstance(cell, dict) else ():
        found = search.spans(key, cell[key])
    return found


def _lists_of_cells(fields: dict[str, Any]) -> Iterator[list[Any]]:
    """Take the cells out of the top level and of its worksheets, in their order in the text."""
    for key in [key for key in fields if key in ("cells", "worksheets")]:
        if isinstance(fields[key], list):
            taken = fields.pop(key)
            sheets = [{"cells": taken}] if key == "cells" else taken
            found = (sheet.get("cells") for sheet in sheets if isinstance(sheet, dict))
            yield from (cells for cells in found if isinstance(cells, list))


def _cell(fields: Any, search: _Search) -> StoredCell:
    if not isinstance(fields, dict):
        return StoredCell({})
    cell = StoredCell(fields)
    for key in [key for key in fields if key in _SOURCES]:
        pieces = search.find(key, fields.pop(key))
        cell.source = "".join(text for text, _ in pieces)
        cell.physical_lines = () if search.minified else _lines_of(pieces)
    return cell


class _Search:
    """Looks for one value after the other in a JSON text."""

    def __init__(self, text: str):
        self.text = text
        self.minified = "\n" not in text.rstrip()
        self.position = 0
        self.line = 1
        self.counted_to = 0

    def find(self, key: str, value: Any) -> list[tuple[str, int]]:
        """Give the strings of a value, a list or one string, each with its physical line."""
        listed = isinstance(value, list)
        strings = [one for one in (value if listed else [value]) if isinstance(one, str)]
        start = -1 if self.minified else self._start(key, value)
        if start < 0:
            return [(one, 1) for one in strings]
        self.position = start + listed
        return list(self._strings(value if listed else [value]))

    def spans(self, key: str, value: Any) -> list[tuple[int, int]]:
        """Give where each string of a value, a list or one string, starts and ends."""
        start, listed = self._start(key, value), isinstance(value, list)
        if start < 0:
            return []
        self.position, found = start + listed, []
        for each in value if listed else [value]:
            first = _BETWEEN.match(self.text, self.position).end()  # type: ignore[union-attr]
            self.position = _DECODER.raw_decode(self.text, first)[1]
            if isinstance(each, str):
                found.append((first, self.position))
        return found

    def _start(self, key: str, value: Any) -> int:
        """Find where the next pair of this key and this value has the value; -1: nowhere."""
        found = self.text.find(f'"{key}"', self.position)
        while found >= 0:
            end = found + len(key) + 2
            colon = _COLON.match(self.text, end)
            if colon and _DECODER.raw_decode(self.text, colon.end())[0] == value:
                return colon.end()
            found = self.text.find(f'"{key}"', end)
        return -1

    def _strings(self, values: list[Any]) -> Iterator[tuple[str, int]]:
        for value in values:
            start = _BETWEEN.match(self.text, self.position).end()  # type: ignore[union-attr]
            self.position = _DECODER.raw_decode(self.text, start)[1]
            if isinstance(value, str):
                self.line += self.text.count("\n", self.counted_to, start)
                self.counted_to = start
                yield value, self.line


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
