"""Pictures of a run, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.cli.options import Unable

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.model.review import Review


def ready(folder: Path | None) -> None:
    """Make the folder for the files, if there is to be one."""
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unable(f"{folder}: {error.strerror or error}") from None


def keep(review: Review, folder: Path | None) -> None:
    """Write the courses of memory and loss as SVG."""
    if folder is None or review.profile is None:
        return
    from mlaudit.report.course import pictures

    for name, _, svg in pictures(review.profile):
        path = folder / f"{name}.svg"
        try:
            path.write_text(f"{svg}\n", encoding="utf-8")
        except OSError as error:
            raise Unable(f"{path}: {error.strerror or error}") from None
