"""Review ↔ JSON; pydantic reads the dataclasses, so that there is one definition of the shape."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from mlaudit.model.review import Review

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def dump(review: Review) -> str:
    """Write a review as indented JSON text, ending in a newline."""
    return json.dumps(asdict(review), ensure_ascii=False, indent=2) + "\n"


def load(text: str | bytes) -> Review:
    """Read a review; raises `pydantic.ValidationError` for text of another shape."""
    return _adapter().validate_json(text)


def schema() -> dict[str, Any]:
    """Give the JSON Schema of a review."""
    return _adapter().json_schema()


@cache
def _adapter() -> TypeAdapter[Review]:
    from pydantic import TypeAdapter

    from mlaudit.model.profile import Profile  # noqa: F401 - a field of a review is one

    return TypeAdapter(Review)
