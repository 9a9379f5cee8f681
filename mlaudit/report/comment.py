"""The review as comments on a pull request: one for all of it, and one for a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Confidence, Safety
from mlaudit.report import markdown, sections
from mlaudit.report.edits import suggested
from mlaudit.report.escape import block, code
from mlaudit.report.escape import markdown as prose
from mlaudit.report.places import severest_first
from mlaudit.report.tally import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review

LIMIT = 60_000
_NOTE = 200


def whole(review: Review, *, limit: int = LIMIT) -> str:
    """Write the review for one comment of at most `limit` characters.

    One that is too long lists its findings, the severest first, as far as there is room.
    """
    text = markdown.render(review)
    if len(text) <= limit:
        return text
    head = "\n\n".join(_head(review)) + "\n\n"
    lines: list[str] = []
    room = limit - len(head) - _NOTE
    findings = severest_first(review.findings)
    for finding in findings:
        line = f"- {code(str(finding.location))} {prose(f'{finding.code} {finding.message}')}\n"
        room -= len(line)
        if room < 0:
            break
        lines.append(line)
    left = len(findings) - len(lines)
    note = f"\n{number(left, 'more finding')} and the rest of the review had no room here.\n"
    return (head + "".join(lines))[: limit - _NOTE] + note


def remark(finding: Finding) -> str:
    """Write one finding for a comment on its line."""
    unsure = finding.confidence is not Confidence.HIGH
    sure = f" *(confidence {finding.confidence})*" if unsure else ""
    parts = [f"**{prose(finding.code)} {prose(finding.name)}** {prose(finding.message)}{sure}"]
    if len(finding.evidence) > 1:
        parts += markdown.framed(finding)
    new = suggested(finding)
    if new is None or finding.fix is None:
        parts += markdown.advised(finding)
    else:
        look = "" if finding.fix.safety is Safety.SAFE else " *(look at it before you take it)*"
        parts += [f"**Instead:** {prose(finding.fix.description)}{look}", block(new, "suggestion")]
    return "\n\n".join(parts)


def _head(review: Review) -> Iterator[str]:
    yield from markdown.judgement(review)
    yield from markdown.titled(sections.recommendations(review))
    yield f"## Findings ({len(review.findings)})"
