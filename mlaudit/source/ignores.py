"""The patterns that keep files out: excludes of the configuration, and .gitignore files."""

# Paths are strings here: a walk may meet a hundred thousand of them.
# ruff: noqa: PTH100, PTH110, PTH118, PTH120, PTH123

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec


@frozen
class _Level:
    """The patterns of one folder, which speak of what is below it; `folder` ends in a slash."""

    folder: str
    patterns: GitIgnoreSpec

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Tell whether an absolute path is kept out; None: the patterns say nothing about it."""
        if not path.startswith(self.folder):
            return None
        relative = path[len(self.folder) :].replace(os.sep, "/")
        return self.patterns.check_file(relative + "/" if is_folder else relative).include


Scope = tuple[_Level, ...]


class Ignores:
    """Answers for the files of one search."""

    def __init__(self, exclude: list[str], root: Path, respect_gitignore: bool):
        self._exclude = _level(str(root), exclude) if exclude else None
        self._respect_gitignore = respect_gitignore

    def is_excluded(self, path: str, *, is_folder: bool) -> bool:
        """Tell whether the excludes keep a path out, by itself or by a folder above it."""
        return self._exclude is not None and bool(
            self._exclude.verdict(os.path.abspath(path), is_folder)
        )

    def is_ignored(self, path: str, scope: Scope, *, is_folder: bool) -> bool:
        """Tell whether excludes or .gitignore files keep a path out; the deepest file decides."""
        if self.is_excluded(path, is_folder=is_folder):
            return True
        if scope:
            absolute = os.path.abspath(path)
            for level in reversed(scope):
                verdict = level.verdict(absolute, is_folder)
                if verdict is not None:
                    return verdict
        return False

    def above(self, folder: str) -> Scope:
        """Read the .gitignore files between the top of the repository and a folder.

        They are left out when they ignore the folder itself: who names it wants it reviewed.
        """
        top = os.path.abspath(folder)
        parents: list[str] = []
        parent = top
        while not os.path.exists(os.path.join(parent, ".git")):
            above = os.path.dirname(parent)
            if above == parent:
                return ()
            parent = above
            parents.append(parent)
        scope = self._with((), parent, os.path.join(parent, ".git", "info", "exclude"))
        for ancestor in reversed(parents):
            scope = self.below(ancestor, scope)
        return () if self.is_ignored(top, scope, is_folder=True) else scope

    def below(self, folder: str, scope: Scope) -> Scope:
        """Add the .gitignore file of a folder, if it has one."""
        return self._with(scope, folder, os.path.join(folder, ".gitignore"))

    def _with(self, scope: Scope, folder: str, file: str) -> Scope:
        if not self._respect_gitignore:
            return scope
        try:
            with open(file, encoding="utf-8", errors="replace") as lines:
                patterns = [line.rstrip("\n") for line in lines]
        except OSError:
            return scope
        if not any(line.strip() and not line.startswith("#") for line in patterns):
            return scope
        return (*scope, _level(folder, patterns))


def _level(folder: str, patterns: list[str]) -> _Level:
    from pathspec import GitIgnoreSpec

    absolute = os.path.abspath(folder)
    return _Level(os.path.join(absolute, ""), GitIgnoreSpec.from_lines(patterns))
