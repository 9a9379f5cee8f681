"""Tells without parsing, mostly from its imports, whether a file can hold machine learning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IMPORT = Pattern(r"(?:^|;|:)[ \t]*import[ \t]+([^#;\n]+)", re.MULTILINE)
_FROM = Pattern(
    r"(?:^|;|:)[ \t]*from[ \t]+([.\w]+)[ \t]*\bimport\b[ \t]*(?:\(([^)]*)\)|([^#;\n]*))",
    re.MULTILINE,
)
_DYNAMIC = Pattern(r"""(?:import_module|__import__)\(\s*["'](\w+)""")
_NAME = Pattern(r"[.\w]+")
_PLAINLY = Words(".fit(", ".fit_transform(", ".backward(")
_TRAINING = Pattern(r"\.\s*(?:fit|fit_transform|partial_fit|backward|train_on_batch)\s*\(")


def imports(text: str) -> set[str]:
    """List the modules that a text imports; relative ones begin with dots.

    May name too many (imports within strings, names that are no modules), never too few.
    """
    text = text.replace("\\\n", " ")
    found: set[str] = set(_DYNAMIC.findall(text))
    for names in _IMPORT.findall(text):
        found.update(_first_names(names))
    for origin, bracketed, plain in _FROM.findall(text):
        found.add(origin)
        dot = "" if origin.endswith(".") else "."
        found.update(f"{origin}{dot}{name}" for name in _first_names(bracketed or plain))
    return found


def trains(text: str) -> bool:
    """Say whether a text may train something, be it with a library that no table knows."""
    return _PLAINLY.stand_in(text) or _TRAINING.search(text) is not None


def _first_names(names: str) -> Iterator[str]:
    """Give the names of a list such as `a.b as c, d`."""
    for part in names.split(","):
        name = _NAME.search(part)
        if name is not None:
            yield name[0]


def names_library(names: Iterable[str], libraries: frozenset[str]) -> bool:
    """Say whether one of the imported names belongs to one of the libraries."""
    return any(_prefixes(name) & libraries for name in names)


def _prefixes(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:size]) for size in range(1, len(parts) + 1)}
