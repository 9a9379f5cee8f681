"""The stream of events: one line of JSON each, written at once, so that no death loses any."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any


class Stream:
    """Appends events to a file; of processes forked off later it takes none."""

    def __init__(self, path: str):
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(path, flags, 0o600)
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._start = time.monotonic()

    @property
    def ours(self) -> bool:
        """Whether this is the process that runs the program, and none of its workers."""
        return os.getpid() == self._pid

    def emit(self, event: str, **facts: Any) -> None:
        """Write one event; a full disk or a closed file is no concern of the program."""
        if not self.ours:
            return
        line = {"event": event, "at": round(time.monotonic() - self._start, 4), **facts}
        data = (json.dumps(line, default=str) + "\n").encode()
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._file, data) :]
            except OSError:
                return

    def trouble(self, what: str, error: BaseException) -> None:
        """Tell that something could not be observed; the program goes on as if unobserved."""
        self.emit("trouble", what=what, error=f"{type(error).__name__}: {error}"[:300])
