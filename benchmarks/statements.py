"""Distances in statements, for comparing a finding's place with a labelled line."""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.model.location import Location

_MAGIC = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)


class Statements:
    """Where the statements of a folder's scripts and notebook cells begin."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._texts: dict[str, list[str]] = {}
        self._starts: dict[tuple[str, int | None], list[int] | None] = {}

    def distance(self, place: Location, line: int) -> int:
        """Count the statements between a place and a line of the same script or cell.

        0 inside the place or its statement; in a cell that does not parse, lines are counted.
        """
        if place.line <= line <= place.end_line:
            return 0
        starts = self._starts_of(place)
        if starts is None:
            return abs(place.line - line)
        return abs(bisect_right(starts, place.line) - bisect_right(starts, line))

    def _starts_of(self, place: Location) -> list[int] | None:
        key = (place.path, place.cell)
        if key not in self._starts:
            self._starts[key] = _starts(self._text(place))
        return self._starts[key]

    def _text(self, place: Location) -> str:
        if place.path not in self._texts:
            text = (self._folder / place.path).read_text(encoding="utf-8", errors="replace")
            self._texts[place.path] = [text] if place.cell is None else _cells(text)
        return self._texts[place.path][(place.cell or 1) - 1]


def _cells(notebook: str) -> list[str]:
    stored = json.loads(notebook)
    cells = stored.get("cells") or [
        cell for sheet in stored.get("worksheets", ()) for cell in sheet["cells"]
    ]
    return ["".join(cell.get("source", cell.get("input", ""))) for cell in cells]


def _starts(text: str) -> list[int] | None:
    try:
        tree = ast.parse(_MAGIC.sub(r"\1pass", text))
    except (SyntaxError, ValueError):
        return None
    return sorted({node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)})
