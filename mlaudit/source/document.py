"""A document: the text that is analysed, and the way back to where it came from.

All the code of a document is one text.  A script is one unit; each code cell of a notebook is a
unit of its own, so that a broken cell loses only itself.  Lines of the text ("document lines") are
unique over the whole document, which lets an `ast` node say where it stands by line number alone.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from mlaudit.model.frozen import field, record
from mlaudit.model.location import Location
from mlaudit.model.once import once

if TYPE_CHECKING:
    import ast

MARK = "mlaudit:"  # in a comment
TAG = "mlaudit-ignore"  # of a cell, or the beginning of one


@record
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


@record
class Unit:
    """A stretch of Python that parses on its own: a whole script, or one code cell.

    `text` has its magics neutralised, line for line and column for column; `written` is the text
    as its author wrote it.  `first_line` is the document line of its first line.  `magic` names the
    cell magic that the unit begins with, if any; `opaque` units (`%%bash`) hold no Python that
    could be examined, and may define and use anything.  `shifts` says how many characters each
    line has lost on its left (empty: none has): columns of locations count in `written`.
    """

    text: str
    first_line: int = 1
    cell: Cell | None = None
    opaque: bool = False
    magic: str | None = None
    written: str = ""
    shifts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.written = self.written or self.text

    @property
    def last_line(self) -> int:
        """The document line of the unit's last line."""
        return self.first_line + self.text.count("\n")

    def shift(self, line: int) -> int:
        """How many characters a document line has lost on its left."""
        index = line - self.first_line
        return self.shifts[index] if 0 <= index < len(self.shifts) else 0


@record
class Problem:
    """Something of the document that cannot be examined; a fatal one loses the whole document."""

    message: str
    cell: int | None = None
    line: int | None = None
    fatal: bool = False


class Place:
    """A stretch of a document; its `location` is worked out once, when somebody asks."""

    __slots__ = ("_location", "column", "document", "end_column", "end_line", "line")

    def __init__(self, document: Document, line: int, column: int, end_line: int, end_column: int):
        self.document = document
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column
        self._location: Location | None = None

    @property
    def location(self) -> Location:
        """Where the place stands in its script or cell."""
        if self._location is None:
            self._location = self.document.locate(self)
        return self._location

    @property
    def text(self) -> str:
        """The source text of the place."""
        return self.document.slice(self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Place) and self._key() == other._key())

    def __hash__(self) -> int:
        return hash((self.line, self.column, self.end_column))

    def __repr__(self) -> str:
        return f"Place({self.location})"

    def _key(self) -> tuple[str, int, int, int, int]:
        return (self.document.path, self.line, self.column, self.end_line, self.end_column)


@record
class Document:
    """One script or notebook, ready to be parsed.

    `cell_ends` are the document lines on which cells end, of notebooks and of `# %%` scripts: a
    bare expression that ends a cell is shown to people.
    """

    __slots__ = ("__dict__",)  # where cached properties are kept

    path: str
    units: list[Unit]
    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_notebook: bool = False
    metadata: dict[str, object] = field(default_factory=dict)
    cell_ends: tuple[int, ...] = ()

    @once
    def text(self) -> str:
        """All units joined; a document line is a line of this text."""
        return "\n".join(unit.text for unit in self.units)

    @once
    def lowered(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @once
    def lines(self) -> list[str]:
        """The document lines."""
        return self.text.split("\n")

    @once
    def written_lines(self) -> list[str]:
        """The document lines as their author wrote them, magics included: what to show people."""
        return "\n".join(unit.written for unit in self.units).split("\n")

    @property
    def is_marked(self) -> bool:
        """Whether a comment or the tag of a cell may speak to mlaudit."""
        return any(MARK in unit.written for unit in self.units) or any(
            tag.startswith(TAG) for cell in self.cells for tag in cell.tags
        )

    @once
    def _is_ascii(self) -> bool:
        return self.text.isascii()

    @once
    def _first_lines(self) -> list[int]:
        return [unit.first_line for unit in self.units]

    def unit_at(self, line: int) -> Unit:
        """Find the unit that holds a document line."""
        if len(self.units) == 1:
            return self.units[0]
        return self.units[max(0, bisect_right(self._first_lines, line) - 1)]

    def cell_lines(self, line: int) -> tuple[int, int]:
        """Give the first and the last document line of the cell that holds a document line.

        A script without cells is one cell.
        """
        if self.is_notebook or not self.cell_ends:
            unit = self.unit_at(line)
            return unit.first_line, unit.last_line
        index = bisect_right(self.cell_ends, line - 1)
        first = self.cell_ends[index - 1] + 1 if index else 1
        return first, self.cell_ends[min(index, len(self.cell_ends) - 1)]

    def line_of(self, location: Location) -> int | None:
        """Give the document line of a location, None where the document has no such cell."""
        if location.cell is None:
            return location.line
        for unit in self.units:
            if unit.cell is not None and unit.cell.number == location.cell:
                return unit.first_line + location.line - 1
        return None

    def place(self, node: ast.AST) -> Place:
        """Give the place of an `ast` node, which must carry document lines."""
        line: int = node.lineno  # type: ignore[attr-defined]
        end_line: int = node.end_lineno or line  # type: ignore[attr-defined]
        offset: int = node.col_offset  # type: ignore[attr-defined]
        end: int = node.end_col_offset or 0  # type: ignore[attr-defined]
        if self._is_ascii:
            return Place(self, line, offset + 1, end_line, end + 1)
        column, end_column = self.character(line, offset), self.character(end_line, end)
        return Place(self, line, column, end_line, end_column)

    def text_of(self, node: ast.AST) -> str:
        """Give the source text of an `ast` node; mostly it is a stretch of one line.

        A node that no source has tells itself how it is `written`.
        """
        if "written" in node.__dict__:
            return str(node.written)  # type: ignore[attr-defined]
        line: int = node.lineno  # type: ignore[attr-defined]
        rows = self.lines[line - 1 : node.end_lineno]  # type: ignore[attr-defined]
        if len(rows) == 1 and rows[0].isascii():
            return rows[0][node.col_offset : node.end_col_offset]  # type: ignore[attr-defined]
        return self.slice(self.place(node))

    def locate(self, place: Place) -> Location:
        """Translate a place into cell, line within the cell, and physical line."""
        unit = self.unit_at(place.line)
        line = place.line - unit.first_line + 1
        end_line = place.end_line - unit.first_line + 1
        column, end_column = place.column, place.end_column
        if unit.shifts:
            column += unit.shift(place.line)
            end_column += unit.shift(place.end_line)
        if unit.cell is not None:
            return self.cell_location(unit.cell, line, column, end_line, end_column)
        return Location(self.path, line, column, end_line, end_column, physical_line=line)

    def cell_location(
        self, cell: Cell, line: int = 1, column: int = 1, end_line: int = 0, end_column: int = 0
    ) -> Location:
        """Give the location of a stretch of a cell of any kind; lines and columns from 1."""
        physical = cell.physical_lines
        return Location(
            self.path,
            line,
            column,
            end_line or line,
            end_column or column,
            cell=cell.number,
            cell_id=cell.cell_id,
            execution_count=cell.execution_count,
            physical_line=physical[line - 1] if 0 < line <= len(physical) else None,
        )

    def slice(self, place: Place) -> str:
        """Give the source text of a place."""
        lines = self.lines[place.line - 1 : place.end_line]
        if len(lines) == 1:
            return lines[0][place.column - 1 : place.end_column - 1]
        if not lines:
            return ""
        lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)

    def character(self, line: int, offset: int) -> int:
        """Turn a UTF-8 byte offset (as `ast` counts) into a column counted from 1 in characters."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="ignore")) + 1


def unreadable(path: str, message: str, *, is_notebook: bool = True) -> Document:
    """Make the document that stands for a file which cannot be examined."""
    problems = [Problem(message, fatal=True)]
    return Document(path, [Unit("")], problems=problems, is_notebook=is_notebook)
