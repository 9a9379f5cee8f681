"""What a program makes of the classes that its configuration names, as Hydra does."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern
from mlaudit.source.discover import SKIPPED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FILES = 500
_LARGEST_BYTES = 200_000
_MAKING = Pattern(r"(?<!def )\binstantiate\w*\s*\(")
_NAMED = Pattern(
    r"""^[ \t]*(?:-[ \t]*)?["']?(?:_target_|target)["']?[ \t]*:[ \t]*["']?([\w.]+)\.\w+""",
    re.MULTILINE,
)
_SUFFIXES = (".yaml", ".yml")


def instantiated(code: str, folder: Path, top: Path | None) -> set[str]:
    """Name the modules of all that the configuration around a program asks it to make.

    Around are the files of its folder and of those above, as far as `top`, and all below those
    folders of theirs whose names speak of configuration.  Most programs make nothing that way.
    """
    if not _MAKING.search(code):
        return set()
    texts = (_text(path) for path in islice(_files(folder, top), MOST_FILES))
    return {name for text in texts for name in _NAMED.findall(text)}


def _files(folder: Path, top: Path | None) -> Iterator[Path]:
    for base in (folder, *folder.parents):
        for path in sorted(_entries(base)):
            if path.suffix in _SUFFIXES:
                yield path
            elif "conf" in path.name.lower() and path.name not in SKIPPED_FOLDERS:
                yield from _below(path)
        if base == top or top is None or not base.is_relative_to(top):
            return


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(names) if name.endswith(_SUFFIXES))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
