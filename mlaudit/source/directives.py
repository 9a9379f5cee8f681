"""What authors tell mlaudit in their files: `# mlaudit: ignore[CODE] reason`, and cell tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mlaudit.source.document import Place, Problem
from mlaudit.source.lexing import comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.location import Location
    from mlaudit.source.document import Cell, Document, Unit
    from mlaudit.source.lexing import Comment

_MARK = "mlaudit:"
_DIRECTIVE = re.compile(r"#\s*mlaudit:\s*(?P<verb>[\w-]*)\s*(?P<codes>\[[^\]]*\])?(?P<reason>.*)")
_CODE = re.compile(r"[A-Za-z][\w-]*")
_TAG = "mlaudit-ignore"


class Scope(StrEnum):
    """How much of a document a directive speaks about."""

    STATEMENT = "ignore"
    CELL = "ignore-cell"
    FILE = "ignore-file"


@dataclass(frozen=True, slots=True)
class Directive:
    """Codes (or names of rules) not to report; none, which only a cell tag may say, means all.

    `line` is the document line of a comment, None for a cell tag.
    """

    scope: Scope
    codes: tuple[str, ...]
    reason: str
    location: Location
    line: int | None = None


def directives(document: Document) -> list[Directive]:
    """Find the directives of a document; a malformed one adds a problem to it instead."""
    found: list[Directive] = []
    for unit in document.units:
        if _MARK in unit.written:
            for comment in comments(unit.written):
                found.extend(_from_comment(document, unit, comment))
    for cell in document.cells:
        found.extend(_from_tags(document, cell))
    return found


def _from_comment(document: Document, unit: Unit, comment: Comment) -> Iterator[Directive]:
    match = _DIRECTIVE.search(comment.text) if _MARK in comment.text else None
    if match is None:
        return
    verb, written, reason = match["verb"], match["codes"], match["reason"].strip()
    codes = [code.strip() for code in (written or "[]")[1:-1].split(",")]
    line = unit.first_line + comment.line - 1
    fault = _fault(document, verb, written, codes)
    if fault is not None:
        cell = unit.cell.number if unit.cell else None
        document.problems.append(Problem(f"{fault}: {match.group().strip()}", cell, comment.line))
        return
    column = comment.column + match.start() - unit.shift(line)
    end = comment.column + len(comment.text) - unit.shift(line)
    location = document.locate(Place(document, line, column, line, end))
    yield Directive(Scope(verb), tuple(dict.fromkeys(codes)), reason, location, line)


def _fault(document: Document, verb: str, written: str | None, codes: list[str]) -> str | None:
    """Say what is wrong with a directive."""
    if verb not in list(Scope):
        return "not a directive of mlaudit"
    if written is None or codes == [""]:
        return "a directive that names no code is not obeyed"
    if not all(_CODE.fullmatch(code) for code in codes):
        return "a directive whose codes cannot be read"
    if verb == Scope.CELL and not document.cell_ends:
        return "ignore-cell in a file without cells"
    return None


def _from_tags(document: Document, cell: Cell) -> Iterator[Directive]:
    tags = [tag for tag in cell.tags if tag == _TAG or tag.startswith(f"{_TAG}-")]
    if tags:
        codes = tuple(tag.removeprefix(f"{_TAG}-") for tag in tags if tag != _TAG)
        location = document.cell_location(cell)
        yield Directive(Scope.CELL, () if _TAG in tags else codes, "", location)
