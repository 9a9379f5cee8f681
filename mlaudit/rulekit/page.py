"""A rule's page: Markdown beside the rule, with fixed headings and executed examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = (
    "What it finds",
    "Why it matters",
    "Bad",
    "Good",
    "When it is fine",
    "Limits",
    "References",
)
_BLOCK = re.compile(r"^```python (bad|good)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@frozen
class Page:
    """A page's text, the headings found in it, and its examples."""

    text: str
    headings: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]


def read(path: Path) -> Page:
    """Read a page; raises OSError when there is none."""
    text = path.read_text(encoding="utf-8")
    blocks = _BLOCK.findall(text)
    return Page(
        text=text,
        headings=tuple(_HEADING.findall(text)),
        bad=tuple(code for kind, code in blocks if kind == "bad"),
        good=tuple(code for kind, code in blocks if kind == "good"),
    )
