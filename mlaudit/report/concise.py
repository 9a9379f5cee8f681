"""One line for each finding, for pipes, editors and pre-commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.report.escape import line
from mlaudit.report.tally import counted, covered, failed, uncovered

if TYPE_CHECKING:
    from mlaudit.model.review import Review


def render(review: Review, *, summary: bool = True) -> str:
    """Write `path:line:col: CODE message` lines; the last line is the verdict."""
    lines = [
        line(f"{finding.location}: {finding.code} {finding.message}") for finding in review.findings
    ]
    lines += failed(review)
    if summary:
        lines += uncovered(review)
        lines.append(verdict(review))
    return "".join(f"{text}\n" for text in lines)


def verdict(review: Review) -> str:
    """Write the verdict, the counts and the coverage as one line."""
    given = review.verdict
    text = f"{given.recommendation} (confidence {given.confidence}): {counted(review)}"
    return text if review.coverage.complete else f"{text}; coverage {covered(review)}"
