"""Which files to review: walk folders, respect .gitignore and excludes, take each file once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.frozen import field, frozen, record, replace
from mlaudit.source.ignores import Ignores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = (".py", ".ipynb")

# Folders that hold other people's code, copies and caches.
SKIPPED_FOLDERS = frozenset(
    name
    for names in (
        ".bzr .git .hg .svn .idea .vscode",
        ".direnv .eggs .nox .pixi .tox .venv __pypackages__ node_modules site-packages venv",
        ".ipynb_checkpoints .jupyter_cache .quarto .virtual_documents __pycache__",
        ".mlaudit_cache .mypy_cache .pytest_cache .ruff_cache",
    )
    for name in names.split()
)

# Files that tell a virtual environment, whatever its name.
_ENVIRONMENT_MARKS = frozenset(("pyvenv.cfg", "conda-meta"))


@frozen
class SourceFile:
    """A file to review: its path, the path to print, and a note for the coverage (may be empty)."""

    path: Path
    shown: str
    note: str = ""


@record
class Discovery:
    """The files to review, in order, and the given paths that do not exist."""

    files: list[SourceFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@frozen
class _Candidate:
    path: str
    identity: str
    is_link: bool


def discover(
    paths: Iterable[str | Path],
    exclude: Iterable[str] = (),
    respect_gitignore: bool = True,
    root: Path | None = None,
) -> Discovery:
    """List the scripts and notebooks under the given paths.

    `exclude` are patterns as in a .gitignore, relative to `root` (default: the current folder);
    they hold for named files, too, whereas .gitignore and the skipped folders do not.  Below a
    given folder, links to folders are not followed.  Files are listed once, sorted by the path to
    print: relative to the current folder where they are below it, else as given.
    """
    found = Discovery()
    ignores = Ignores(list(exclude), Path(root or Path.cwd()), respect_gitignore)
    candidates: list[_Candidate] = []
    for given in (os.fspath(path) for path in paths):
        if Path(given).is_dir():
            candidates.extend(_walk(given, ignores))
        elif not os.path.lexists(given):
            found.missing.append(given)
        elif not ignores.is_excluded(given, is_folder=False):
            candidates.append(_Candidate(given, os.path.realpath(given), is_link=False))
    found.files = _paired(_once(candidates))
    return found


def _walk(top: str, ignores: Ignores) -> Iterator[_Candidate]:
    """List the files below a folder; every folder on the way is looked into once."""
    if ignores.is_excluded(top, is_folder=True):
        return
    pending = [(top, os.path.realpath(top), ignores.above(top))]
    while pending:
        folder, real_folder, scope = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError:
            continue
        names = {entry.name for entry in entries}
        if folder != top and names & _ENVIRONMENT_MARKS:
            continue
        if ".gitignore" in names:
            scope = ignores.below(folder, scope)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            wanted = entry.name not in SKIPPED_FOLDERS if is_folder else _is_source(entry)
            if not wanted or ignores.is_ignored(entry.path, scope, is_folder=is_folder):
                continue
            real = f"{real_folder}{os.sep}{entry.name}"
            if is_folder:
                pending.append((entry.path, real, scope))
            elif entry.is_symlink():
                yield _Candidate(entry.path, os.path.realpath(entry.path), is_link=True)
            else:
                yield _Candidate(entry.path, real, is_link=False)


def _is_source(entry: os.DirEntry[str]) -> bool:
    if not entry.name.lower().endswith(SUFFIXES):
        return False
    # Path.is_file() does not mind a link that points at itself.
    return Path(entry.path).is_file() if entry.is_symlink() else entry.is_file()


def _once(candidates: list[_Candidate]) -> list[SourceFile]:
    """Take each file once, under its own name rather than that of a link to it, and sort."""
    files: dict[str, SourceFile] = {}
    for candidate in sorted(candidates, key=lambda one: (one.is_link, one.path)):
        file = SourceFile(Path(candidate.path), _shown(candidate.path))
        files.setdefault(candidate.identity, file)
    return sorted(files.values(), key=lambda file: file.shown)


def _shown(path: str) -> str:
    path = os.path.normpath(path)
    path = path.removeprefix(f"{Path.cwd()}{os.sep}")
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


def _paired(files: list[SourceFile]) -> list[SourceFile]:
    """Leave out the scripts that jupytext keeps beside a notebook, and note it there."""
    scripts = {file.path: file for file in files if file.path.suffix == ".py"}
    result: list[SourceFile] = []
    dropped: set[Path] = set()
    for file in files:
        twin = scripts.get(file.path.with_suffix(".py"))
        if file.path.suffix == ".ipynb" and twin is not None and _is_jupytext(twin.path):
            dropped.add(twin.path)
            note = f"reviewed together with {twin.path.name}, its jupytext pair"
            file = replace(file, note=note)
        result.append(file)
    return [file for file in result if file.path not in dropped]


def _is_jupytext(path: Path) -> bool:
    try:
        with path.open("rb") as script:
            header = script.read(4096)
    except OSError:
        return False
    return re.search(rb"^#\s+jupytext:", header, re.MULTILINE) is not None
