"""The review for a terminal: every finding with its code frame, the verdict last."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mlaudit.model.finding import Confidence, Severity
from mlaudit.model.review import Recommendation
from mlaudit.report import frame, measurements, sections
from mlaudit.report.edits import counted as mendable
from mlaudit.report.edits import mark
from mlaudit.report.escape import line, plain
from mlaudit.report.grouping import by_file, grouped
from mlaudit.report.tally import counted, covered, failed, uncovered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from mlaudit.model.finding import Finding, Fix
    from mlaudit.model.review import Reason, Review
    from mlaudit.report.grouping import Group as Findings
    from mlaudit.report.sections import Section

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_VERDICTS = {
    Recommendation.NEEDS_REWORK: "red",
    Recommendation.CONDITIONAL: "yellow",
    Recommendation.APPROVE: "green",
}
_WIDEST = 110
_NOTES = 5
_PLACES = 3


def render(review: Review, *, width: int = 100, color: bool = False, verbose: bool = False) -> str:
    """Write the review for a terminal of the given width, with or without colours.

    When many findings are of one kind only the first have a frame; `verbose` draws all of them and
    adds what is known of problem, models, data and evaluation.
    """
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(40, width),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    for part in parts(review, columns=min(console.width, _WIDEST), verbose=verbose):
        console.print(part, crop=False)
    return "".join(f"{each.rstrip()}\n" for each in stream.getvalue().splitlines())


def parts(review: Review, *, columns: int, verbose: bool = False) -> Iterator[RenderableType]:
    """Give the pieces of the review from top to bottom."""
    if verbose:
        for make in sections.ALL:
            yield from _section(make(review))
    for group in grouped(review.findings, every=verbose):
        yield from _group(group, columns)
    if not verbose:
        yield from _section(sections.run(review))
        yield from _section(sections.memory(review))
    for told in (measurements.measured, measurements.scores):
        yield from _section(told(review))
    yield from _unfinished(review, every=verbose)
    yield _banner(review, columns)


def _section(section: Section) -> Iterator[RenderableType]:
    if not section.rows:
        return
    yield Text(section.title, style="bold")
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in section.header:
        table.add_column(column, overflow="fold")
    for row in section.rows:
        table.add_row(*(line(cell.replace("`", "")) for cell in row))
    yield Padding(table, (0, 0, 1, 2))


def _group(group: Findings, columns: int) -> Iterator[RenderableType]:
    colour = COLOURS[group.severity]
    heading = Text.assemble((group.title, f"bold {colour}"), (f" ({group.size}) ", colour))
    yield heading.append("─" * max(0, columns - len(heading)), style=f"dim {colour}")
    yield Text()
    for finding in group.full:
        yield from _finding(finding, columns)
    for code, findings in group.folded:
        yield Text.assemble(
            (code, f"bold {colour}"), f" {len(findings)} more (-v shows their code)"
        )
        yield from _briefly(findings) if group.brief else _line_by_line(findings, columns)
        yield Text()


def _briefly(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    for path, places in by_file(findings).items():
        yield Padding(Text.assemble((line(path), "cyan"), f"  {places}"), (0, 0, 0, 2))


def _line_by_line(findings: Sequence[Finding], columns: int) -> Iterator[RenderableType]:
    for finding in findings:
        row = Text.assemble("  ", (line(str(finding.location)), "cyan"), "  ")
        row.append(_prose(finding.message)).truncate(columns, overflow="ellipsis")
        yield row


def _finding(finding: Finding, columns: int) -> Iterator[RenderableType]:
    colour = COLOURS[finding.severity]
    head = Text.assemble((finding.code, f"bold {colour}"), " ", (finding.name, colour))
    if mark(finding):
        head.append(f"  {mark(finding)}", style="green")
    if finding.confidence is not Confidence.HIGH:
        head.append(f"  (confidence {finding.confidence})", style="dim")
    yield head
    yield _prose(finding.message)
    rows = frame.frame(finding, columns)
    indent = rows[0][0].text.index("-")
    yield Group(*(_row(row, colour) for row in rows))
    yield from _remedy(finding, indent)
    yield Text()


def _row(row: list[frame.Piece], colour: str) -> Text:
    styles = {
        frame.PRIMARY: f"bold {colour}",
        frame.RELATED: "bold blue",
        frame.GUTTER: "blue",
        frame.PLACE: "cyan",
        frame.CODE: "",
    }
    text = Text(no_wrap=True, overflow="ignore")
    for piece in row:
        text.append(piece.text, style=styles[piece.kind])
    text.rstrip()
    return text


def _remedy(finding: Finding, indent: int) -> Iterator[RenderableType]:
    fix: Fix | None = finding.fix
    advice = fix.description if fix else finding.help
    if advice:
        yield Text.assemble(("help: ", "bold green")) + _prose(advice)
    if fix and fix.code:
        for each in fix.code.rstrip().split("\n"):
            row = Text(" " * (indent + 1), no_wrap=True, overflow="ignore")
            row.append("+ ", style="green").append(plain(each.expandtabs(4)), style="green")
            yield row


def _unfinished(review: Review, *, every: bool) -> Iterator[RenderableType]:
    """Say what could not be done and what was not examined."""
    failures, notes = failed(review), uncovered(review)
    shown = notes if every else notes[:_NOTES]
    for colour, lines in (("red", failures), ("yellow", shown)):
        for text in lines:
            row = _prose(text)
            row.stylize(f"bold {colour}", 0, text.index(":") + 1)
            yield row
    if len(notes) > len(shown):
        yield Text(f"and {len(notes) - len(shown)} more such notes (-v lists them)", style="yellow")
    if failures or notes:
        yield Text()


def _banner(review: Review, columns: int) -> Panel:
    verdict = review.verdict
    colour = _VERDICTS[verdict.recommendation]
    head = Text.assemble(
        (verdict.recommendation, f"bold {colour}"), (f"   confidence {verdict.confidence}", colour)
    )
    reasons = Table.grid(padding=(0, 1))
    for reason in verdict.reasons:
        reasons.add_row("•", _reason(reason, review.findings))
    foot = Text(f"{counted(review)}\n")
    foot.append(f"coverage {covered(review)}", style="" if review.coverage.complete else "yellow")
    if mendable(review):
        foot.append(f"\n{mendable(review)}", style="green")
    if review.findings:
        code = grouped(review.findings)[0].full[0].code
        foot.append(f"\nmlaudit explain {code} tells more about a rule", style="dim")
    parts = [head, reasons, Text(), foot] if verdict.reasons else [head, foot]
    return Panel(Group(*parts), border_style=colour, width=columns, padding=(0, 1))


def _reason(reason: Reason, findings: tuple[Finding, ...]) -> Text:
    """Word a reason, with the first places that it rests on."""
    text = _prose(reason.text)
    causes = set(reason.findings)
    places = [str(finding.location) for finding in findings if finding.fingerprint in causes]
    for position, place in enumerate(places[:_PLACES]):
        text.append(", " if position else ": ").append(line(place), style="cyan")
    if len(places) > _PLACES:
        text.append(f" and {len(places) - _PLACES} more")
    return text


def _prose(text: str) -> Text:
    """Set what stands between backticks apart."""
    prose = Text(line(text))
    prose.highlight_regex(r"`[^`]+`", "bold")
    return prose
