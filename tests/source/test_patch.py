"""Changes reach the bytes of a file, and no other byte moves."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.source.patch import Change, UnpatchableError, overlap, patch
from mlaudit.source.read import read_bytes


def patched(content: bytes, *changes: tuple[int, int, int, int, str], suffix: str = ".py") -> bytes:
    document = read_bytes(content, suffix, f"x{suffix}")
    return patch(content, document, [Change(*change) for change in changes]).content


def notebook(*sources: object, **options: object) -> bytes:
    cells = [
        {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [], "source": source}
        for source in sources
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    given = {"indent": 1, "ensure_ascii": False, **options}
    return json.dumps(book, **given).encode() + b"\n"  # type: ignore[arg-type]


def sources(content: bytes) -> list[object]:
    return [cell["source"] for cell in json.loads(content.decode("utf-8-sig"))["cells"]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x = 1\ny = 2\n", b"x = 9\ny = 2\n"),
        (b"x = 1\r\ny = 2\r\n", b"x = 9\r\ny = 2\r\n"),
        (b"x = 1\ry = 2\r", b"x = 9\ry = 2\r"),
        (b"\xef\xbb\xbfx = 1\ny = 2", b"\xef\xbb\xbfx = 9\ny = 2"),
        ("x = 1  # é\n# coding: no\n".encode(), "x = 9  # é\n# coding: no\n".encode()),
        (b"x = 1\n# coding: latin-1\n#", b"x = 9\n# coding: latin-1\n#"),
    ],
)
def test_only_the_stretch_changes(before: bytes, after: bytes) -> None:
    assert patched(before, (1, 5, 1, 6, "9")) == after


def test_the_declared_encoding_stays() -> None:
    before = b"# coding: latin-1\nx = '\xe9' + y\n"
    assert patched(before, (2, 11, 2, 12, "'\xe8'")) == before.replace(b"y", b"'\xe8'")


def test_new_lines_end_as_the_line_does_where_they_are_put() -> None:
    assert patched(b"a\r\nb\n", (1, 2, 1, 2, "\nnew")) == b"a\r\nnew\r\nb\n"
    assert patched(b"a\r\nb\nc", (3, 2, 3, 2, "\nnew")) == b"a\r\nb\nc\nnew"
    assert patched(b"a", (1, 2, 1, 2, "\nnew")) == b"a\nnew"


def test_several_changes_of_one_line() -> None:
    assert patched(b"f(a, b)\n", (1, 3, 1, 4, "b"), (1, 6, 1, 7, "a")) == b"f(b, a)\n"


def test_text_that_an_encoding_lacks_is_refused() -> None:
    with pytest.raises(UnpatchableError, match="latin-1"):
        patched(b"# coding: latin-1\nx = 1\n", (2, 5, 2, 6, "'\u20ac'"))


def test_overlapping_changes_are_refused() -> None:
    assert overlap([Change(1, 1, 1, 4, "x"), Change(1, 3, 1, 5, "y")])
    assert not overlap([Change(1, 1, 1, 3, "x"), Change(1, 3, 1, 5, "y")])
    with pytest.raises(UnpatchableError):
        patched(b"abcdef\n", (1, 1, 1, 4, "x"), (1, 3, 1, 5, "y"))


def test_a_line_of_a_notebook_is_changed_within_its_string() -> None:
    before = notebook(["import this\n", "x = 'é' + \"\\t\"\n", "y = 1"], ["z = 1\n", "w"])
    after = patched(before, (2, 1, 2, 2, "name"), suffix=".ipynb")
    assert after == before.replace(b'"x = ', b'"name = ')


def test_a_line_is_put_between_two_lines_of_a_notebook() -> None:
    before = notebook(["a = 1\n", "b = 2"])
    after = patched(before, (1, 6, 1, 6, "\nnew = 'é'"), suffix=".ipynb")
    assert after == notebook(["a = 1\n", "new = 'é'\n", "b = 2"])


def test_a_line_is_put_behind_the_last_of_a_cell() -> None:
    before = notebook(["a = 1"], ["b = 2"])
    after = patched(before, (1, 6, 1, 6, "\nnew\nlines"), suffix=".ipynb")
    assert after == notebook(["a = 1\n", "new\n", "lines"], ["b = 2"])


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_line_is_taken_out_of_a_cell(line: int) -> None:
    lines = ["a\n", "b\n", "c"]
    end = (line + 1, 1) if line < 3 else (3, 2)
    start = (line, 1) if line < 3 else (2, 2)
    after = patched(notebook(lines), (*start, *end, ""), suffix=".ipynb")
    left = [one for number, one in enumerate(lines, 1) if number != line]
    assert after == notebook([*left[:-1], left[-1].rstrip("\n") if line == 3 else left[-1]])


@pytest.mark.parametrize(
    "options",
    [{"indent": None}, {"indent": None, "separators": (",", ":")}, {"ensure_ascii": True}],
)
def test_any_layout_of_the_json_stays(options: dict[str, object]) -> None:
    before = notebook(["a = 'ü'\n", "b"], "one\nstring", **options)
    after = patched(before, (1, 8, 1, 8, "\n# ö"), (3, 4, 3, 4, "\nmore"), suffix=".ipynb")
    assert after == notebook(["a = 'ü'\n", "# ö\n", "b"], "one\nmore\nstring", **options)


def test_escapes_of_a_touched_string_stay_as_they_are() -> None:
    before = notebook("x").replace(b'"x"', rb'"a = \"\u00e9\ud83d\ude00\/\" + 1\nb"')
    after = patched(before, (1, 13, 1, 14, "2"), suffix=".ipynb")
    assert after == before.replace(b"+ 1", b"+ 2")


def test_a_mark_at_the_start_of_a_notebook_stays() -> None:
    before = b"\xef\xbb\xbf" + notebook(["a"])
    assert patched(before, (1, 1, 1, 2, "b"), suffix=".ipynb") == before.replace(b'"a"', b'"b"')


def test_magics_and_margins_are_left_alone() -> None:
    for source in ("%matplotlib inline\nx", "  x = 1\n  y"):
        with pytest.raises(UnpatchableError):
            patched(notebook(source), (1, 1, 1, 2, "b"), suffix=".ipynb")
    after = patched(notebook("%matplotlib inline\nx"), (2, 1, 2, 2, "y"), suffix=".ipynb")
    assert sources(after) == ["%matplotlib inline\ny"]


def test_a_change_does_not_reach_over_cells() -> None:
    with pytest.raises(UnpatchableError):
        patched(notebook(["a"], ["b"]), (1, 1, 2, 2, "c"), suffix=".ipynb")


def test_the_change_is_told_as_the_file_has_it() -> None:
    content = notebook(["a\n", "b"])
    document = read_bytes(content, ".ipynb", "x.ipynb")
    (stored,) = patch(content, document, [Change(2, 1, 2, 2, "c")]).stored
    line = content.decode().split("\n")[stored.line - 1]
    assert line[stored.column - 1 : stored.end_column - 1] == "b"
    assert stored.line == stored.end_line
    assert stored.text == "c"


@given(
    st.lists(
        st.text(st.sampled_from('ab"\\é\u2028\t \U0001f600'), max_size=5), min_size=1, max_size=5
    ),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_any_stretch_of_any_source(
    lines: list[str], listed: bool, ascii_only: bool, data: st.DataObject
) -> None:
    text = "\n".join(f"x{line}" for line in lines)
    pieces = text.splitlines(keepends=True) if listed and "\u2028" not in text else text
    content = notebook(pieces, ensure_ascii=ascii_only)
    rows = text.split("\n")
    first = data.draw(st.integers(1, len(rows)))
    last = data.draw(st.integers(first, len(rows)))
    start = data.draw(st.integers(1, len(rows[first - 1]) + 1))
    low = start if first == last else 1
    end = data.draw(st.integers(low, len(rows[last - 1]) + 1))
    new = data.draw(st.text(st.sampled_from('xy\n"é'), max_size=4))
    after = patched(content, (first, start, last, end, new), suffix=".ipynb")
    expected = "\n".join(
        [
            *rows[: first - 1],
            rows[first - 1][: start - 1] + new + rows[last - 1][end - 1 :],
            *rows[last:],
        ]
    )
    assert "".join(sources(after)[0]) == expected  # type: ignore[arg-type]
    assert json.loads(after)["metadata"] == {}
