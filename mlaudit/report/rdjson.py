"""Reviewdog's diagnostic format, by which reviewdog comments on many code hosts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlaudit.model.finding import Severity
from mlaudit.report.edits import widths
from mlaudit.report.escape import line
from mlaudit.report.places import columns, lines

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location
    from mlaudit.model.review import Review

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def render(review: Review) -> str:
    """Write one diagnostic result."""
    result = {
        "source": {"name": review.tool.name},
        "diagnostics": [_diagnostic(finding) for finding in review.findings],
    }
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(finding: Finding) -> dict[str, Any]:
    related = [
        {"message": line(each.message or each.role), "location": _location(each.location, finding)}
        for each in finding.evidence
    ]
    return {
        "message": line(finding.message),
        "location": _location(finding.location, finding),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": f"{finding.code} {finding.name}"},
        **({"relatedLocations": related} if related else {}),
        **_suggestion(finding),
    }


def _suggestion(finding: Finding) -> dict[str, Any]:
    """Give a fix of one edit; several would be taken for alternatives."""
    edits = finding.fix.edits if finding.fix is not None else ()
    if len(edits) != 1:
        return {}
    edit = edits[0].stored
    spots = [(edit.line, edit.column), (edit.end_line, edit.end_column)]
    across = widths(finding, spots)
    if across is None:
        return {}
    start, end = (
        {"line": number, "column": column}
        for (number, _), column in zip(spots, across, strict=True)
    )
    return {"suggestions": [{"range": {"start": start, "end": end}, "text": edit.text}]}


def _location(place: Location, finding: Finding) -> dict[str, Any]:
    first, last = lines(place)
    start, end = {"line": first}, {"line": last}
    across = columns(place)
    if across is not None:
        for position, number, column in zip((start, end), (first, last), across, strict=True):
            width = _bytes(finding, place.path, number, column)
            if width is not None:
                position["column"] = width
    if ("column" in start) != ("column" in end):
        start.pop("column", None)
        end.pop("column", None)
    return {"path": place.path.removeprefix("./"), "range": {"start": start, "end": end}}


def _bytes(finding: Finding, path: str, number: int, column: int) -> int | None:
    """Turn a column of characters into one of UTF-8 bytes, which the format counts."""
    for excerpt in finding.excerpts:
        offset = number - excerpt.first_line
        if excerpt.path == path and excerpt.cell is None and 0 <= offset < len(excerpt.lines):
            return len(excerpt.lines[offset][: column - 1].encode(errors="replace")) + 1
    return None
