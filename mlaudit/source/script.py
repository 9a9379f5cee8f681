"""Scripts: Python text becomes a document of one unit, with the cells of `# %%` scripts marked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from mlaudit.source.document import Document, Problem, Unit
from mlaudit.source.lexing import comments
from mlaudit.source.magics import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKER = re.compile(r"#[ \t]*(?:%%|In[ ]?\[[\d ]*\]:?[ \t]*$|<codecell>|<markdowncell>)")


def from_text(text: str, path: str, transparent: frozenset[str] = frozenset()) -> Document:
    """Make a document of a script's text; magics are understood in scripts that have cells."""
    text = unify_line_ends(text)
    starts = list(_cell_starts(text))
    if not starts:
        return Document(path, [Unit(text)])
    document = Document(path, [])
    lines = text.split("\n")
    bounds = [0, *(start - 1 for start in starts if start > 1), len(lines)]
    pieces: list[str] = []
    for first, end in pairwise(bounds):
        neutral = neutralise("\n".join(lines[first:end]), transparent)
        if neutral.opaque:
            message = f"the cell is written in another language (%%{neutral.magic})"
            document.problems.append(Problem(message, line=first + 1))
        pieces.append(neutral.text)
    document.units.append(Unit("\n".join(pieces), written=text))
    document.cell_ends = tuple(bounds[1:])
    return document


def unify_line_ends(text: str) -> str:
    r"""Write `\r\n` and `\r` as `\n`: what Python counts as lines, and nothing else is."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _cell_starts(text: str) -> Iterator[int]:
    """List the lines of the comments that start a cell: `# %%`, `# In[3]:`."""
    if "%%" not in text and "In[" not in text and "In [" not in text and "codecell>" not in text:
        return
    if not re.search(rf"^{_MARKER.pattern}", text, re.MULTILINE):
        return
    for comment in comments(text):
        if comment.column == 1 and _MARKER.match(comment.text):
            yield comment.line
