"""What a run is at: its steps, and the time that is left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mlaudit.cli.progress import Shown

if TYPE_CHECKING:
    from mlaudit.probe.launch import Event


class Watching(Shown):
    """Hears of the events of a run; shows steps, loss, memory, and the time that is left."""

    def __init__(self, *, wanted: bool, steps: int | None, seconds: float):
        super().__init__(wanted=wanted)
        self._most = steps
        self._seconds = seconds
        self._start = time.monotonic()
        self._steps = 0
        self._loss: float | None = None
        self._memory = ""

    def __enter__(self) -> Watching:
        if self._wanted:
            self._begin()
        return self

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
        self._update(self._steps, self.line())

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

    def _begin(self) -> None:
        from rich.progress import BarColumn, SpinnerColumn, TextColumn

        columns: list[Any] = [SpinnerColumn(), TextColumn("running")]
        columns += [BarColumn(bar_width=20)] if self._most else []
        self._appear(*columns, total=self._most, told="starting")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
