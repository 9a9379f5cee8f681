"""Fixes as other programs take them: what to put where in the file on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Safety
from mlaudit.report.places import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review

MARK = "[*]"


def mark(finding: Finding) -> str:
    """Give the mark of a finding that has a fix, "" for one that has none."""
    return MARK if finding.fix is not None and finding.fix.edits else ""


def counted(review: Review) -> str:
    """Say how many findings have a fix, "" where none has."""
    given = [one.fix.safety for one in review.findings if one.fix is not None and one.fix.edits]
    safe, unsafe = given.count(Safety.SAFE), given.count(Safety.UNSAFE)
    if not given:
        return ""
    parts = [f"{safe} by --fix"] if safe else []
    parts += [f"{unsafe} by --fix --unsafe-fixes"] if unsafe else []
    return f"{MARK} can be mended: {', '.join(parts)}"


def suggested(finding: Finding) -> str | None:
    """Give the new text of the last line of a finding, if its fix changes that line alone.

    A notebook has none: its lines on disk are not those of its code.
    """
    edits = finding.fix.edits if finding.fix is not None else ()
    line = lines(finding.location)[1]
    text = written(finding, line)
    here = all(one.stored.line == one.stored.end_line == line for one in edits)
    if not edits or text is None or not here:
        return None
    for edit in reversed([one.stored for one in edits]):
        text = text[: edit.column - 1] + edit.text + text[edit.end_column - 1 :]
    # A comment would write tabs as spaces.
    return None if "\t" in text else text


def written(finding: Finding, number: int) -> str | None:
    """Give a line of the script that a finding stands in, None where it was not quoted."""
    for excerpt in finding.excerpts:
        offset = number - excerpt.first_line
        here = excerpt.path == finding.location.path and excerpt.cell is None
        if here and 0 <= offset < len(excerpt.lines):
            return excerpt.lines[offset]
    return None


def widths(finding: Finding, spots: Sequence[tuple[int, int]]) -> list[int] | None:
    """Turn columns of characters, each with its line, into columns of UTF-8 bytes."""
    found = []
    for line, column in spots:
        text = written(finding, line)
        if text is None:
            return None
        found.append(len(text[: column - 1].encode(errors="replace")) + 1)
    return found
