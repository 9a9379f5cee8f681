"""What CUDA's own allocator counts, where there is a card."""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import Any

from .hooks import PostImport
from .stream import Stream

MOST_ENTRIES = 100_000
_MUCH_MORE = 1.05
SNAPSHOT, PICTURE = "memory.pickle", "memory.html"


class Counters:
    """Reads the counters after every step, and keeps a snapshot of the highest one."""

    def __init__(self, stream: Stream, folder: str):
        self._stream = stream
        self._folder = folder
        self._cuda: Any = None
        self._recording = False
        self._kept = 0

    def attach(self, hooks: PostImport) -> None:
        """Wait for torch."""
        hooks.after("torch", self._torch)

    def _torch(self, torch: ModuleType) -> None:
        cuda = vars(torch)["cuda"]
        if cuda.is_available():
            self._cuda = cuda

    def begin(self) -> None:
        """Record allocations with their stacks from now on; what is older has none."""
        if self._cuda is None or self._recording or not self._cuda.is_initialized():
            return
        self._recording = True
        try:
            self._cuda.memory._record_memory_history(max_entries=MOST_ENTRIES)
            self._cuda.reset_peak_memory_stats()
        except Exception as error:
            self._recording = False
            self._stream.trouble("recording the memory of CUDA", error)

    def read(self) -> dict[str, Any]:
        """Give the bytes held, and the most allocated and reserved since the last look."""
        if self._cuda is None or not self._cuda.is_initialized():
            return {}
        found = {
            "live": self._cuda.memory_allocated(),
            "peak": self._cuda.max_memory_allocated(),
            "reserved": self._cuda.max_memory_reserved(),
            "card": self._cuda.get_device_name(),
        }
        self._cuda.reset_peak_memory_stats()
        return found

    def keep(self, peak: int) -> None:
        """Write a snapshot, and the page that shows it, unless the last one is as good."""
        if not self._recording or peak < self._kept * _MUCH_MORE:
            return
        self._kept = peak
        try:
            snapshot = self._cuda.memory._snapshot()
            self._cuda.memory._dump_snapshot(os.path.join(self._folder, SNAPSHOT))
            page = _page(snapshot)
        except Exception as error:
            self._stream.trouble("keeping a snapshot of the memory of CUDA", error)
            return
        with open(os.path.join(self._folder, PICTURE), "w", encoding="utf-8") as file:
            file.write(page)


def _page(snapshot: Any) -> str:
    """Draw a snapshot by torch's own means."""
    return str(importlib.import_module("torch.cuda._memory_viz").trace_plot(snapshot))
