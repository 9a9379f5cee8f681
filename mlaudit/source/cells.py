"""Puts changes into the JSON text of a notebook: only into the strings of the touched lines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.source.linemap import decode, literals
from mlaudit.source.splices import Lines, Splice, UnpatchableError, spliced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.source.document import Document
    from mlaudit.source.splices import Change

# One character of a string: a pair of surrogates, another escape, or the character itself.
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)

# What a file whose other characters are all ASCII writes in their place.
_ESCAPED = re.compile(r"\\u(?!00[01]|007f)", re.IGNORECASE)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@frozen
class _Strings:
    """The strings that make up the source of a cell, and how they are written.

    `places` are those in the JSON text of all characters of the source, and of its end.  Between
    two strings stands `between`, with the quotes; a source that is one string has none.
    """

    source: str
    places: tuple[int, ...]
    between: str

    def written(self, text: str, *, last: bool, ascii_only: bool) -> str:
        """Write a text as a part of the strings; `last` says that the source ends with it."""
        lines = _LINE.findall(text) if self.between else [text]
        if self.between and not last and text.endswith("\n"):
            lines.append("")
        return self.between.join(json.dumps(one, ensure_ascii=ascii_only)[1:-1] for one in lines)


def cell_splices(text: str, document: Document, changes: Sequence[Change]) -> list[Splice]:
    """Turn changes of a notebook's document into splices of its JSON text."""
    strings, found = literals(text), []
    ascii_only = text.isascii() and _ESCAPED.search(text) is not None
    expected: dict[int, list[Splice]] = {}
    for change in changes:
        unit = document.unit_at(change.line)
        if unit.cell is None:
            raise UnpatchableError("the notebook has no such cell")
        number, above = unit.cell.number - 1, unit.first_line - 1
        start = (change.line - above, change.column)
        end = (change.end_line - above, change.end_column)
        cell = _strings(text, strings[number])
        splice = Lines(cell.source).splice(start, end, change.text)
        expected.setdefault(number, []).append(splice)
        last = splice.end == len(cell.source)
        written = cell.written(splice.text, last=last, ascii_only=ascii_only)
        found.append(Splice(cell.places[splice.start], cell.places[splice.end], written))
    _check(text, spliced(text, found), expected)
    return found


def _strings(text: str, spans: list[tuple[int, int]]) -> _Strings:
    if not spans:
        raise UnpatchableError("the source of a cell was not found in the JSON text")
    values, places = [], []
    for start, end in spans:
        places += [match.start() for match in _CHARACTER.finditer(text, start + 1, end - 1)]
        values.append(json.loads(text[start:end]))
    places.append(spans[-1][1] - 1)
    source = "".join(values)
    if len(places) != len(source) + 1:
        raise UnpatchableError("the source of a cell has lone surrogates")
    return _Strings(source, tuple(places), _between(text, spans))


def _between(text: str, spans: list[tuple[int, int]]) -> str:
    """Give what stands between two strings of a list, "" where the source is no list."""
    if len(spans) > 1:
        return text[spans[0][1] - 1 : spans[1][0] + 1]
    before = text[: spans[0][0]].rstrip()
    return f'",{text[len(before) : spans[0][0]]}"' if before.endswith("[") else ""


def _check(before: str, after: str, expected: dict[int, list[Splice]]) -> None:
    """Make sure that nothing but the sources of the touched cells has changed."""
    try:
        old, new = decode(before), decode(after)
    except (ValueError, RecursionError):
        raise UnpatchableError("the JSON text would be damaged") from None
    for number, (was, now) in enumerate(zip(old.cells, new.cells, strict=True)):
        source = spliced(was.source, expected.get(number, ()))
        if (source, was.fields) != (now.source, now.fields):
            raise UnpatchableError("the JSON text would be damaged")
    if old.fields != new.fields:
        raise UnpatchableError("the JSON text would be damaged")
