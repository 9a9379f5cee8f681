"""The interchange: the review as versioned JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model import interchange

if TYPE_CHECKING:
    from mlaudit.model.review import Review


def render(review: Review) -> str:
    """Write the review as JSON; `mlaudit config schema` gives its schema."""
    return interchange.dump(review)
