"""Inline suppression: findings that the author of the code has asked not to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen, replace
from mlaudit.source.directives import Scope, directives

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.finding import Finding
    from mlaudit.source.directives import Directive
    from mlaudit.source.document import Document
    from mlaudit.syntax.concrete import Concrete


@frozen
class Suppressed:
    """What is left, what is not, and the directives that suppress nothing.

    The codes of an unused directive are those that met no finding.
    """

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    unused: tuple[Directive, ...]


def apply(findings: Iterable[Finding], document: Document) -> Suppressed:
    """Divide the findings of one document by the directives in it.

    A finding is suppressed when its place, not one of its evidence, starts in what a directive
    owns: a statement (of a compound statement: the header) by a comment in it or right above it, a
    cell, or the file.
    """
    found = directives(document)
    if not found:
        return Suppressed(tuple(findings), (), ())
    from mlaudit.syntax.concrete import Concrete

    concrete = Concrete(document)
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    used: set[tuple[int, str]] = set()
    for finding in findings:
        hits = [
            (number, code)
            for number, directive in enumerate(found)
            if (code := _named(directive, finding)) is not None
            and _owns(directive, finding, document, concrete)
        ]
        used.update(hits)
        (suppressed if hits else kept).append(finding)
    unused = [_without_used(directive, number, used) for number, directive in enumerate(found)]
    return Suppressed(tuple(kept), tuple(suppressed), tuple(one for one in unused if one))


def _named(directive: Directive, finding: Finding) -> str | None:
    """Give the word by which a directive names a finding: its code, its name, or "" for any."""
    if not directive.codes:
        return ""
    names = (finding.code.lower(), finding.name.lower())
    return next((code for code in directive.codes if code.lower() in names), None)


def _owns(directive: Directive, finding: Finding, document: Document, concrete: Concrete) -> bool:
    if directive.scope is Scope.FILE:
        return True
    line = document.line_of(finding.location)
    if directive.scope is Scope.CELL:
        if document.is_notebook:
            return finding.location.cell == directive.location.cell
        first, last = document.cell_lines(directive.line or 1)
        return line is not None and first <= line <= last
    if line is None or directive.line is None:
        return False
    owned = concrete.statement_at(directive.line)
    return owned is not None and line in owned


def _without_used(
    directive: Directive, number: int, used: set[tuple[int, str]]
) -> Directive | None:
    """Give what of a directive is unused, None where nothing is."""
    if not directive.codes:
        return None if (number, "") in used else directive
    codes = tuple(code for code in directive.codes if (number, code) not in used)
    return replace(directive, codes=codes) if codes else None
