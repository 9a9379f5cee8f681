"""What IPython takes away on the left of a cell: its first line's indentation, pasted prompts."""

from __future__ import annotations

import re
from typing import NamedTuple

_FIRST_LINE = re.compile(r"(?:[ \t]*\n)*(?P<margin>[ \t]*)(?P<prompt>>>> )?(?=\S)")
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)")


class Trimmed(NamedTuple):
    """A text, and how many characters each of its lines has lost (empty: none has)."""

    text: str
    shifts: tuple[int, ...]


def trim(text: str) -> Trimmed:
    """Take the first line's indentation, and `>>>` prompts, from all lines that have them."""
    if not text[:1].isspace() and not text.startswith(">>> "):
        return Trimmed(text, ())
    first = _FIRST_LINE.match(text)
    if first is None or not (first["margin"] or first["prompt"]):
        return Trimmed(text, ())
    margin = first["margin"]
    lines, shifts = [], []
    for line in text.split("\n"):
        shift = len(margin) if line.startswith(margin) else 0
        prompt = _PROMPT.match(line, shift) if first["prompt"] else None
        shift = prompt.end() if prompt else shift
        lines.append(line[shift:])
        shifts.append(shift)
    return Trimmed("\n".join(lines), tuple(shifts))
