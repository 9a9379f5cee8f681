"""Text from other people's code does no harm in any format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mlaudit.report.escape import block, code, line, markdown, mermaid, plain

TEXT = st.text(alphabet=st.characters(), max_size=60)
MARKS = st.text(alphabet="`*_[]()<>|&#@$~\\ -+.)1ax!\n\t\x1b\u202e", max_size=40)


def words(text: str) -> str:
    """Read Markdown as GitHub does and give only the words that a reader sees."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    seen = []
    for token in tokens:
        assert token.type in {"paragraph_open", "paragraph_close", "inline"}, token.type
        for child in token.children or ():
            if child.type == "html_inline":
                assert child.content in {"<code>", "</code>"}
                continue
            assert child.type in {"text", "code_inline", "text_special"}, child.type
            seen.append(child.content)
    return "".join(seen)


@pytest.mark.parametrize(
    "hidden", ["\x1b[31m", "\u202e", "\x00", "\u2066", "\ud800", "\x9b", "\ufffe"]
)
def test_nothing_hidden_reaches_a_terminal(hidden: str) -> None:
    assert hidden[0] not in plain(f"a{hidden}b")
    assert plain(f"a{hidden}b").encode()


def test_visible_text_of_any_language_stays() -> None:
    assert plain("naïve Prüfung 训练集 👩‍🔬 ok") == "naïve Prüfung 训练集 👩‍🔬 ok"


def test_a_line_is_one_line() -> None:
    assert line("a\n  b\r\n\tc\u2028d") == "a b c d"


@given(MARKS | TEXT)
def test_markdown_shows_the_words_and_obeys_none(text: str) -> None:
    shown = words(markdown(text)).replace("\u200b", "")
    unmarked = str.maketrans("", "", "` ")
    assert shown.translate(unmarked) == line(text).replace("\u200b", "").translate(unmarked)


@given(MARKS | TEXT)
def test_a_code_span_shows_exactly_its_text(text: str) -> None:
    shown = words(f"x {code(text)} y").removeprefix("x ").removesuffix(" y").strip()
    assert shown == line(text).strip()


@given(MARKS | TEXT)
def test_a_code_block_cannot_be_left(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(block(text, "text"))
    assert [token.type for token in tokens] == ["fence"]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("`x|y` and a|b", "<code>x&#124;y</code> and a&#124;b"),
        ("an odd ` backtick", r"an odd \` backtick"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("@team #12 $x$", "@&#8203;team &#35;12 &#36;x&#36;"),
        ("random_state=0, _private", r"random_state=0, \_private"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("0.1.0", "0.1.0"),
        ("of `X`.", "of `X`."),
    ],
)
def test_what_markdown_looks_like(text: str, escaped: str) -> None:
    assert markdown(text) == escaped


@given(MARKS | TEXT)
def test_a_mermaid_label_cannot_be_left(text: str) -> None:
    label = mermaid(text)
    assert not set('"[]{}<>|`\n\\') & set(label)
    assert "%%" not in label
