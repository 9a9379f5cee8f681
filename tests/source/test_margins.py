"""Indentation and prompts come off as IPython takes them off, and the shifts say how much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.source.margins import trim


@pytest.mark.parametrize(
    ("text", "trimmed", "shifts"),
    [
        ("x = 1", "x = 1", ()),
        ("if x:\n    y", "if x:\n    y", ()),
        ("  x\n  if y:\n    z\nw", "x\nif y:\n  z\nw", (2, 2, 2, 0)),
        ("\n\n  x\n y", "\n\nx\n y", (0, 0, 2, 0)),
        (">>> x\n1", "x\n1", (4, 0)),
        (">>> for i in y:\n...     z\n...", "for i in y:\n    z\n", (4, 4, 3)),
        ("  >>> x", "x", (6,)),
        ("... x", "... x", ()),
        (">>>x", ">>>x", ()),
        ("   ", "   ", ()),
        ("", "", ()),
    ],
)
def test_margins(text: str, trimmed: str, shifts: tuple[int, ...]) -> None:
    assert trim(text) == (trimmed, shifts)


@given(st.text(alphabet=" \tx>.\n", max_size=40))
def test_every_line_is_a_rest_of_what_it_was(text: str) -> None:
    trimmed, shifts = trim(text)
    lines = text.split("\n")
    assert trimmed.split("\n") == [
        line[shift:] for line, shift in zip(lines, shifts or [0] * len(lines), strict=True)
    ]


@given(st.lists(st.sampled_from(["x = 1", "if x:", "    y()", "", "# c"]), min_size=1))
def test_ipython_takes_off_the_same(lines: list[str]) -> None:
    stages = pytest.importorskip("IPython.core.inputtransformer2")
    margin = "  " if lines[0].strip() else ""
    written = [f"{margin}{line}\n" for line in lines]
    expected = "".join(stages.leading_indent(list(written)))
    if lines[0].strip() and not lines[0].startswith(" "):
        assert trim("".join(written)).text == expected
