"""Regular expressions that cost nothing until a rule needs them."""

from __future__ import annotations

import re
from functools import cached_property


class Pattern:
    """A regular expression that is compiled when it is first asked for.

    Every start of the program imports every rule, and most patterns of most rules are never asked.
    """

    def __init__(self, text: str, flags: int = 0):
        self._text = text
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._text, self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Look for a match anywhere in a text."""
        return self._compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Match the beginning of a text."""
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Match a whole text."""
        return self._compiled.fullmatch(text)
