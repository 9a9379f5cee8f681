"""Who imports whom among the files under review, told from their texts.

What a program makes of the classes that its configuration names, it imports by these names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Links = dict[Path, set[Path]]

MOST_STEPS = 3


class Importers:
    """For each file under review, those that import it; texts are read once, when first asked.

    `find` gives the file that a module's name means in a folder, `top` is the topmost folder that
    may hold configuration.
    """

    def __init__(
        self, files: Iterable[Path], find: Callable[[str, Path], Path | None], top: Path | None
    ):
        self._files = list(files)
        self._find = find
        self._top = top

    def of(self, path: Path) -> list[Path]:
        """List the files that import one, also by way of others."""
        return sorted(_within_reach({path}, self._importing) - {path})

    def alongside(self, path: Path) -> list[Path]:
        """List what else the files import that import one, also by way of others."""
        importing = set(self.of(path))
        return sorted(_within_reach(importing, self._imported) - importing - {path})

    @once
    def _importing(self) -> Links:
        gathered: Links = {}
        for path, imported in self._imported.items():
            for one in imported:
                gathered.setdefault(one, set()).add(path)
        return gathered

    @once
    def _imported(self) -> Links:
        from mlaudit.engine.configured import instantiated
        from mlaudit.engine.relevance import imports

        gathered: Links = {}
        for path in self._files:
            code = code_of(path)
            names = imports(code) | instantiated(code, path.parent, self._top)
            found = (self._find(name, path.parent) for name in names)
            gathered[path] = {one for one in found if one is not None}
        return gathered


def _within_reach(starts: set[Path], links: Links) -> set[Path]:
    """Follow links from some files, a few steps far."""
    found: set[Path] = set()
    outer = starts
    for _ in range(MOST_STEPS):
        outer = {one for inner in outer for one in links.get(inner, ())} - found
        found |= outer
    return found


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
