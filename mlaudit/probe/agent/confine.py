"""The limits that a process can only set for itself, and which of them really hold."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any

from .apart import apart
from .places import Places
from .stream import Stream

ENFORCED = "enforced"
PYTHON_ONLY = "not enforced: only what Python itself opens is refused"

_DEATH_SIGNAL = 1
_FORKS = frozenset({"os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen", "os.system"})
_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo"})
_CHANGES = frozenset({"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate"})
_WATCHED = {"open", *_FORKS, *_CONNECTS, *_CHANGES}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Two numbers shared with the parent: processes alive at its last look, and forks told until then.
SHARED = struct.Struct("qq")


def confine(job: dict[str, Any], folder: str, stream: Stream, places: Places) -> dict[str, str]:
    """Set the limits and say of each whether it holds."""
    held: dict[str, str] = {}
    _die_with_parent(job["parent"])
    if job["cpu_seconds"] is not None:
        held["cpu"] = _resource("RLIMIT_CPU", job["cpu_seconds"], job["cpu_seconds"] + 5)
    if job["memory_bytes"] is not None and job["limit_data"]:
        held["memory"] = _resource("RLIMIT_DATA", job["memory_bytes"], job["memory_bytes"])
    _resource("RLIMIT_CORE", 0, 0)
    refusals: list[Callable[[str, tuple[Any, ...]], None]] = []
    around = os.path.join(job["protected"], "")
    within = os.path.join(folder, "").startswith(around)
    off, kept = apart(network=not job["network"], folder=None if within else job["protected"])
    held["checkout"] = ENFORCED if kept else PYTHON_ONLY
    if not job["network"]:
        held["network"] = ENFORCED if off else PYTHON_ONLY
        if not off:
            refusals.append(_refuse_network(stream, places))
    if job["processes"] is not None:
        refusals.append(_Forks(job["processes"], folder, stream, places))
    refusals.append(_Protected(around, os.path.join(folder, ""), stream, places))
    _watch(refusals)
    return held


def _watch(refusals: list[Callable[[str, tuple[Any, ...]], None]]) -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _WATCHED:
            for refuse in refusals:
                refuse(event, arguments)

    sys.addaudithook(hook)


def _die_with_parent(parent: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _resource(name: str, soft: int, hard: int) -> str:
    try:
        import resource

        kind = getattr(resource, name)
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(kind, (soft, hard))
    except (ImportError, AttributeError, ValueError, OSError) as error:
        return f"not enforced: {error}"
    return ENFORCED


def _refuse_network(stream: Stream, places: Places) -> Callable[[str, tuple[Any, ...]], None]:
    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CONNECTS and not _local(event, arguments):
            stream.emit("refused", what="network", place=places.here())
            raise OSError(errno.ENETUNREACH, "Network is unreachable: the probe keeps it off")

    return refuse


def _local(event: str, arguments: tuple[Any, ...]) -> bool:
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) and address else address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return not isinstance(host, str) or host.startswith(("127.", "/", "localhost", "::1", "\0"))


class _Forks:
    """Refuses new processes beyond a number, by the parent's last look and the forks since."""

    def __init__(self, most: int, folder: str, stream: Stream, places: Places):
        self._most = most
        self._stream = stream
        self._places = places
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._count = os.open(os.path.join(folder, "forks"), flags, 0o600)
        with open(os.path.join(folder, "processes"), "r+b") as file:
            self._shared = mmap.mmap(file.fileno(), SHARED.size)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _FORKS:
            return
        alive, told = SHARED.unpack_from(self._shared)
        os.write(self._count, b".")
        if alive + os.fstat(self._count).st_size - told > self._most:
            self._stream.emit("refused", what="processes", place=self._places.here())
            raise BlockingIOError(
                errno.EAGAIN, f"the probe allows {self._most} processes at a time"
            )


class _Protected:
    """Refuses to change files of the user's own checkout: the program works on a copy."""

    def __init__(self, folder: str, scratch: str, stream: Stream, places: Places):
        self._folder = folder
        self._scratch = scratch
        self._stream = stream
        self._places = places

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = any(letter in mode for letter in "wax+") if mode else flags & _WRITING
            paths = (path,) if writes else ()
        elif event in _CHANGES:
            paths = arguments[: 2 if event == "os.rename" else 1]
        else:
            return
        for path in paths:
            if isinstance(path, (str, bytes)) and self._ours(os.fsdecode(path)):
                file = os.path.relpath(os.path.realpath(os.fsdecode(path)), self._folder)
                self._stream.emit("refused", what="writing", file=file, place=self._places.here())
                raise PermissionError(errno.EACCES, "the probe keeps the checkout as it is", path)

    def _ours(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real.startswith(self._folder) and not real.startswith(self._scratch)
