"""Regular expressions that cost nothing until one is needed, and words that need none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlaudit.model.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Pattern:
    """A regular expression that is compiled when it is first asked for.

    Most patterns of most modules are never asked, and to compile one takes longer than to use it.
    """

    def __init__(self, text: str, flags: int = 0):
        self.text = text
        self._flags = flags

    @once
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.text, self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Look for a match anywhere in a text."""
        return self._compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Match the beginning of a text."""
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Match a whole text."""
        return self._compiled.fullmatch(text)

    def finditer(self, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        """Give all matches in a text from an offset on."""
        return self._compiled.finditer(text, start)

    def findall(self, text: str) -> list[Any]:
        """Give the text of all matches: of the groups, where there are any."""
        return self._compiled.findall(text)

    def split(self, text: str) -> list[str]:
        """Cut a text at all matches."""
        return self._compiled.split(text)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Replace all matches in a text."""
        return self._compiled.sub(by, text)


class Words:
    """Plain words, of which any may stand in a text: found far faster than by a pattern of them.

    With `any_case`, they are given in lower case and found in any.
    """

    def __init__(self, *words: str, any_case: bool = False):
        self.words = words
        self._any_case = any_case

    def stand_in(self, text: str) -> bool:
        """Say whether any of the words stands in a text, be it as a part of another word."""
        return any_stands_in(text.lower() if self._any_case else text, self.words)


def any_stands_in(text: str, words: Iterable[str]) -> bool:
    """Say whether any of some words stands in a text; a rare last character is missed at once."""
    for word in words:  # noqa: SIM110, a generator takes three times as long
        if word[-1] in text and word in text:
            return True
    return False
