"""Reads entry points as installers write them.

`importlib.metadata` knows them too, but its import alone takes twice as long as starting Python.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GROUP = "mlaudit.rules"


def declared(group: str, folders: Iterable[str]) -> list[tuple[str, str]]:
    """Give the (name, module) pairs that installed distributions declare for a group, sorted.

    `folders` is a search path such as `sys.path`; of a distribution that is on it twice, the first
    counts.  Distributions in zip archives are not seen.
    """
    tables: dict[str, bytes] = {}
    for folder in folders:
        for distribution, text in _tables(folder or os.curdir):
            tables.setdefault(distribution, text)
    return sorted({point for text in tables.values() for point in _section(text, group)})


def distributions(folder: str) -> list[str]:
    """Name what is installed in a folder of a search path, each with its version, sorted."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return []
    return sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _tables(folder: str) -> Iterator[tuple[str, bytes]]:
    for name in distributions(folder):
        try:
            with open(f"{folder}/{name}/entry_points.txt", "rb", 0) as file:  # noqa: PTH123
                text = file.read()
        except OSError:
            text = b""
        yield name.split("-")[0].lower(), text


def _section(text: bytes, group: str) -> Iterator[tuple[str, str]]:
    if f"[{group}]".encode() not in text:
        return
    section = ""
    for line in map(str.strip, text.decode(errors="replace").splitlines()):
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == group and "=" in line and line[0] not in "#;":
            name, _, module = line.partition("=")
            yield name.strip(), module.strip()
