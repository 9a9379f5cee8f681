"""The review as a document: for pull requests, wikis and records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Confidence
from mlaudit.report import measurements, sections
from mlaudit.report.escape import block, code, markdown
from mlaudit.report.frame import frame
from mlaudit.report.grouping import by_file, grouped
from mlaudit.report.mermaid import picture
from mlaudit.report.tally import counted, covered, failed, joined, number, uncovered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Reason, Review
    from mlaudit.report.grouping import Group
    from mlaudit.report.sections import Section

_SIGNS = {"APPROVE": "✅", "CONDITIONAL": "⚠️", "NEEDS-REWORK": "⛔"}
_COLUMNS = 100
_PLACES = 3


def render(review: Review) -> str:
    """Write the whole review as GitHub-flavoured Markdown."""
    return "\n\n".join(_paragraphs(review)) + "\n"


def _paragraphs(review: Review) -> Iterator[str]:
    yield from judgement(review)
    yield from _problem(review)
    for make in (sections.models, sections.sources, sections.splits):
        yield from titled(make(review))
    yield from _evaluation(review)
    yield from titled(sections.run(review))
    for make in (sections.memory, measurements.measured, measurements.scores):
        yield from titled(make(review))
    yield from _pictures(review)
    yield f"## Findings ({len(review.findings)})"
    for group in grouped(review.findings):
        yield from _group(group)
    if not review.findings:
        yield "None."
    yield from titled(sections.recommendations(review))
    yield from titled(sections.readiness(review))
    yield "## Recommendation and confidence"
    yield f"**{review.verdict.recommendation}**, with {review.verdict.confidence} confidence."
    yield from _coverage(review)
    yield f"<sub>{markdown(review.tool.name)} {markdown(review.tool.version)}</sub>"


def judgement(review: Review) -> Iterator[str]:
    """Write the verdict, the counts, and the reasons."""
    verdict = review.verdict
    yield f"# {_SIGNS[verdict.recommendation]} {verdict.recommendation}"
    yield (
        f"{markdown(counted(review))} · confidence {verdict.confidence}"
        f" · coverage {markdown(covered(review))}"
    )
    if verdict.reasons:
        found = {finding.fingerprint: finding for finding in review.findings}
        yield _bullets(_reason(reason, found) for reason in verdict.reasons)


def _reason(reason: Reason, found: dict[str, Finding]) -> str:
    findings = [found[each] for each in reason.findings if each in found]
    places = [code(str(finding.location)) for finding in findings[:_PLACES]]
    if len(findings) > _PLACES:
        places.append(f"{len(findings) - _PLACES} more")
    return markdown(reason.text) + (f": {joined(places)}" if places else "")


def _problem(review: Review) -> Iterator[str]:
    section = sections.problem(review)
    questions = review.problem.questions
    if section.rows or questions:
        yield "## Problem"
    if section.rows:
        yield _bullets(f"{name}: {markdown(value)}" for name, value in section.rows)
    if questions:
        yield "Open questions, which the code does not answer:"
        yield _bullets(markdown(question) for question in questions)


def _evaluation(review: Review) -> Iterator[str]:
    if not (review.models or review.evaluation.measurements):
        return
    yield "## Evaluation"
    yield f"Scheme: {markdown(review.evaluation.scheme)}"
    section = sections.evaluation(review)
    if section.rows:
        yield _table(section)


def _pictures(review: Review) -> Iterator[str]:
    drawn = [pipeline for pipeline in review.pipelines if pipeline.steps]
    if drawn:
        yield "## Pipeline"
    for pipeline in drawn:
        yield code(pipeline.path)
        yield f"```mermaid\n{picture(pipeline)}\n```"


def _group(group: Group) -> Iterator[str]:
    yield f"### {group.title} ({group.size})"
    for finding in group.full:
        yield from _finding(finding)
    for rule, findings in group.folded:
        yield f"{number(len(findings), 'more finding')} of {rule}:"
        if group.brief:
            yield _bullets(f"{code(path)} {at}" for path, at in by_file(findings).items())
            continue
        yield _bullets(f"{code(str(each.location))} {markdown(each.message)}" for each in findings)


def _finding(finding: Finding) -> Iterator[str]:
    place = code(str(finding.location))
    yield f"#### {markdown(finding.code)} {markdown(finding.name)} · {place}"
    unsure = finding.confidence is not Confidence.HIGH
    yield markdown(finding.message) + (f" *(confidence {finding.confidence})*" if unsure else "")
    yield from framed(finding)
    yield from advised(finding)


def framed(finding: Finding) -> Iterator[str]:
    """Draw the code frame of a finding, if its source is at hand."""
    rows = frame(finding, _COLUMNS)
    if rows[1:]:
        yield block("\n".join("".join(text for text, _ in row).rstrip() for row in rows), "text")


def advised(finding: Finding) -> Iterator[str]:
    """Say what to write instead."""
    advice = finding.fix.description if finding.fix else finding.help
    if advice:
        yield f"**Instead:** {markdown(advice)}"
    if finding.fix and finding.fix.code:
        yield block(finding.fix.code.rstrip(), "python")


def _coverage(review: Review) -> Iterator[str]:
    coverage = review.coverage
    yield "## Coverage"
    text = f"{covered(review)}".capitalize()
    if coverage.rules:
        text += f"; {number(len(coverage.rules), 'rule')} applied"
    yield markdown(text) + "."
    notes = [*failed(review), *uncovered(review)]
    if notes:
        yield _bullets(map(markdown, notes))


def titled(section: Section) -> Iterator[str]:
    """Write a section as a table, if there is anything in it."""
    if section.rows:
        yield f"## {section.title}"
        yield _table(section)


def _table(section: Section) -> str:
    rows = [section.header, ("---",) * len(section.header)]
    rows += [tuple(markdown(cell) for cell in row) for row in section.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in lines)
