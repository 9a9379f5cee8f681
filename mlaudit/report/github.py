"""Annotations of a GitHub workflow: commands on standard output that its runner obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Severity
from mlaudit.report.concise import verdict
from mlaudit.report.escape import line
from mlaudit.report.places import columns, lines, severest_first
from mlaudit.report.tally import failed

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(review: Review) -> str:
    """Write an annotation for each finding, the severest first: few of each kind are shown."""
    written = [_annotation(finding) for finding in severest_first(review.findings)]
    written += [f"::error title=mlaudit::{_data(text)}" for text in failed(review)]
    written.append(f"::notice title=mlaudit::{_data(verdict(review))}")
    return "".join(f"{command}\n" for command in written)


def _annotation(finding: Finding) -> str:
    place = finding.location
    first, last = lines(place)
    where = {"title": f"{finding.code} {finding.name}", "file": place.path, "line": first}
    across = columns(place)
    if last != first:
        where["endLine"] = last
    elif across is not None:  # columns of an annotation over several lines are refused
        where |= {"col": across[0], "endColumn": across[1]}
    message = finding.message
    if place.cell is not None:
        message = f"cell {place.cell}, line {place.line}: {message}"
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in where.items())
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
