"""How often each rule found something."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.report.concise import verdict

if TYPE_CHECKING:
    from mlaudit.model.review import Review


def render(review: Review, *, summary: bool = True) -> str:
    """Write `count CODE name` lines, the most frequent first; the last line is the verdict."""
    found = Counter((finding.code, finding.name) for finding in review.findings)
    rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    digits = max((len(str(count)) for _, count in rows), default=0)
    lines = [f"{count:>{digits}} {code} {name}" for (code, name), count in rows]
    if summary:
        lines.append(verdict(review))
    return "".join(f"{text}\n" for text in lines)
