"""Who imports whom among the files under review, told from their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MOST_STEPS = 3


class Importers:
    """For each file under review, those that import it; texts are read once, when first asked.

    `find` gives the file that a module's name means in a folder.
    """

    def __init__(self, files: Iterable[Path], find: Callable[[str, Path], Path | None]):
        self._files = list(files)
        self._find = find
        self._importing: dict[Path, set[Path]] | None = None

    def of(self, path: Path) -> list[Path]:
        """List the files that import one, also by way of others."""
        if self._importing is None:
            self._importing = self._gathered()
        found: set[Path] = set()
        outer = {path}
        for _ in range(MOST_STEPS):
            outer = {one for inner in outer for one in self._importing.get(inner, ())} - found
            found |= outer
        return sorted(found - {path})

    def _gathered(self) -> dict[Path, set[Path]]:
        from mlaudit.engine.relevance import imports

        gathered: dict[Path, set[Path]] = {}
        for path in self._files:
            for name in imports(code_of(path)):
                imported = self._find(name, path.parent)
                if imported is not None:
                    gathered.setdefault(imported, set()).add(path)
        return gathered


def code_of(path: Path) -> str:
    """Read the code of a script or notebook as text, without examining it; "" where that fails."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    return _cells(text) if path.suffix == ".ipynb" else text


def _cells(text: str) -> str:
    import json

    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    joined = [source if isinstance(source, str) else "".join(source) for source in sources]
    return "\n".join(joined)
