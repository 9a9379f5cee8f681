"""The clean programs: scripts, notebooks and folders of several files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.location import Location

ORIGINALS = Path(__file__).resolve().parents[2] / "fixtures" / "clean"

# Stands between the cells of a notebook when its code is one text.
BORDER = "# ---- next cell ----\n"


@dataclass(frozen=True)
class Program:
    """One file of a program as one text, and the files that stand beside it."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Name the program as its folder of originals does."""
        return self.path.relative_to(ORIGINALS).as_posix()

    @property
    def beside(self) -> list[Path]:
        """Find the other files of a program that has several."""
        if self.path.parent == ORIGINALS:
            return []
        return [other for other in sorted(self.path.parent.glob("*.py")) if other != self.path]

    def write(self, folder: Path, text: str) -> None:
        """Write the program with another text for this file."""
        folder.mkdir(parents=True)
        for other in self.beside:
            (folder / other.name).write_bytes(other.read_bytes())
        if self.path.suffix == ".ipynb":
            text = json.dumps(self._notebook(text), indent=1)
        (folder / self.path.name).write_text(text, encoding="utf-8")

    def _notebook(self, text: str) -> dict[str, Any]:
        notebook: dict[str, Any] = json.loads(self.path.read_bytes())
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for cell, source in zip(cells, text.split(BORDER), strict=True):
            cell["source"] = source.removesuffix("\n").splitlines(keepends=True)
        return notebook

    def line(self, location: Location, text: str) -> int:
        """Give the line of the whole text for a place in the file that holds it."""
        if location.cell is None:
            return location.line
        cells = json.loads(self.path.read_bytes())["cells"]
        before = [cell for cell in cells[: location.cell - 1] if cell["cell_type"] == "code"]
        joined = text.split(BORDER)[: len(before)]
        return location.line + sum(part.count("\n") + 1 for part in joined)


def programs() -> Iterator[Program]:
    """Read the originals, each file of a folder as a program of its own."""
    for path in sorted([*ORIGINALS.rglob("*.py"), *ORIGINALS.rglob("*.ipynb")]):
        yield Program(path, _text(path))


def _text(path: Path) -> str:
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_bytes())["cells"]
    code = ["".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code"]
    return BORDER.join(code)
