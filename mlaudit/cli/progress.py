"""Progress on standard error: only on a terminal, and gone when the work is done."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.progress import Progress, ProgressColumn

PATIENCE = 1.0


class Shown:
    """Something that may be shown while work is done, and that vanishes at its end."""

    def __init__(self, *, wanted: bool):
        self._wanted = wanted and sys.stderr.isatty()
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _appear(self, *columns: ProgressColumn, total: int | None, told: str) -> None:
        """Show columns, and behind them what is told."""
        from rich.console import Console
        from rich.progress import Progress, TextColumn

        last = TextColumn("{task.fields[told]}", markup=False)
        self._progress = Progress(*columns, last, console=Console(stderr=True), transient=True)
        self._progress.add_task("", total=total, told=told)
        self._progress.start()

    def _update(self, completed: int, told: str) -> None:
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=completed, told=told)


class Bar(Shown):
    """Counts files; a second after the start the bar appears."""

    def __init__(self, *, wanted: bool):
        super().__init__(wanted=wanted)
        self._start = time.monotonic()

    def __call__(self, done: int, total: int, path: str) -> None:
        """Show that `done` of `total` files are done and which one comes next."""
        if self._wanted and self._progress is None and time.monotonic() - self._start >= PATIENCE:
            self._begin(total)
        self._update(done, path)

    def _begin(self, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

        columns = TextColumn("reviewing"), BarColumn(bar_width=30), MofNCompleteColumn()
        self._appear(*columns, total=total, told="")
