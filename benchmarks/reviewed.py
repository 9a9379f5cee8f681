"""Reviews a folder for a benchmark."""

from __future__ import annotations

from contextlib import chdir
from typing import TYPE_CHECKING

from mlaudit.config.schema import Config, Profile
from mlaudit.engine.review import review

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.model.review import Review


def review_folder(folder: Path, profile: str) -> Review:
    """Review everything in a folder; the paths of the review are relative to it."""
    with chdir(folder):
        return review(["."], Config(profile=Profile(profile)))


def complain(result: Review) -> None:
    """Print what of the folder was not examined, and what went wrong."""
    partial = [file for file in result.coverage.files if file.notes]
    for file in partial:
        print(f"not wholly examined: {file.path}: {'; '.join(file.notes)}")
    for failure in result.errors:
        print(f"error: {failure.path}: {failure.message}")
    if partial or result.errors:
        print()
