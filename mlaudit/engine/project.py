"""The files that a document may import from: a look-up in the project's own folders."""

from __future__ import annotations

import sys
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.engine.relevance import imports, names_library, trains
from mlaudit.syntax.parse import parse

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator

    from mlaudit.source.document import Document

LARGEST_BYTES = 2_000_000
MOST_PARSED = 64
MOST_LEVELS = 8


class ProjectFiles:
    """Finds, reads and parses the modules that documents import, each at most once a review.

    `root` bounds the search upwards, `libraries` are never looked for in the project, and `read`
    makes a document of a path and of the name that it goes by.
    """

    def __init__(
        self, root: Path, libraries: frozenset[str], read: Callable[[Path, str], Document]
    ):
        self._root = root.absolute()
        self._foreign = libraries | sys.stdlib_module_names
        self._libraries = libraries
        self._read = read
        self._shown: dict[Path, str] = {}
        self._places: dict[str, Path] = {}
        self._parsed: OrderedDict[Path, tuple[Document, ast.Module] | None] = OrderedDict()
        self._learning: dict[Path, bool] = {}
        self._exists: dict[Path, bool] = {}
        self._located: dict[tuple[str, Path], Path | None] = {}

    def register(self, path: Path, shown: str) -> None:
        """Remember the name under which the review shows a file."""
        path = path.absolute()
        self._shown[path] = shown
        self._places[shown] = path

    def find_module(self, name: str, importer: Document) -> tuple[Document, ast.Module] | None:
        """Find and parse the module that an import names, None if it is not the project's.

        Leading dots count the levels of a relative import.
        """
        path = self.locate(name, importer.path)
        if path is None or path == self._place(importer.path):
            return None
        return self._get(path)

    def document(self, shown: str) -> tuple[Document, ast.Module] | None:
        """Give a module that has been found before, by the name that it goes by."""
        return self._get(self._places[shown]) if shown in self._places else None

    def at(self, path: Path) -> tuple[Document, ast.Module] | None:
        """Read and parse a file of the project; None when it cannot be."""
        return self._get(path.absolute())

    def locate(self, name: str, importer: str) -> Path | None:
        """Find the file of a module, None if it is not the project's."""
        if name.partition(".")[0] in self._foreign:
            return None
        folder = self._place(importer).parent
        key = (name, folder)
        if key not in self._located:
            self._located[key] = self._locate(name, folder)
        return self._located[key]

    def _locate(self, name: str, folder: Path) -> Path | None:
        tail = name.lstrip(".")
        level = len(name) - len(tail)
        parts = [part for part in tail.split(".") if part]
        if level:
            for _ in range(level - 1):
                folder = folder.parent
            return self._file(folder, parts)
        if not parts:
            return None
        for base in self._bases(folder):
            found = self._file(base, parts)
            if found is not None:
                return found
        return None

    def learns(self, document: Document) -> bool:
        """Say whether a document imports a library of machine learning, or a module that does.

        One that fits something of a library that is not known may learn, too.
        """
        return trains(document.text) or self._imports_learning(
            imports(document.text), document.path, set()
        )

    def unfollowed(self, names: Iterable[str], importer: Document) -> bool:
        """Say whether an import means a file of the project that is absent or cannot be parsed.

        `names` are those that the file may have.  An absolute import that is not found is taken for
        one of an unknown library.
        """
        named = list(names)
        paths = [path for name in named if (path := self.locate(name, importer.path)) is not None]
        if not paths:
            return named[0].startswith(".")
        here = self._place(importer.path)
        return any(path != here and self._get(path) is None for path in paths)

    def _imports_learning(self, names: set[str], importer: str, seen: set[Path]) -> bool:
        if names_library(names, self._libraries):
            return True
        paths = {path for name in names if (path := self.locate(name, importer)) is not None}
        return any(self._file_learns(path, seen) for path in sorted(paths - seen))

    def _file_learns(self, path: Path, seen: set[Path]) -> bool:
        if path not in self._learning:
            seen.add(path)
            names = imports(_text(path))
            found = self._imports_learning(names, self._name(path), seen)
            if not found and len(seen) > 1:
                # Within a cycle of imports the answer may rest on a file not yet looked at.
                return False
            self._learning[path] = found
        return self._learning[path]

    def _place(self, shown: str) -> Path:
        return self._places.get(shown) or Path(shown).absolute()

    def _name(self, path: Path) -> str:
        """Give the name that a file goes by: as reviewed, or else relative to where we stand."""
        if path not in self._shown:
            try:
                shown = path.relative_to(Path.cwd()).as_posix()
            except ValueError:
                shown = path.as_posix()
            self.register(path, shown)
        return self._shown[path]

    def _bases(self, folder: Path) -> Iterator[Path]:
        """Give the folders that an import may start from, the nearest first."""
        inside = folder.is_relative_to(self._root)
        for base in [folder, *folder.parents][:MOST_LEVELS]:
            yield base
            if base.name != "src":
                yield base / "src"
            if base == self._root or not (inside or self._is_file(base / "__init__.py")):
                break

    def _file(self, folder: Path, parts: list[str]) -> Path | None:
        target = folder.joinpath(*parts)
        candidates = [target / "__init__.py"]
        if parts:
            candidates.append(target.with_name(f"{parts[-1]}.py"))
        return next((path for path in candidates if self._is_file(path)), None)

    def _is_file(self, path: Path) -> bool:
        if path not in self._exists:
            try:
                self._exists[path] = path.is_file()
            except (OSError, ValueError):
                self._exists[path] = False
        return self._exists[path]

    def _get(self, path: Path) -> tuple[Document, ast.Module] | None:
        """Read and parse a file, keeping the last few; None when it cannot be."""
        if path in self._parsed:
            self._parsed.move_to_end(path)
            return self._parsed[path]
        if _size(path) > LARGEST_BYTES:
            return None
        document = self._read(path, self._name(path))
        tree = parse(document)
        fatal = any(problem.fatal for problem in document.problems)
        self._parsed[path] = None if fatal else (document, tree)
        if len(self._parsed) > MOST_PARSED:
            self._parsed.popitem(last=False)
        return self._parsed[path]


def _size(path: Path) -> int:
    """Give the size of a file in bytes, more than any where it cannot be told."""
    try:
        return path.stat().st_size
    except OSError:
        return sys.maxsize


def _text(path: Path) -> str:
    if _size(path) > LARGEST_BYTES:
        return ""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
