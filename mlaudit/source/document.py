"""A document: the text that is analysed, and the way back to where it came from.

All the code of a document is one text.  A script is one unit; each code cell of a notebook is a
unit of its own, so that a broken cell loses only itself.  Lines of the text ("document lines") are
unique over the whole document, which lets an `ast` node say where it stands by line number alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mlaudit.model.location import Location

if TYPE_CHECKING:
    import ast


@dataclass(slots=True)
class Cell:
    """One cell of a notebook as stored, Markdown and raw cells included; numbered from 1."""

    number: int
    kind: str
    source: str
    cell_id: str | None = None
    execution_count: int | None = None
    tags: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    physical_lines: tuple[int, ...] = ()


@dataclass(slots=True)
class Unit:
    """A stretch of Python that parses on its own: a whole script, or one code cell.

    `text` has its magics neutralised, line for line and column for column; `first_line` is the
    document line of its first line.  `opaque` units (`%%bash`) may define and use anything.
    """

    text: str
    first_line: int = 1
    cell: Cell | None = None
    opaque: bool = False


@dataclass(slots=True)
class Problem:
    """Something of the document that cannot be examined; a fatal one loses the whole document."""

    message: str
    cell: int | None = None
    line: int | None = None
    fatal: bool = False


class Place:
    """A stretch of a document; its `location` is worked out only when somebody asks."""

    __slots__ = ("column", "document", "end_column", "end_line", "line")

    def __init__(self, document: Document, line: int, column: int, end_line: int, end_column: int):
        self.document = document
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column

    @property
    def location(self) -> Location:
        """Where the place stands in its script or cell."""
        return self.document.locate(self)

    @property
    def text(self) -> str:
        """The source text of the place."""
        return self.document.slice(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Place({self.location})"

    def _key(self) -> tuple[str, int, int, int, int]:
        return (self.document.path, self.line, self.column, self.end_line, self.end_column)


@dataclass
class Document:
    """One script or notebook, ready to be parsed."""

    path: str
    units: list[Unit]
    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_notebook: bool = False
    metadata: dict[str, object] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """All units joined; a document line is a line of this text."""
        return "\n".join(unit.text for unit in self.units)

    @cached_property
    def lines(self) -> list[str]:
        """The document lines."""
        return self.text.split("\n")

    def unit_at(self, line: int) -> Unit:
        """Find the unit that holds a document line."""
        found = self.units[0]
        for unit in self.units:
            if unit.first_line > line:
                break
            found = unit
        return found

    def place(self, node: ast.AST) -> Place:
        """Give the place of an `ast` node, which must carry document lines."""
        line: int = node.lineno  # type: ignore[attr-defined]
        end_line: int = node.end_lineno or line  # type: ignore[attr-defined]
        column = self._character(line, node.col_offset)  # type: ignore[attr-defined]
        end_column = self._character(end_line, node.end_col_offset or 0)  # type: ignore[attr-defined]
        return Place(self, line, column, end_line, end_column)

    def locate(self, place: Place) -> Location:
        """Translate a place into cell, line within the cell, and physical line."""
        unit = self.unit_at(place.line)
        cell = unit.cell
        line = place.line - unit.first_line + 1
        end_line = place.end_line - unit.first_line + 1
        if cell is None:
            return Location(
                self.path, line, place.column, end_line, place.end_column, physical_line=line
            )
        physical = cell.physical_lines
        return Location(
            self.path,
            line,
            place.column,
            end_line,
            place.end_column,
            cell=cell.number,
            cell_id=cell.cell_id,
            execution_count=cell.execution_count,
            physical_line=physical[line - 1] if 0 < line <= len(physical) else None,
        )

    def slice(self, place: Place) -> str:
        """Give the source text of a place."""
        lines = self.lines[place.line - 1 : place.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)

    def _character(self, line: int, offset: int) -> int:
        """Turn a UTF-8 byte offset (as `ast` counts) into a column counted from 1 in characters."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="ignore")) + 1
