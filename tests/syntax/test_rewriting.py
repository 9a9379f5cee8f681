"""New arguments are written as their neighbours are."""

from __future__ import annotations

import pytest

from mlaudit.syntax.rewriting import with_keyword


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(k=1)"),
        ("f( )", "f(k=1)"),
        ("f(a)", "f(a, k=1)"),
        ("f(a,)", "f(a, k=1,)"),
        ("f(a,b)", "f(a,b,k=1)"),
        ("f( a, b )", "f( a, b, k=1 )"),
        ("f(a)(b)", "f(a)(b, k=1)"),
        ("f(a,\n  b)", "f(a,\n  b,\n  k=1)"),
        ("f(a, b,\n  c)", "f(a, b,\n  c, k=1)"),
        ("f(\n    a\n)", "f(\n    a,\n    k=1\n)"),
        ("f(\n    a,\n    b,\n)", "f(\n    a,\n    b,\n    k=1,\n)"),
        ("f(\n    a,  # why\n)", "f(\n    a,  # why\n    k=1,\n)"),
        ("f(\n    a,\n    b  # why\n)", "f(\n    a,\n    b,  # why\n    k=1\n)"),
    ],
)
def test_a_keyword_comes_last(before: str, after: str) -> None:
    assert with_keyword(before, "k", "1") == after


@pytest.mark.parametrize("text", ["f", "f(a for a in b)", "f(", "(f(a))", "a\n.f(b)"])
def test_what_cannot_be_rewritten(text: str) -> None:
    assert with_keyword(text, "k", "1") is None
