"""A progress bar on standard error: only on a terminal, and only when it takes a while."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

PATIENCE = 1.0


class Bar:
    """Counts files; a second after the start the bar appears, at the end it vanishes."""

    def __init__(self, *, wanted: bool):
        self._wanted = wanted and sys.stderr.isatty()
        self._start = time.monotonic()
        self._progress: Progress | None = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, done: int, total: int, path: str) -> None:
        """Show that `done` of `total` files are done and which one comes next."""
        if self._wanted and self._progress is None and time.monotonic() - self._start >= PATIENCE:
            self._progress = _appear(total)
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=done, path=path)


def _appear(total: int) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("reviewing"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[path]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task("files", total=total, path="")
    bar.start()
    return bar
