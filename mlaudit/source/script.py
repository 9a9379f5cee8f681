"""Scripts: Python text becomes a document of one unit."""

from __future__ import annotations

from mlaudit.source.document import Document, Unit


def from_text(text: str, path: str) -> Document:
    """Make a document of a script's text."""
    return Document(path, [Unit(text)])
