"""A working copy of the project, so that a run changes nothing that is the user's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mlaudit.model.frozen import field, record

MOST_BYTES = 2 * 2**30
MOST_FILES = 50_000
MARKERS = (".git", "pyproject.toml", "mlaudit.toml", "setup.py", "setup.cfg")
_LEFT_OUT = {
    ".git",
    "__pycache__",
    "node_modules",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".tox",
}


@record
class Scratch:
    """The folder of the project, its copy, and the files that were too large to copy.

    Those are linked: read from where they are; `left_out` counts files that are not there at all.
    """

    original: Path
    copy: Path
    linked: list[str] = field(default_factory=list)
    left_out: int = 0

    def inside(self, path: Path) -> Path:
        """Give the copy of a path of the project."""
        return self.copy / path.absolute().relative_to(self.original)


def root_of(program: Path, folder: Path) -> Path:
    """Find the folder that a program may need: its project's, or else where it is started.

    Neither a home folder nor the root of the file system is taken for a project.
    """
    program, folder = program.absolute(), folder.absolute()
    for above in program.parents:
        marked = any((above / name).exists() for name in MARKERS)
        if marked and folder.is_relative_to(above) and not _too_wide(above):
            return above
    if program.is_relative_to(folder) and not _too_wide(folder):
        return folder
    return program.parent


def copied(original: Path, into: Path) -> Scratch:
    """Copy a project without its history, caches and virtual environments.

    What is beyond the budget is linked.
    """
    scratch = Scratch(original, into)
    into.mkdir(parents=True, exist_ok=True)
    budget, files = MOST_BYTES, 0
    for here, folders, names in os.walk(original):
        source = Path(here)
        folders[:] = sorted(name for name in folders if _wanted(source / name, into))
        target = scratch.inside(source)
        target.mkdir(exist_ok=True)
        for name in sorted(names):
            files += 1
            if files > MOST_FILES:
                scratch.left_out += 1
                continue
            budget -= _copy(scratch, source / name, target / name, budget)
    return scratch


def _copy(scratch: Scratch, source: Path, target: Path, budget: int) -> int:
    """Copy one file, or link it; give the bytes that it took."""
    try:
        if not source.is_file():
            return 0
        size = source.stat().st_size
        if size > budget:
            target.symlink_to(source)
            scratch.linked.append(source.relative_to(scratch.original).as_posix())
            return 0
        shutil.copy2(source, target)
    except OSError:
        scratch.left_out += 1
        return 0
    return size


def _wanted(folder: Path, into: Path) -> bool:
    if folder.name in _LEFT_OUT or folder == into or folder.is_symlink():
        return False
    return not (folder / "pyvenv.cfg").exists()


def _too_wide(folder: Path) -> bool:
    return folder == Path(folder.anchor) or folder in Path.home().parents or folder == Path.home()
