"""Which finding of a file is which, before and after an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.source.splices import Lines, spliced

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from mlaudit.engine.anchors import Anchored
    from mlaudit.source.document import Document
    from mlaudit.source.splices import Change

    Key = Callable[[Anchored], Hashable]

_GONE = "in the edit"


class Shift:
    """Where the places of a document have gone by changes, given in their order."""

    def __init__(self, before: Document, after: Document, changes: Sequence[Change]):
        self._before = before
        self._after = after
        self._lines = Lines(before.text)
        self._splices = [
            self._lines.splice(change.start, change.end, change.text) for change in changes
        ]
        self._moved = Lines(spliced(before.text, self._splices))

    def old(self, one: Anchored) -> Hashable:
        """Give the new line and column of a finding from before."""
        offset = self._lines.offset(*_spot(self._before, one))
        moved = offset
        for splice in self._splices:
            if splice.start <= offset < splice.end:
                return _GONE
            if splice.end <= offset:
                moved += len(splice.text) - (splice.end - splice.start)
        return self._moved.position(moved)

    def new(self, one: Anchored) -> Hashable:
        """Give the line and column of a finding from after."""
        return _spot(self._after, one)

    def touched(self, one: Anchored) -> Hashable:
        """Say whether a finding from after stands in what was written."""
        offset, moved = self._moved.offset(*_spot(self._after, one)), 0
        for splice in self._splices:
            start = splice.start + moved
            if start <= offset < start + len(splice.text):
                return _GONE
            moved += len(splice.text) - (splice.end - splice.start)
        return None


def pairs(
    before: Iterable[Anchored], after: Iterable[Anchored], shift: Shift
) -> list[tuple[Anchored, Anchored]]:
    """Find for each finding the one that it has become.

    Those are of one code: first the one at its place, then one of its identity, then one of its
    statement, which was moved, then any in the text of the edit if it was in the text before.
    """
    found: list[tuple[Anchored, Anchored]] = []
    left, right = list(before), list(after)
    ways: tuple[tuple[Key, Key], ...] = (
        (shift.old, shift.new),
        (_identity, _identity),
        (_statement, _statement),
        (shift.old, shift.touched),
    )
    for old, new in ways:
        waiting: dict[Hashable, list[Anchored]] = {}
        for one in right:
            waiting.setdefault((one.finding.code, new(one)), []).append(one)
        for one in list(left):
            if others := waiting.get((one.finding.code, old(one))):
                other = others.pop(0)
                found.append((one, other))
                left.remove(one)
                right.remove(other)
    return found


def _identity(one: Anchored) -> Hashable:
    return one.finding.fingerprint


def _statement(one: Anchored) -> Hashable:
    return one.anchor.statement


def _spot(document: Document, one: Anchored) -> tuple[int, int]:
    location = one.finding.location
    line = document.line_of(location) or location.line
    return line, location.column - document.unit_at(line).shift(line)
