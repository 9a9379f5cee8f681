"""One line for each finding, for pipes, editors and pre-commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.report.edits import counted as mendable
from mlaudit.report.edits import mark
from mlaudit.report.escape import line
from mlaudit.report.tally import counted, covered, failed, uncovered

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review


def render(review: Review, *, summary: bool = True) -> str:
    """Write `path:line:col: CODE message` lines; the last line is the verdict."""
    lines = [line(_told(finding)) for finding in review.findings]
    lines += failed(review)
    if summary:
        lines += [text for text in (mendable(review),) if text]
        lines += uncovered(review)
        lines.append(verdict(review))
    return "".join(f"{text}\n" for text in lines)


def _told(finding: Finding) -> str:
    marked = f"{finding.code} {mark(finding)}".rstrip()
    return f"{finding.location}: {marked} {finding.message}"


def verdict(review: Review) -> str:
    """Write the verdict, the counts and the coverage as one line."""
    given = review.verdict
    text = f"{given.recommendation} (confidence {given.confidence}): {counted(review)}"
    return text if review.coverage.complete else f"{text}; coverage {covered(review)}"
