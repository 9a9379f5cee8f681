"""The review as one page that needs nothing else: no network, no other file."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from mlaudit.model.finding import Confidence, Severity
from mlaudit.report import measurements, sections
from mlaudit.report.course import pictures
from mlaudit.report.diagram import diagram
from mlaudit.report.escape import line, plain
from mlaudit.report.frame import CODE, frame
from mlaudit.report.places import severest_first
from mlaudit.report.tally import counted, covered, failed, number, uncovered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review
    from mlaudit.report.frame import Piece
    from mlaudit.report.sections import Section

_COLUMNS = 110
_WORDS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}


def render(review: Review) -> str:
    """Write the page.  It runs one script of its own, by its hash, and may load nothing."""
    style, script = _asset("page.css"), _asset("page.js")
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    title = f"{review.verdict.recommendation}: {counted(review)}"
    head = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{style}</style></head><body>"
    )
    return "\n".join([head, *_body(review), f"<script>{script}</script></body></html>\n"])


def _asset(name: str) -> str:
    return (resources.files("mlaudit.report") / "assets" / name).read_text(encoding="utf-8")


def _body(review: Review) -> Iterator[str]:
    yield from _verdict(review)
    yield from _pictures(review)
    yield from _findings(review)
    yield from _table(sections.recommendations(review))
    yield from _questions(review)
    for make in (sections.problem, sections.models, sections.sources, sections.splits):
        yield from _table(make(review))
    if review.models or review.evaluation.measurements:
        yield f"<h2>Evaluation</h2><p>{_rich(review.evaluation.scheme)}</p>"
        yield from _rows(sections.evaluation(review))
    run = (sections.run, sections.memory, measurements.measured, measurements.scores)
    for make in (*run, sections.readiness):
        yield from _table(make(review))
    yield from _courses(review)
    yield from _coverage(review)
    tool = f"{review.tool.name} {review.tool.version}"
    yield f"<footer>{_text(tool)}</footer>"


def _verdict(review: Review) -> Iterator[str]:
    verdict = review.verdict
    reasons = "".join(f"<li>{_rich(reason.text)}</li>" for reason in verdict.reasons)
    yield (
        f'<header class="verdict {verdict.recommendation}"><h1>{verdict.recommendation}</h1>'
        f"<div>{_text(counted(review))} · confidence {verdict.confidence}"
        f" · coverage {_text(covered(review))}</div><ul>{reasons}</ul></header>"
    )


def _pictures(review: Review) -> Iterator[str]:
    drawn = [pipeline for pipeline in review.pipelines if pipeline.steps]
    if drawn:
        yield "<h2>Pipeline</h2>"
    for pipeline in drawn:
        yield f"<p><code>{_text(pipeline.path)}</code></p>"
        yield f'<div class="scroll">{diagram(pipeline)}</div>'


def _courses(review: Review) -> Iterator[str]:
    for _, title, svg in pictures(review.profile) if review.profile is not None else ():
        yield f'<h2>{_text(title)}</h2><div class="scroll">{svg}</div>'


def _findings(review: Review) -> Iterator[str]:
    yield f"<h2>Findings ({len(review.findings)})</h2>"
    if not review.findings:
        yield "<p>None.</p>"
        return
    families = sorted({finding.family for finding in review.findings})
    options = "".join(f"<option>{_text(family)}</option>" for family in families)
    boxes = "".join(
        f'<label><input type="checkbox" name="{severity}" checked> {words}</label>'
        for severity, words in _WORDS.items()
    )
    yield (
        f'<form class="filter" hidden>{boxes}<select name="family" aria-label="family">'
        f'<option value="">all families</option>{options}</select><input type="search"'
        f' name="words" placeholder="code, file, word …" aria-label="words"><small id="shown">'
        f"</small></form>"
    )
    for finding in severest_first(review.findings):
        yield _finding(finding)


def _finding(finding: Finding) -> str:
    unsure = finding.confidence is not Confidence.HIGH
    sure = f" <small>(confidence {finding.confidence})</small>" if unsure else ""
    rows = frame(finding, _COLUMNS)
    drawn = "\n".join("".join(map(_piece, row)) for row in rows)
    advice = finding.fix.description if finding.fix else finding.help
    instead = f"<p><b>Instead:</b> {_rich(advice)}</p>" if advice else ""
    if finding.fix and finding.fix.code:
        instead += f"<pre>{_block(finding.fix.code.rstrip())}</pre>"
    return (
        f'<article class="{finding.severity}" data-severity="{finding.severity}"'
        f' data-family="{escape(finding.family)}"><h3>{_text(finding.code)} {_text(finding.name)}'
        f' <span class="place dim">{_text(str(finding.location))}</span></h3>'
        f"<p>{_rich(finding.message)}{sure}</p>"
        + (f"<pre>{drawn}</pre>" if rows[1:] else "")
        + f"{instead}</article>"
    )


def _piece(piece: Piece) -> str:
    text = _block(piece.text)
    return text if piece.kind == CODE else f'<span class="{piece.kind}">{text}</span>'


def _questions(review: Review) -> Iterator[str]:
    if review.problem.questions:
        yield "<h2>Open questions</h2><p>The code does not answer them.</p>"
        yield _bullets(review.problem.questions)


def _coverage(review: Review) -> Iterator[str]:
    text = covered(review).capitalize()
    if review.coverage.rules:
        text += f"; {number(len(review.coverage.rules), 'rule')} applied"
    yield f"<h2>Coverage</h2><p>{_text(text)}.</p>"
    notes = [*failed(review), *uncovered(review)]
    if notes:
        yield _bullets(notes)


def _table(section: Section) -> Iterator[str]:
    if section.rows:
        yield f"<h2>{_text(section.title)}</h2>"
        yield from _rows(section)


def _rows(section: Section) -> Iterator[str]:
    if section.rows:
        head = "".join(f"<th>{_text(word)}</th>" for word in section.header)
        lines = (
            f"<tr>{''.join(f'<td>{_rich(cell)}</td>' for cell in row)}</tr>" for row in section.rows
        )
        yield f'<div class="scroll"><table><tr>{head}</tr>{"".join(lines)}</table></div>'


def _bullets(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_rich(text)}</li>' for text in texts)}</ul>"


def _text(text: str) -> str:
    """Escape a text for one line."""
    return escape(line(text))


def _block(text: str) -> str:
    """Escape lines of code."""
    return escape("\n".join(plain(each) for each in text.split("\n")))


def _rich(text: str) -> str:
    """Escape prose; what stands between backticks is code."""
    pieces = line(text).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    return "".join(
        f"<code>{escape(piece)}</code>" if position % 2 else escape(piece)
        for position, piece in enumerate(pieces)
    )
