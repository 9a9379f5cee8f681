"""Words for bytes and for where a number comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.rulekit import Memory


def bytes_of(count: int) -> str:
    """Write a number of bytes for people."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def tier_of(used: Memory) -> str:
    """Name the tier in short, such as `T2, tracked`."""
    return used.tier.partition(":")[0]
