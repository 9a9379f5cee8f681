"""The code frame of a finding: every place that makes it true, in one picture.

3 | X = scaler.fit_transform(X)
  |     ^^^^^^^^^^^^^^^^^^^^^^^ fitted here
...
9 | train, test = train_test_split(X)
  |               ------------------- split here
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from mlaudit.model.frozen import frozen, replace
from mlaudit.report.columns import crop, expand, extent, width
from mlaudit.report.escape import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location

PRIMARY, RELATED, GUTTER, PLACE, CODE = "primary", "related", "gutter", "place", "code"
CONTEXT = 1
_SPAN = 3
_LEAST_CODE = 24
Block = tuple[str, int]


class Piece(NamedTuple):
    """A stretch of a row and what it is: one of the constants above."""

    text: str
    kind: str


@frozen
class Mark:
    """A place to be underlined and what to write beside it."""

    location: Location
    label: str
    primary: bool

    @property
    def block(self) -> Block:
        """The script or cell that the place is in."""
        return (self.location.path, self.location.cell or 0)


def frame(finding: Finding, columns: int, *, most: int = 8) -> list[list[Piece]]:
    """Draw the frame as rows of pieces, at most `columns` wide, for at most `most` places.

    The first row points to the finding; further scripts and cells are named above their lines.
    """
    marks = marked(finding)
    sources = _sources(finding)
    at_hand = [mark for mark in marks if mark.location.line in sources.get(mark.block, {})]
    drawn = sorted(at_hand, key=lambda mark: not mark.primary)[:most]
    left_out = [mark for mark in marks if mark not in drawn]
    blocks = sorted({mark.block for mark in drawn}, key=lambda block: _order(block, finding))
    digits = max((len(str(_last_line(mark) + CONTEXT)) for mark in drawn), default=1)
    rows = [_pointer("-->", str(finding.location), digits)]
    for block in blocks:
        here = [mark for mark in drawn if mark.block == block]
        if rows[1:] or not any(mark.primary for mark in here):
            rows.append(_pointer(":::", _name(here[0].location, finding), digits))
        rows.append(_gutter("", digits))
        rows += _block(here, sources[block], digits, columns)
        rows.append(_gutter("", digits))
    rows += [_elsewhere(mark, digits) for mark in left_out if mark.label]
    return rows


def marked(finding: Finding) -> list[Mark]:
    """List the places of a finding in the order of its evidence, each place once."""
    marks: dict[tuple[object, ...], Mark] = {}
    for evidence in finding.evidence:
        text = f"{evidence.role}: {evidence.message}" if evidence.message else evidence.role
        key = _span(evidence.location)
        if key in marks:
            marks[key] = replace(marks[key], label=f"{marks[key].label}; {line(text)}")
        else:
            marks[key] = Mark(evidence.location, line(text), primary=False)
    own = _span(finding.location)
    if own in marks:
        marks[own] = replace(marks[own], primary=True)
        return list(marks.values())
    return [Mark(finding.location, "", primary=True), *marks.values()]


def _block(
    marks: list[Mark], source: dict[int, str], digits: int, columns: int
) -> list[list[Piece]]:
    room = max(_LEAST_CODE, columns - digits - 3)
    rows: list[list[Piece]] = []
    previous = 0
    for number in _shown(marks, source):
        if previous and number > previous + 1:
            rows.append([Piece("...", GUTTER)])
        previous = number
        here = [mark for mark in marks if mark.location.line == number]
        here.sort(key=lambda mark: mark.location.column)
        rows += _line(number, source[number], here, digits, room)
    return rows


def _line(number: int, text: str, marks: list[Mark], digits: int, room: int) -> list[list[Piece]]:
    """Draw one line of code and, below it, one row for each of its marks."""
    spans = [extent(text, mark.location) for mark in marks]
    text = expand(text)
    shift = 0
    if width(text) > room:
        text, shift = crop(text, min((start for start, _ in spans), default=0), room)
    rows = [[*_gutter(str(number), digits), Piece(text, CODE)]]
    for mark, (start, end) in zip(marks, spans, strict=True):
        start = min(max(0, start - shift), room - 1)
        end = min(max(start + 1, end - shift), room)
        rows += _underline(mark, start, end, digits, room)
    return rows


def _underline(mark: Mark, start: int, end: int, digits: int, room: int) -> list[list[Piece]]:
    """Draw the underline; the label stands beside it, or below where there is no room."""
    kind, character = (PRIMARY, "^") if mark.primary else (RELATED, "-")
    empty = _gutter("", digits)
    under = " " * start + character * (end - start)
    if not mark.label:
        return [[*empty, Piece(under, kind)]]
    if end + 1 + width(mark.label) <= room:
        return [[*empty, Piece(f"{under} {mark.label}", kind)]]
    indent = max(0, min(start, room - width(mark.label)))
    rows = [[*empty, Piece(under, kind)]]
    rows += [
        [*empty, Piece(" " * indent + part, kind)] for part in _wrap(mark.label, room - indent)
    ]
    return rows


def _pointer(arrow: str, place: str, digits: int) -> list[Piece]:
    return [Piece(f"{'':>{digits}}{arrow} ", GUTTER), Piece(line(place), PLACE)]


def _gutter(number: str, digits: int) -> list[Piece]:
    return [Piece(f"{number:>{digits}} | ", GUTTER)]


def _elsewhere(mark: Mark, digits: int) -> list[Piece]:
    """Name a place whose source line is not at hand."""
    return [
        Piece(f"{'':>{digits}} = ", GUTTER),
        Piece(f"{mark.label}: ", RELATED),
        Piece(line(str(mark.location)), PLACE),
    ]


def _shown(marks: list[Mark], source: dict[int, str]) -> list[int]:
    """Choose lines: the marked ones, a little around them, and no gap of a single line."""
    wanted: set[int] = set()
    for mark in marks:
        first, last = mark.location.line, _last_line(mark)
        around = (first - CONTEXT, last + CONTEXT)
        wanted.update(range(first, last + 1))
        wanted.update(number for number in around if source.get(number, "").strip())
    shown = sorted(wanted & source.keys())
    bridges = {a + 1 for a, b in itertools.pairwise(shown) if b == a + 2}
    return sorted({*shown, *(bridges & source.keys())})


def _last_line(mark: Mark) -> int:
    """Give the last line of a place that is shown: a long statement is cut."""
    first = mark.location.line
    return min(max(first, mark.location.end_line), first + _SPAN)


def _sources(finding: Finding) -> dict[Block, dict[int, str]]:
    sources: dict[Block, dict[int, str]] = {}
    for excerpt in finding.excerpts:
        lines = sources.setdefault((excerpt.path, excerpt.cell or 0), {})
        lines.update(enumerate(excerpt.lines, start=excerpt.first_line))
    return sources


def _order(block: Block, finding: Finding) -> tuple[bool, str, int]:
    return (block[0] != finding.location.path, *block)


def _name(location: Location, finding: Finding) -> str:
    """Name a script or cell without a line; a cell of the finding's own notebook by its number."""
    if location.cell is None:
        return location.path
    count = f" (In [{location.execution_count}])" if location.execution_count is not None else ""
    cell = f"cell {location.cell}{count}"
    return cell if location.path == finding.location.path else f"{location.path}:{cell}"


def _span(location: Location) -> tuple[object, ...]:
    return (*location.sort_key, location.end_line, location.end_column)


def _wrap(text: str, room: int) -> Iterable[str]:
    import textwrap

    return textwrap.wrap(text, max(room, _LEAST_CODE))
