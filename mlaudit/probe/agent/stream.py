"""The stream of events: one line of JSON each, written at once, so that no death loses any."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

_ENCODED = json.JSONEncoder(default=str).encode


class Stream:
    """Appends events to a file; of processes forked off later it takes none.

    `ours` says whether this is the process that runs the program, and none of its workers.
    """

    def __init__(self, path: str):
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(path, flags, 0o600)
        self.ours = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave)
        self._lock = threading.RLock()
        self.start = time.monotonic()

    def _leave(self) -> None:
        self.ours = False

    def emit(self, event: str, **facts: Any) -> None:
        """Write one event."""
        if self.ours:
            self.emit_encoded(event, _ENCODED(facts)[1:-1])

    def emit_encoded(self, event: str, facts: str) -> None:
        """Write one event whose facts are JSON already, without the braces.

        A full disk or a closed file is no concern of the program.
        """
        if not self.ours:
            return
        at, comma = time.monotonic() - self.start, ", " if facts else ""
        data = f'{{"event": "{event}", "at": {at:.4f}{comma}{facts}}}\n'.encode()
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._file, data) :]
            except OSError:
                return

    def trouble(self, what: str, error: BaseException) -> None:
        """Tell that something could not be observed; the program goes on as if unobserved."""
        self.emit("trouble", what=what, error=f"{type(error).__name__}: {error}"[:300])
