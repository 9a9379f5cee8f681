"""Scripts: Python text becomes a document of one unit, with the cells of `# %%` scripts marked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern
from mlaudit.source.document import Document, Problem, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKER = Pattern(r"#[ \t]*(?:%%|In[ ]?\[[\d ]*\]:?[ \t]*$|<codecell>|<markdowncell>)")
_QUOTED_CODE = Pattern(
    r"""get_ipython\(\)\.(?:
          run_cell_magic\(\s*u?['"](?!(?:bash|sh|html|HTML|javascript|latex|markdown)['"])
        | run_line_magic\(\s*u?['"](?=(?:time|timeit|prun|memit)['"])
        | magic\(\s*u?['"](?=(?:time|timeit|prun|memit)\b)
    )(?P<name>\w+)""",
    re.VERBOSE,
)


def from_text(text: str, path: str, transparent: frozenset[str] = frozenset()) -> Document:
    """Make a document of a script's text; magics are understood in scripts that have cells."""
    text = unify_line_ends(text)
    starts = list(_cell_starts(text))
    document = (
        _in_cells(text, starts, path, transparent) if starts else Document(path, [Unit(text)])
    )
    document.problems += _quoted_code(text)
    if document.is_marked:
        from mlaudit.source.directives import malformed

        document.problems += malformed(document)
    return document


def _in_cells(text: str, starts: list[int], path: str, transparent: frozenset[str]) -> Document:
    from mlaudit.source.magics import hidden_by, neutralise

    document = Document(path, [])
    lines = text.split("\n")
    bounds = [0, *(start - 1 for start in starts if start > 1), len(lines)]
    pieces: list[str] = []
    for first, end in pairwise(bounds):
        written = "\n".join(lines[first:end])
        neutral = neutralise(written, transparent)
        hidden = hidden_by(neutral.magic, written) if neutral.opaque else None
        if hidden is not None:
            document.problems.append(Problem(hidden, line=first + 1))
        pieces.append(neutral.text)
    document.units.append(Unit("\n".join(pieces), written=text))
    document.cell_ends = tuple(bounds[1:])
    return document


def _quoted_code(text: str) -> Iterator[Problem]:
    """Find the magics of an exported notebook that hold code in a string, out of sight."""
    if "get_ipython()" in text:
        for match in _QUOTED_CODE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            message = f"the code that a string gives to the magic {match['name']!r} is not examined"
            yield Problem(message, line=line)


def unify_line_ends(text: str) -> str:
    r"""Write `\r\n` and `\r` as `\n`: what Python counts as lines, and nothing else is."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _cell_starts(text: str) -> Iterator[int]:
    """List the lines of the comments that start a cell: `# %%`, `# In[3]:`."""
    if "%%" not in text and "In[" not in text and "In [" not in text and "codecell>" not in text:
        return
    if not re.search(rf"^{_MARKER.text}", text, re.MULTILINE):
        return
    from mlaudit.source.lexing import comments

    for comment in comments(text):
        if comment.column == 1 and _MARKER.match(comment.text):
            yield comment.line
