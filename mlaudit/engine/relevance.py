"""Tells from its imports, without parsing, whether a file can hold machine learning at all."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_IMPORT = re.compile(
    r"(?:^|;|:)[ \t]*(?:from[ \t]+([.\w]+)[ \t]*\\?\s*import\b|import[ \t]+([^#;\n]+))",
    re.MULTILINE,
)
_DYNAMIC = re.compile(r"""(?:import_module|__import__)\(\s*["'](\w+)""")


def imports(text: str) -> set[str]:
    """List the modules that a text imports; relative ones begin with dots.

    May name too many (imports within strings), never too few.
    """
    found: set[str] = set(_DYNAMIC.findall(text))
    for origin, names in _IMPORT.findall(text):
        if origin:
            found.add(origin)
        for name in names.replace("\\", " ").replace("(", " ").split(","):
            parts = name.split()
            if parts:
                found.add(parts[0])
    return found


def learning_libraries(libraries: Iterable[str]) -> frozenset[str]:
    """Leave out what comes with Python: importing `random` makes no machine learning."""
    return frozenset(libraries) - sys.stdlib_module_names


def names_library(names: Iterable[str], libraries: frozenset[str]) -> bool:
    """Say whether one of the imported names belongs to one of the libraries."""
    return any(_prefixes(name) & libraries for name in names)


def _prefixes(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:size]) for size in range(1, len(parts) + 1)}
