"""What authors tell mlaudit in their files: `# mlaudit: ignore[CODE] reason`, and cell tags."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.model.pattern import Pattern
from mlaudit.source.document import MARK, TAG, Place, Problem
from mlaudit.source.lexing import comments

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from mlaudit.model.location import Location
    from mlaudit.source.document import Cell, Document, Unit
    from mlaudit.source.lexing import Comment

_DIRECTIVE = Pattern(r"#\s*mlaudit:\s*(?P<verb>[\w-]*)\s*(?P<codes>\[[^\]]*\])?(?P<reason>.*)")
_CODE = Pattern(r"[A-Za-z][\w-]*")


class Scope(StrEnum):
    """How much of a document a directive speaks about."""

    STATEMENT = "ignore"
    CELL = "ignore-cell"
    FILE = "ignore-file"


@frozen
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
    """Find the directives of a document that can be obeyed."""
    found: list[Directive] = []
    for unit, comment, match in _marked(document):
        codes = _codes(match)
        if _fault(document, match, codes) is None:
            line = unit.first_line + comment.line - 1
            column = comment.column + match.start() - unit.shift(line)
            end = comment.column + len(comment.text) - unit.shift(line)
            location = document.locate(Place(document, line, column, line, end))
            reason = match["reason"].strip()
            found.append(Directive(Scope(match["verb"]), codes, reason, location, line))
    for cell in document.cells:
        found.extend(_from_tags(document, cell))
    return found


def malformed(document: Document) -> list[Problem]:
    """Find the directives that cannot be obeyed, and say what is wrong with each."""
    problems: list[Problem] = []
    for unit, comment, match in _marked(document):
        fault = _fault(document, match, _codes(match))
        if fault is not None:
            cell = unit.cell.number if unit.cell else None
            problems.append(Problem(f"{fault}: {match.group().strip()}", cell, comment.line))
    return problems


def _marked(document: Document) -> Iterator[tuple[Unit, Comment, re.Match[str]]]:
    for unit in document.units:
        if MARK in unit.written:
            for comment in comments(unit.written):
                match = _DIRECTIVE.search(comment.text)
                if match is not None:
                    yield unit, comment, match


def _codes(match: re.Match[str]) -> tuple[str, ...]:
    written: str = match["codes"] or "[]"
    return tuple(dict.fromkeys(code.strip() for code in written[1:-1].split(",")))


def _fault(document: Document, match: re.Match[str], codes: tuple[str, ...]) -> str | None:
    """Say what is wrong with a directive."""
    if match["verb"] not in list(Scope):
        return "not a directive of mlaudit"
    if codes == ("",):
        return "a directive that names no code is not obeyed"
    if not all(_CODE.fullmatch(code) for code in codes):
        return "a directive whose codes cannot be read"
    if match["verb"] == Scope.CELL and not document.cell_ends:
        return "ignore-cell in a file without cells"
    return None


def _from_tags(document: Document, cell: Cell) -> Iterator[Directive]:
    tags = [tag for tag in cell.tags if tag == TAG or tag.startswith(f"{TAG}-")]
    if tags:
        codes = tuple(tag.removeprefix(f"{TAG}-") for tag in tags if tag != TAG)
        location = document.cell_location(cell)
        yield Directive(Scope.CELL, () if TAG in tags else codes, "", location)
