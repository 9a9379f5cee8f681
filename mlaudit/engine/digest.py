"""Identifies contents of files; 128 bits that nobody makes collide by accident."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

try:
    from _blake2 import blake2b
except ImportError:  # the public way loads OpenSSL, which takes a fifth of a start of Python
    from hashlib import blake2b

if TYPE_CHECKING:
    from pathlib import Path

_BYTES = 16


def digest(content: bytes) -> str:
    """Identify bytes, as hexadecimal text."""
    return blake2b(content, digest_size=_BYTES).hexdigest()


def digest_of(path: Path) -> str | None:
    """Identify what a file holds; None when it cannot be read, or only once as from a pipe."""
    try:
        return digest(path.read_bytes()) if stat.S_ISREG(path.stat().st_mode) else None
    except (OSError, ValueError):
        return None
