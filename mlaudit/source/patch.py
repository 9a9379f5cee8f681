"""Puts changes into the bytes of a file, and leaves every other byte as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Stored
from mlaudit.model.frozen import frozen
from mlaudit.source.cells import cell_splices
from mlaudit.source.read import encoding_of
from mlaudit.source.splices import Change, Lines, Splice, UnpatchableError, spliced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlaudit.source.document import Document

__all__ = ["Change", "Patched", "UnpatchableError", "overlap", "patch"]


@frozen
class Patched:
    """A file with changes in it, and each change as it was made in the text of the file."""

    content: bytes
    stored: tuple[Stored, ...]


def patch(content: bytes, document: Document, changes: Sequence[Change]) -> Patched:
    """Put changes into a file of which `document` was made; they are given in their order.

    Raises `UnpatchableError` where they overlap, where a magic or a margin stands in their way, and
    where the file cannot be written as it was read.
    """
    encoding = _encoding(content, document)
    text = content.decode(encoding)
    if text.encode(encoding) != content:
        raise UnpatchableError("its encoding cannot be written back")
    _check(document, changes)
    if document.is_notebook:
        splices = cell_splices(text, document, changes)
    else:
        lines = Lines(text)
        splices = [lines.splice(change.start, change.end, change.text) for change in changes]
    try:
        made = spliced(text, splices).encode(encoding)
    except UnicodeEncodeError:
        raise UnpatchableError(f"its encoding, {encoding}, cannot hold the new text") from None
    return Patched(made, tuple(_stored(Lines(text), splices)))


def overlap(changes: Iterable[Change]) -> bool:
    """Say whether some of the changes, in their order, touch the same text."""
    end = (0, 0)
    for change in changes:
        if change.start < end or change.end < change.start:
            return True
        end = change.end
    return False


def _encoding(content: bytes, document: Document) -> str:
    if document.is_notebook:
        return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    return encoding_of(content)


def _check(document: Document, changes: Sequence[Change]) -> None:
    if overlap(changes):
        raise UnpatchableError("the changes overlap")
    written = document.written_lines
    for change in changes:
        unit = document.unit_at(change.line)
        if unit is not document.unit_at(change.end_line):
            raise UnpatchableError("a change reaches over cells")
        for line in range(change.line, change.end_line + 1):
            if unit.shift(line) or document.lines[line - 1] != written[line - 1]:
                raise UnpatchableError("a magic or a margin stands there")


def _stored(lines: Lines, splices: Iterable[Splice]) -> Iterable[Stored]:
    for splice in splices:
        yield Stored(*lines.position(splice.start), *lines.position(splice.end), splice.text)
