from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.model.pattern import Pattern

WORD = Pattern(r"(a)(b*)", re.IGNORECASE)
PLAIN = re.compile(WORD.text, re.IGNORECASE)


@given(st.text(alphabet="aAbB \n", max_size=12), st.integers(0, 12))
def test_it_finds_what_the_library_finds(text: str, start: int) -> None:
    def spans(matches: list[re.Match[str] | None]) -> list[tuple[int, int] | None]:
        return [match and match.span() for match in matches]

    ours = [WORD.search(text), WORD.match(text), WORD.fullmatch(text), *WORD.finditer(text, start)]
    theirs = [
        PLAIN.search(text),
        PLAIN.match(text),
        PLAIN.fullmatch(text),
        *PLAIN.finditer(text, start),
    ]
    assert spans(ours) == spans(theirs)
    assert WORD.findall(text) == PLAIN.findall(text)
    assert WORD.sub(r"<\2>", text) == PLAIN.sub(r"<\2>", text)


def test_it_is_compiled_when_first_asked() -> None:
    broken = Pattern("(")
    with pytest.raises(re.error):
        broken.search("")
