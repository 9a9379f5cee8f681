"""The processes that a program starts: their number, their memory, their end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINUX = sys.platform.startswith("linux")
_SUBREAPER = 36
_PROC = Path("/proc")
_PATIENCE = 5.0
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Family:
    """A child and all that descends from it, orphans too, which come to us while `adopted`."""

    def __init__(self, child: int, strangers: frozenset[int]):
        self._child = child
        self._strangers = strangers

    def alive(self) -> list[int]:
        """Give the processes that have not ended."""
        if not _LINUX:
            return [self._child] if _exists(self._child) else []
        found: dict[int, None] = {}
        waiting = [self._child, *(set(_children(os.getpid())) - self._strangers)]
        while waiting:
            pid = waiting.pop()
            if pid not in found and _state(pid) not in {None, "Z"}:
                found[pid] = None
                waiting += _children(pid)
        return list(found)

    def memory(self, most: int | None = None) -> int:
        """Count the bytes in use; shared ones once, where that decides about `most`."""
        pids = self.alive() if _LINUX else []
        total = sum(map(_resident, pids))
        return total if most is None or total <= most else sum(map(_proportional, pids))

    def end(self) -> None:
        """Kill them all, and again until none is left."""
        until = time.monotonic() + _PATIENCE
        while True:
            pids = self.alive()
            for how in (signal.SIGSTOP, signal.SIGKILL):
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, how)
            self._reap()
            if not pids or time.monotonic() > until:
                return
            time.sleep(0.01)

    def _reap(self) -> None:
        """Take note of the end of orphans, which would stay as zombies otherwise."""
        for pid in set(_children(os.getpid())) - self._strangers - {self._child}:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def adopting() -> Iterator[frozenset[int]]:
    """Become the parent of orphans meanwhile; gives the children that we had before."""
    before = frozenset(_children(os.getpid())) if _LINUX else frozenset()
    _adopt(yes=True)
    try:
        yield before
    finally:
        _adopt(yes=False)


def _adopt(*, yes: bool) -> None:
    if _LINUX:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SUBREAPER, int(yes), 0, 0, 0)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in (_PROC / str(pid) / "task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    except (OSError, ValueError):
        pass  # it has just ended
    return found


def _state(pid: int) -> str | None:
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None


def _resident(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return _resident(pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
