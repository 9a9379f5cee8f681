"""A folder of texts by key, for what took long to find out.

Every text stands in a file of its own that is written aside and then renamed, with a digest at its
head: runs at the same time and runs that are interrupted harm nothing, and what is not a text of
ours is as good as absent.  A folder that cannot be read or written is an empty one.
"""

# Paths are strings here: a run may read thousands of texts.
# ruff: noqa: PTH105, PTH108, PTH123

from __future__ import annotations

import contextlib
import os
import time

from mlaudit.engine.digest import digest

MOST_BYTES = 200_000_000
OLDEST = 30 * 86_400  # seconds
_DAY = 86_400
_MANY = 200
_SUFFIX = ".json"
_UNFINISHED = ".part"
_STAMP = "pruned"


class Cache:
    """The texts of one folder, which is made when the first is kept."""

    def __init__(self, folder: str):
        self._folder = folder
        self._writable = True
        self._kept = 0

    def get(self, key: str) -> str | None:
        """Give the text of a key, if there is one."""
        try:
            with open(self._path(key), "rb") as file:
                raw = file.read()
                age = time.time() - os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        head, _, body = raw.partition(b"\n")
        if head != _seal(key, body):
            return None
        if age > _DAY:
            with contextlib.suppress(OSError):
                os.utime(self._path(key))  # what is of use is not pruned
        return body.decode("ascii", "replace")

    def keep(self, key: str, text: str) -> None:
        """Write a text down, in place of what the key had before."""
        if not (self._writable and self._made()):
            return
        body = text.encode("ascii", "backslashreplace")
        self._write(self._path(key), _seal(key, body) + b"\n" + body)
        self._kept += 1

    def close(self) -> None:
        """Drop what is old or too much, if many texts were kept now or a day has passed."""
        if not (self._kept and self._writable):
            return
        stamp = os.path.join(self._folder, _STAMP)  # noqa: PTH118
        if self._kept < _MANY and _age(stamp) < _DAY:
            return
        self._write(stamp, b"")
        with contextlib.suppress(OSError):
            prune(self._folder)

    def _path(self, key: str) -> str:
        return f"{self._folder}{os.sep}{key}{_SUFFIX}"

    def _made(self) -> bool:
        """Make the folder, with a note that keeps it out of version control."""
        if self._kept:
            return True
        try:
            os.makedirs(self._folder)  # noqa: PTH103
        except FileExistsError:
            return True
        except OSError:
            self._writable = False
            return False
        self._write(os.path.join(self._folder, ".gitignore"), b"*\n")  # noqa: PTH118
        return self._writable

    def _write(self, path: str, content: bytes) -> None:
        """Write a file as a whole or not at all."""
        aside = f"{self._folder}{os.sep}{os.urandom(8).hex()}{_UNFINISHED}"
        try:
            with open(aside, "xb") as file:
                file.write(content)
            os.replace(aside, path)
        except OSError:
            self._writable = False
        finally:
            if not self._writable:
                with contextlib.suppress(OSError):
                    os.unlink(aside)


def prune(folder: str, most: int = MOST_BYTES, oldest: float = OLDEST) -> None:
    """Drop texts that nobody has asked for in a month, then the oldest beyond `most` bytes."""
    now = time.time()
    held = 0
    with os.scandir(folder) as entries:
        found = [(entry.stat(follow_symlinks=False), entry) for entry in entries if _is_ours(entry)]
    for status, entry in sorted(found, key=lambda each: each[0].st_mtime, reverse=True):
        unfinished = entry.name.endswith(_UNFINISHED)
        held += status.st_size
        limit = _DAY if unfinished else oldest
        if held > most or now - status.st_mtime > limit:
            with contextlib.suppress(OSError):
                os.unlink(entry.path)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    """Say whether a file has a name as we give: in a folder of somebody else, nothing else goes."""
    stem, dot, suffix = entry.name.partition(".")
    length = {_SUFFIX: 32, _UNFINISHED: 16}.get(dot + suffix)
    return len(stem) == length and set(stem) <= set("0123456789abcdef")


def _seal(key: str, body: bytes) -> bytes:
    return digest(key.encode() + b"\n" + body).encode()


def _age(path: str) -> float:
    try:
        return time.time() - os.stat(path).st_mtime  # noqa: PTH116
    except OSError:
        return float("inf")
