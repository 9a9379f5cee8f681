"""Strings, comments and logical lines are told apart, also in text that is no Python."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.source.lexing import comments, statement


def test_comments_know_their_place() -> None:
    found = list(comments("# a\nx = '# no'  # b\n'''\n# no\n'''  # c"))
    assert found == [(1, 1, "# a"), (2, 13, "# b"), (5, 6, "# c")]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("x = 1\ny", "x = 1\n"),
        ("f(a,\n b)\ny", "f(a,\n b)\n"),
        ("x = 1 + \\\n 2\ny", "x = 1 + \\\n 2\n"),
        ("s = '''a\nb'''\ny", "s = '''a\nb'''\n"),
        ("s = r'\\'\ny", "s = r'\\'\n"),
        ("s = 'it''s'  # (\ny", "s = 'it''s'  # (\n"),
        ("s = 'never closed\ny", "s = 'never closed\n"),
        ("x)\ny", "x)\n"),
        ("f(a,\n b", "f(a,\n b"),
    ],
)
def test_a_statement_ends_with_its_logical_line(text: str, first: str) -> None:
    assert text[: statement(text, 0).end] == first


FRAGMENT = st.sampled_from(
    [
        "# c",
        "x = 1",
        "'#'",
        '"a\\"#"',
        "'''\n#\n'''",
        '"""\'#"""',
        "f(\n1, # d\n)",
        "r'\\\\'",
        "b'#' # e",
        "",
    ]
)


@given(st.lists(FRAGMENT, max_size=8).map("\n".join))
def test_comments_are_those_of_tokenize(text: str) -> None:
    expected = [
        (*token.start, token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    assert [(line, column - 1, found) for line, column, found in comments(text)] == expected
