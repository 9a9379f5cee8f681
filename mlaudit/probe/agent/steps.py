"""The steps of optimizers, as records of one length that outlive the process.

They are put into memory that is a part of a file.  That takes no call of the system, after which
the program would be slower for a while.
"""

from __future__ import annotations

import mmap
import os
import struct

# Seconds since the start, the loss, where and by what, and the number: a record that has none has
# not been written yet.  Of where and by what, the lowest bit says whether a loss is known.
RECORD = struct.Struct("=ddqq")
_ROOM = RECORD.size * 2048


class Steps:
    """Appends records to a file, in as many rooms as it takes."""

    def __init__(self, path: str):
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(path, flags, 0o600)
        self._room: mmap.mmap | None = None
        self._rooms = 0
        self._at = _ROOM

    def put(self, at: float, loss: float | None, which: int, number: int) -> None:
        """Write one record."""
        if self._at == _ROOM:
            self._extend()
        known = 2 * which + (loss is not None)
        if self._room is not None:
            RECORD.pack_into(self._room, self._at, at, loss or 0.0, known, number)
        else:
            self._write(RECORD.pack(at, loss or 0.0, known, number))
        self._at += RECORD.size

    def _write(self, record: bytes) -> None:
        """Write where no memory can be a part of the file; a full disk is no concern here."""
        try:
            os.pwrite(self._file, record, (self._rooms - 1) * _ROOM + self._at)
        except OSError:
            return

    def _extend(self) -> None:
        """Get one more room, which is surely there: the program must not die of a full disk."""
        start, self._at = self._rooms * _ROOM, 0
        self._rooms += 1
        try:
            os.posix_fallocate(self._file, start, _ROOM)
            self._room = mmap.mmap(self._file, _ROOM, offset=start)
        except (AttributeError, OSError, ValueError):
            self._room = None
