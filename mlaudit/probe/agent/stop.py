"""A clean stop of training after a number of optimizer steps."""

from __future__ import annotations

import os

from .places import Places
from .stream import Stream

PATIENCE = 3


class StopRun(BaseException):
    """Ends the program; no `Exception`, so that `except Exception` lets it through."""


class Stop:
    """Counts steps and ends the program; a loop that swallows the end is ended hard."""

    def __init__(self, most: int | None, stream: Stream, places: Places):
        self.steps = 0
        self._most = most
        self._stream = stream
        self._places = places
        self._swallowed = 0
        self._stopping = False

    def count(self) -> int:
        """Count one step that is done; raises `StopRun` when it was the last one allowed."""
        if self._stopping:
            self._swallowed += 1
            if self._swallowed >= PATIENCE:
                self._stream.emit("end", how="stopped", steps=self.steps, hard=True)
                os._exit(0)
            raise StopRun
        self.steps += 1
        return self.steps

    def enough(self) -> None:
        """Raise `StopRun` once the steps allowed are done."""
        if self._most is not None and self.steps >= self._most:
            self._stopping = True
            self._stream.emit("stopping", steps=self.steps, place=self._places.here())
            raise StopRun
