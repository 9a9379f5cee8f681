"""Plain text tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def show(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; the first column is aligned left, the others right."""
    lines = [tuple(map(str, head)), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = line
        cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]).rstrip())


def share(part: int, whole: int) -> str:
    """Give a share in percent, or a dash when there is nothing to divide by."""
    return f"{100 * part / whole:.0f} %" if whole else "-"
