"""Where something stands in a script or in a notebook."""

from __future__ import annotations

from mlaudit.model.frozen import frozen


@frozen
class Location:
    """A stretch of source text.

    Lines and columns count from 1, columns in characters.  In a notebook `cell` counts from 1 over
    all cells and lines count within the cell; in a script `cell` is None.  `physical_line` is the
    line of the file on disk (for a notebook: of the .ipynb's JSON text), None where it is unknown.
    """

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0
    cell: int | None = None
    cell_id: str | None = None
    execution_count: int | None = None
    physical_line: int | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, int]:
        """Order of the places of one review: by path, cell, line, column."""
        return (self.path, self.cell or 0, self.line, self.column)

    def __hash__(self) -> int:
        """Hash by what mostly tells places apart; sets of places are made by the thousand."""
        return hash((self.path, self.cell, self.line, self.column, self.end_column))

    def __str__(self) -> str:
        """Give the clickable form: `train.py:3:5` or `train.ipynb:cell 7 (In [12]):3:5`."""
        if self.cell is None:
            return f"{self.path}:{self.line}:{self.column}"
        count = f" (In [{self.execution_count}])" if self.execution_count is not None else ""
        return f"{self.path}:cell {self.cell}{count}:{self.line}:{self.column}"
