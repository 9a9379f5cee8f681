"""Places as other programs point to them: lines of the file on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location

_ORDER = tuple(Severity)


def lines(place: Location) -> tuple[int, int]:
    """Give the first and the last line on disk; of a notebook, lines of its JSON text.

    A notebook that stands on one line, or one read from elsewhere, gives its first line.
    """
    if place.cell is not None and place.physical_line is None:
        return 1, 1
    first = max(1, place.physical_line or place.line)
    return first, first + max(0, place.end_line - place.line)


def columns(place: Location) -> tuple[int, int] | None:
    """Give the first column and the one behind the last, or None where the file's own differ.

    The JSON text of a notebook indents and escapes its lines, so their columns are not the code's.
    """
    if place.cell is not None:
        return None
    return max(1, place.column), max(place.column, place.end_column, 1)


def severest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Order findings for readers who are shown only the first of them."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
