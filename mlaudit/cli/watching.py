"""What a run is at, on standard error: only on a terminal, and gone when it ends."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from mlaudit.probe.launch import Event


class Watching:
    """Hears of the events of a run; shows steps, loss, memory, and the time that is left."""

    def __init__(self, *, wanted: bool, steps: int | None, seconds: float):
        self._wanted = wanted and sys.stderr.isatty()
        self._most = steps
        self._seconds = seconds
        self._start = time.monotonic()
        self._steps = 0
        self._loss: float | None = None
        self._memory = ""
        self._progress: Progress | None = None

    def __enter__(self) -> Watching:
        if self._wanted:
            self._progress = _appear(self._most)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if self._progress is None:
            return
        if event["event"] == "started":
            self._start, self._steps = time.monotonic(), 0
        elif event["event"] == "step":
            self._steps = int(event["number"])
            self._loss = event.get("loss", self._loss)
        elif event["event"] == "memory":
            self._memory = f"{event['peak'] / 2**20:,.0f} MiB"
        else:
            return
        task = self._progress.task_ids[0]
        self._progress.update(task, completed=self._steps, told=self.line())

    def line(self) -> str:
        """Write what is known, such as `step 12 of 24 · loss 0.531 · 812 MiB · 0:14 left`."""
        steps = f"step {self._steps}" + (f" of {self._most}" if self._most else "")
        parts = [steps if self._steps else "starting"]
        if self._loss is not None:
            parts.append(f"loss {self._loss:.4g}")
        return " · ".join([*parts, *filter(None, [self._memory, self._left()])])

    def _left(self) -> str:
        """Say how long it takes yet at the pace so far, or at most."""
        gone = time.monotonic() - self._start
        if self._most and self._steps:
            return f"{_clock(gone / self._steps * max(0, self._most - self._steps))} left"
        return f"at most {_clock(max(0, self._seconds - gone))} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _appear(steps: int | None) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    columns: list[Any] = [SpinnerColumn(), TextColumn("running")]
    columns += [BarColumn(bar_width=20)] if steps else []
    columns.append(TextColumn("{task.fields[told]}", markup=False))
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.add_task("run", total=steps, told="starting")
    progress.start()
    return progress
