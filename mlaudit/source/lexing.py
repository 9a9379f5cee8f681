"""Strings, comments and brackets: just enough lexing to know where statements start.

Unlike `tokenize` it never fails, which broken cells and cells with magics need.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

# A string that is never closed ends with its line, or with the text where it is triple-quoted.
_TOKEN = Pattern(
    r'''
      """ (?: [^"\\]++ | \\. | "(?!"") )*+ (?: """ | \\?\Z )
    | \'\'\' (?: [^'\\]++ | \\. | '(?!'') )*+ (?: \'\'\' | \\?\Z )
    | " (?: [^"\\\n]++ | \\. )*+ "?
    | ' (?: [^'\\\n]++ | \\. )*+ '?
    | \#[^\n]*
    | [()\[\]{}]
    | \\\n
    | \n
    | = [ \t]* (?=[!%])
    ''',
    re.DOTALL | re.VERBOSE,
)


class Comment(NamedTuple):
    """A comment with its `#`; `line` and `column` count from 1."""

    line: int
    column: int
    text: str


class Statement(NamedTuple):
    """Where a logical line ends (past its newline), and where a magic assigned in it starts."""

    end: int
    assigned_magic: int | None


def comments(text: str) -> Iterator[Comment]:
    """List the comments of a text; what looks like one within a string is none."""
    line, last = 1, 0
    for match in _TOKEN.finditer(text):
        start = match.start()
        if text[start] == "#":
            line += text.count("\n", last, start)
            last = start
            yield Comment(line, start - text.rfind("\n", 0, start), match.group())


def statement(text: str, start: int) -> Statement:
    """Find the end of the logical line that starts at an offset.

    The search stops at a magic that is assigned to something (`x = !ls`), which is no Python.
    """
    depth = 0
    for match in _TOKEN.finditer(text, start):
        kind = text[match.start()]
        if kind in "([{":
            depth += 1
        elif kind in ")]}":
            depth = max(0, depth - 1)
        elif depth == 0 and kind == "\n":
            return Statement(match.end(), None)
        elif depth == 0 and kind == "=":
            return Statement(escaped_end(text, match.end()), match.end())
    return Statement(len(text), None)


def escaped_end(text: str, start: int) -> int:
    """Find the end, past its newline, of a line that only a backslash can continue."""
    end = start
    while True:
        newline = text.find("\n", end)
        if newline < 0:
            return len(text)
        end = newline + 1
        if text[newline - 1] != "\\" or newline == start:
            return end
