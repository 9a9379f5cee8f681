"""What to review: the files under the given paths, and standard input."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.config.schema import key_of
from mlaudit.model.frozen import frozen
from mlaudit.source.discover import SUFFIXES, discover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlaudit.config.schema import Config
    from mlaudit.source.document import Document

STDIN = "-"


class UsageProblem(Exception):  # noqa: N818 - it is the user's request that is at fault
    """What the user asked for cannot be reviewed; the message is one line and names the remedy."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


@frozen
class Input:
    """One script or notebook: a file, or (`text`) what came by standard input."""

    path: Path
    shown: str
    text: str | None = None
    note: str = ""

    def document(
        self, transparent: frozenset[str], seen: Callable[[bytes], None] | None = None
    ) -> Document:
        """Read it; whatever is wrong with it becomes a problem of the document.

        `seen` is told the bytes of a file that could be opened.
        """
        from mlaudit.source.read import read, read_text

        if self.text is not None:
            return read_text(self.text, self.shown, transparent=transparent)
        return read(self.path, self.shown, transparent, seen)


def root(config: Config) -> Path:
    """Give the folder that patterns and identities are relative to."""
    return Path(config.root or os.curdir).absolute()


def place(config: Config, setting: str) -> Path:
    """Find the path that a setting names: relative to the file that says so, or to where we are."""
    named = config.origin(key_of(setting)).startswith("--")
    path: str = getattr(config, setting)
    return Path(path) if named else root(config) / path


def remembering(config: Config) -> Path | None:
    """Give the folder where outcomes are remembered, None if they shall not be."""
    return place(config, "cache_dir") if config.cache else None


def gather(paths: Sequence[str], config: Config, stdin: str | None, stdin_name: str) -> list[Input]:
    """List what to review.

    Raises `UsageProblem` for a path that does not exist and when no file is left to review.
    """
    if not paths:
        raise UsageProblem("no path was given: name scripts, notebooks or folders")
    named = [path for path in paths if path != STDIN]
    found = discover(named, config.exclude, config.respect_gitignore, root(config))
    if found.missing:
        raise UsageProblem(_missing(found.missing))
    inputs = [Input(file.path, file.shown, note=file.note) for file in found.files]
    if STDIN in paths:
        if stdin is None:
            raise UsageProblem("nothing came by standard input")
        shown = "<stdin>" if stdin_name == STDIN else stdin_name
        inputs.append(Input(Path(stdin_name), shown, stdin))
    if not inputs and not any(_is_excluded_file(path) for path in named):
        raise UsageProblem(_nothing(named))
    return inputs


def lock_folders(inputs: Sequence[Input], top: Path) -> list[Path]:
    """Give the folders where the files' dependencies may be pinned, the nearest first.

    Those are the folders of the files and the ones above, up to the project's own; of files
    outside of the project only their own folder.
    """
    folders: dict[Path, None] = {}
    for item in inputs:
        here = item.path.absolute().parent
        if here in folders:
            continue
        folders[here] = None
        if here.is_relative_to(top):
            folders |= dict.fromkeys(above for above in here.parents if above.is_relative_to(top))
    return list(folders)


def _missing(paths: Sequence[str]) -> str:
    if len(paths) == 1:
        return f"{paths[0]}: no such file or folder"
    return f"no such files or folders: {', '.join(paths)}"


def _nothing(paths: Sequence[str]) -> str:
    kinds = " or ".join(SUFFIXES)
    return f"{', '.join(paths)}: no {kinds} file to review; excluded and ignored files do not count"


def _is_excluded_file(path: str) -> bool:
    """Say whether an excluded file was named, which is no mistake: hooks name whatever changed."""
    return Path(path).is_file()
