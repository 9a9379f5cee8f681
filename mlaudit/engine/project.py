"""The files that a document may import from: a look-up in the project's own folders.

What it answers about files other than the one under examination is noted: a remembered outcome
holds as long as all the answers are the same.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mlaudit.engine.digest import digest, digest_of
from mlaudit.engine.importers import Importers, code_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterable, Iterator

    from mlaudit.source.document import Document

    class Read(Protocol):
        """Makes a document of a path and of the name that it goes by."""

        def __call__(self, path: Path, shown: str, /, *, seen: Callable[[bytes], None]) -> Document:
            """Read a file; `seen` is told its bytes."""
            ...


# What was asked, and the answer: all as JSON has it.
Asked = list[list[Any]]

LARGEST_BYTES = 2_000_000
MOST_KEPT = 1_000_000  # characters of parsed code; a tree takes some thirty times their room
MOST_LEVELS = 8


class ProjectFiles:
    """Finds, reads and parses the modules that documents import, each at most once a review.

    `root` bounds the search upwards; for files that lie elsewhere, the folder does that holds all
    of those that were registered.  `libraries` are never looked for in the project, and `read`
    makes a document of a path and of the name that it goes by; without it, nothing is parsed.
    """

    def __init__(self, root: Path, libraries: frozenset[str], read: Read | None = None):
        self._root = root.absolute()
        self._foreign = libraries | sys.stdlib_module_names
        self._libraries = libraries
        self._read = read
        self._elsewhere: Path | None = None
        self._shown: dict[Path, str] = {}
        self._reviewed: list[Path] = []
        self._importers: Importers | None = None
        self._places: dict[str, Path] = {}
        self._parsed: OrderedDict[Path, tuple[Document, ast.Module] | None] = OrderedDict()
        self._kept = 0
        self._learning: dict[Path, bool] = {}
        self._exists: dict[Path, bool] = {}
        self._held: dict[tuple[str, Path], list[Path]] = {}
        self._located: dict[tuple[str, Path], Path | None] = {}
        self._digests: dict[Path, str | None] = {}
        self._asked: dict[tuple[Any, ...], Any] = {}

    def listen(self) -> None:
        """Forget what was asked so far."""
        self._asked = {}

    def asked(self) -> Asked:
        """Give what was asked since, with the answers."""
        return [[*question, answer] for question, answer in self._asked.items()]

    def agrees(self, asked: Asked) -> bool:
        """Say whether all questions would be answered today as they were."""
        return all(self._answer(*question) == answer for *question, answer in asked)

    def _answer(self, question: str, *about: Any) -> object:
        """Answer what was asked before; None for what nobody asks."""
        if question == "where":
            name, folder = about
            return _written(self._find(name, Path(folder)))
        if question == "learns":
            importer, *names = about
            return self._imports_learning(set(names), importer, set())
        if question == "importers":
            return self._identified(self._links().of(Path(about[0])))
        if question == "alongside":
            return self._identified(self._links().alongside(Path(about[0])))
        if question == "neighbours":
            return self._identified(self._sharing(Path(about[0]), about[1]))
        if question == "mentioning":
            path, *words = about
            return self._identified(self._mentioning(Path(path), words))
        if question == "holds":
            return [self._name(Path(about[0])), self._digest(Path(about[0]))]
        return None

    def register(self, path: Path, shown: str) -> None:
        """Remember a file under review, and the name under which it is shown."""
        self._reviewed.append(path.absolute())
        self._register(path, shown)

    def _register(self, path: Path, shown: str) -> None:
        path = path.absolute()
        self._shown[path] = shown
        self._places[shown] = path
        if not path.is_relative_to(self._root):
            self._elsewhere = _around(self._elsewhere or path.parent, path.parent)

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
        if self.is_foreign(name):
            return None
        folder = self._place(importer).parent
        path = self._find(name, folder)
        self._asked["where", name, str(folder)] = _written(path)
        return path

    def is_foreign(self, name: str) -> bool:
        """Say whether a module is one of a known library."""
        return name.partition(".")[0] in self._foreign

    def _find(self, name: str, folder: Path) -> Path | None:
        key = (name, folder)
        if key not in self._located:
            self._located[key] = None if self.is_foreign(name) else self._locate(name, folder)
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
        for base in self._holders(parts[0], folder):
            found = self._file(base, parts)
            if found is not None:
                return found
        return None

    def _holders(self, top: str, folder: Path) -> list[Path]:
        """Give the folders that hold a module or a package of a name, as most hold none."""
        key = (top, folder)
        if key not in self._held:
            self._held[key] = [
                base
                for base in self._bases(folder)
                if self._is_file(base / f"{top}.py") or _is_folder(base / top)
            ]
        return self._held[key]

    def learns(self, document: Document) -> bool:
        """Say whether a document imports a library of machine learning, or a module that does.

        One that fits something of a library that is not known may learn, too.
        """
        from mlaudit.engine.relevance import imports, names_library, trains

        if trains(document.text):
            return True
        names = imports(document.text)
        if names_library(names, self._libraries):
            return True
        ours = sorted(name for name in names if not self.is_foreign(name))
        answer = self._imports_learning(set(ours), document.path, set())
        if ours:
            self._asked["learns", document.path, *ours] = answer
        return answer

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

    def importers(self, document: Document) -> list[tuple[str, str]]:
        """Give the files under review that import a document, or what does: names and code."""
        path = self._place(document.path)
        importing = self._links().of(path)
        self._asked["importers", str(path)] = self._identified(importing)
        return [(self._name(one), code_of(one)) for one in importing]

    def alongside(self, document: Document) -> list[tuple[str, str]]:
        """Give the other files that the importers of a document import: names and code."""
        path = self._place(document.path)
        imported = self._links().alongside(path)
        self._asked["alongside", str(path)] = self._identified(imported)
        return [(self._name(one), code_of(one)) for one in imported]

    def neighbours(self, document: Document, word: str) -> list[ast.Module]:
        """Give the other files under review, of a folder near a document, whose code holds a word.

        Near are its own folder, the one above, and those right below.
        """
        path = self._place(document.path)
        sharing = self._sharing(path, word)
        self._asked["neighbours", str(path), word] = self._identified(sharing)
        return [parsed[1] for one in sharing if (parsed := self._get(one)) is not None]

    def _sharing(self, path: Path, word: str) -> list[Path]:
        near = {one for one in self._reviewed if one != path and _is_near(one.parent, path.parent)}
        return _holding(near, [word])

    def mentioning(self, document: Document, words: Collection[str]) -> list[ast.Module]:
        """Give the other files under review, wherever they lie, whose code holds any of some words.

        All files are read for that: ask only where something would otherwise be said.
        """
        path = self._place(document.path)
        mentioning = self._mentioning(path, words)
        self._asked["mentioning", str(path), *words] = self._identified(mentioning)
        return [parsed[1] for one in mentioning if (parsed := self._get(one)) is not None]

    def _mentioning(self, path: Path, words: Collection[str]) -> list[Path]:
        return _holding({one for one in self._reviewed if one != path}, words)

    def _identified(self, paths: Iterable[Path]) -> list[list[str | None]]:
        """Tell of files their names and what they hold."""
        return [[self._name(one), self._digest(one)] for one in paths]

    def _links(self) -> Importers:
        if self._importers is None:
            files = [one for one in self._reviewed if _size(one) <= LARGEST_BYTES]
            self._importers = Importers(files, self._find, self._elsewhere or self._root)
        return self._importers

    def _imports_learning(self, names: set[str], importer: str, seen: set[Path]) -> bool:
        from mlaudit.engine.relevance import names_library

        if names_library(names, self._libraries):
            return True
        folder = self._place(importer).parent
        paths = {path for name in names if (path := self._find(name, folder)) is not None}
        return any(self._file_learns(path, seen) for path in sorted(paths - seen))

    def _file_learns(self, path: Path, seen: set[Path]) -> bool:
        if path not in self._learning:
            from mlaudit.engine.relevance import imports

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
            self._register(path, shown)
        return self._shown[path]

    def _bases(self, folder: Path) -> Iterator[Path]:
        """Give the folders that an import may start from, the nearest first."""
        top = self._root if folder.is_relative_to(self._root) else self._elsewhere
        inside = top is not None and folder.is_relative_to(top)
        for base in [folder, *folder.parents][:MOST_LEVELS]:
            yield base
            if base.name != "src":
                yield base / "src"
            if base == top or not (inside or self._is_file(base / "__init__.py")):
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
        else:
            self._parsed[path] = self._parse(path)
            self._kept += _length(self._parsed[path])
            while self._kept > MOST_KEPT and len(self._parsed) > 1:
                _, dropped = self._parsed.popitem(last=False)
                self._kept -= _length(dropped)
        self._asked["holds", str(path)] = [self._name(path), self._digests[path]]
        return self._parsed[path]

    def _parse(self, path: Path) -> tuple[Document, ast.Module] | None:
        from mlaudit.syntax.parse import parse

        def seen(content: bytes) -> None:
            self._digests[path] = digest(content)

        self._digests[path] = None
        if _size(path) > LARGEST_BYTES or self._read is None:
            return None
        document = self._read(path, self._name(path), seen=seen)
        tree = parse(document)
        fatal = any(problem.fatal for problem in document.problems)
        return None if fatal else (document, tree)

    def _digest(self, path: Path) -> str | None:
        """Identify what a file holds; None for one that is not read."""
        if path not in self._digests:
            self._digests[path] = digest_of(path) if _size(path) <= LARGEST_BYTES else None
        return self._digests[path]


def _length(parsed: tuple[Document, ast.Module] | None) -> int:
    return len(parsed[0].text) if parsed is not None else 0


def _around(folder: Path, other: Path) -> Path:
    """Give the folder that holds two others; the first where they lie on two drives."""
    try:
        return Path(os.path.commonpath((folder, other)))
    except ValueError:
        return folder


def _holding(paths: Iterable[Path], words: Collection[str]) -> list[Path]:
    """Give those files, in order, whose code holds any of some words."""
    small = (path for path in sorted(paths) if _size(path) <= LARGEST_BYTES)
    found = ((path, code_of(path)) for path in small)
    return [path for path, code in found if any(word in code for word in words)]


def _written(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


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


def _is_near(one: Path, other: Path) -> bool:
    """Say whether two folders are the same, or one of them is right in the other."""
    return one == other or one.parent == other or other.parent == one
