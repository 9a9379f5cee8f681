"""Name spaces of our own: one without a network, one in which a folder can only be read."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import struct
import sys

_NEW_MOUNTS, _NEW_USER, _NEW_NET = 0x20000, 0x10000000, 0x40000000
_READ_ONLY, _REMOUNT, _BIND, _ALL_BELOW, _PRIVATE = 1, 1 << 5, 1 << 12, 1 << 14, 1 << 18
_RELATIVE_TIMES = 1 << 21
# What the file system was mounted with, which a user without privileges may not take back.
_KEPT = ("ST_NOSUID", "ST_NODEV", "ST_NOEXEC", "ST_NOATIME", "ST_NODIRATIME")
_ST_RELATIVE_TIMES = 1 << 12


def apart(*, network: bool, folder: str | None) -> tuple[bool, bool]:
    """Leave the `network`, and let a `folder` only be read; say of each whether it holds.

    The loopback still answers, so that the workers of a program can talk to one another.
    """
    if not sys.platform.startswith("linux"):
        return False, False
    library = ctypes.CDLL(None, use_errno=True)
    off, kept = network, folder is not None
    if not _leave(library, network=off, mounts=kept):
        kept = False
        off = off and _leave(library, network=True, mounts=False)
    if off:
        _loopback_up()
    return off, kept and folder is not None and _only_read(library, folder)


def _leave(library: ctypes.CDLL, *, network: bool, mounts: bool) -> bool:
    """Get name spaces of our own, as another user in name if need be."""
    spaces = (_NEW_NET if network else 0) | (_NEW_MOUNTS if mounts else 0)
    if not spaces or library.unshare(spaces) == 0:
        return bool(spaces)
    user, group = os.getuid(), os.getgid()
    if library.unshare(_NEW_USER | spaces) != 0:
        return False
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    return True


def _only_read(library: ctypes.CDLL, folder: str) -> bool:
    """Mount a folder upon itself, for this process and what it starts, such that it stays as it is.

    So do the file systems that are mounted below it.  This binds also what is no Python: libraries
    in C that open files, and commands.
    """
    path = os.fsencode(folder)
    library.mount.argtypes = (*[ctypes.c_char_p] * 3, ctypes.c_ulong, ctypes.c_char_p)
    steps = ((None, b"/", _ALL_BELOW | _PRIVATE), (path, path, _BIND | _ALL_BELOW))
    if any(library.mount(source, at, None, how, None) for source, at, how in steps):
        return False
    try:
        folders = (path, *_mounted_below(path))
    except OSError:
        return False
    return not [each for each in folders if not _kept_as_it_is(library, each)]


def _kept_as_it_is(library: ctypes.CDLL, path: bytes) -> bool:
    try:
        found = os.statvfs(path).f_flag
    except FileNotFoundError:
        return True  # another one is mounted over it
    except OSError:
        return False
    flags = sum(found & getattr(os, name, 0) for name in _KEPT)
    flags |= _RELATIVE_TIMES if found & _ST_RELATIVE_TIMES else 0
    return bool(library.mount(None, path, None, _REMOUNT | _BIND | _READ_ONLY | flags, None) == 0)


def _mounted_below(folder: bytes) -> list[bytes]:
    """Give where other file systems are mounted below a folder, and single files as well."""
    with open("/proc/self/mountinfo", "rb") as file:
        points = {_unescaped(line.split(b" ")[4]) for line in file}
    return sorted(point for point in points if point.startswith(os.path.join(folder, b"")))


def _unescaped(point: bytes) -> bytes:
    """Undo how spaces and the like are written there: a backslash and three octal digits."""
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), point)


def _loopback_up() -> None:
    with contextlib.suppress(OSError, ImportError):
        import fcntl
        import socket

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
            fcntl.ioctl(handle, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))
