"""One JSON object for each finding and one at the end, for programs that read line by line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.model.review import Review


def render(review: Review) -> str:
    """Write the findings as the interchange has them; the last line has the verdict."""
    last = {
        "schema_version": review.schema_version,
        "verdict": asdict(review.verdict),
        "summary": asdict(review.summary),
        "errors": [asdict(failure) for failure in review.errors],
    }
    objects = [*map(asdict, review.findings), last]
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)
