"""The code frame: both places of a leak in one picture, whatever the code looks like."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.model.finding import Confidence, Evidence, Excerpt, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.report.columns import crop, width
from mlaudit.report.frame import frame


def finding(lines: list[str], place: Location, *evidence: Evidence, first_line: int = 1) -> Finding:
    excerpt = Excerpt("a.py", None, first_line, tuple(lines))
    return Finding(
        "X001",
        "x",
        "f",
        "m",
        Severity.ERROR,
        Confidence.HIGH,
        place,
        evidence=evidence,
        excerpts=(excerpt,),
    )


def drawn(found: Finding, columns: int = 80, **options: int) -> str:
    rows = frame(found, columns, **options)
    return "\n".join("".join(piece.text for piece in row).rstrip() for row in rows)


def span(line: int, start: int, end: int, last: int = 0) -> Location:
    return Location("a.py", line, start, last or line, end)


def test_two_places_of_one_leak_share_a_frame() -> None:
    lines = ["import x", "a = fit(d)", "", "", "", "b = split(a)", "c = 1"]
    fitted, split = span(2, 5, 11), span(6, 5, 13)
    found = finding(lines, fitted, Evidence("fitted here", fitted), Evidence("split here", split))
    expected = """\
 --> a.py:2:5
  |
1 | import x
2 | a = fit(d)
  |     ^^^^^^ fitted here
...
6 | b = split(a)
  |     -------- split here
7 | c = 1
  |"""
    assert drawn(found) == expected


def test_a_gap_of_one_line_is_shown() -> None:
    lines = ["a = 1", "b = 2", "c = 3", "d = 4", "e = 5"]
    found = finding(lines, span(1, 1, 2), Evidence("used here", span(5, 1, 2)))
    assert "3 | c = 3" in drawn(found)
    assert "..." not in drawn(found)


def test_line_numbers_of_different_lengths_stand_in_one_column() -> None:
    lines = [f"x{number} = {number}" for number in range(1, 12)]
    rows = drawn(finding(lines, span(9, 1, 3))).splitlines()
    assert {row.index("|") for row in rows[1:]} == {3}
    assert " 9 | x9 = 9" in rows
    assert "10 | x10 = 10" in rows


def test_two_places_on_one_line_have_a_row_each() -> None:
    found = finding(
        ["train, test = split(scale(X))"],
        span(1, 21, 29),
        Evidence("split here", span(1, 15, 30)),
        Evidence("fitted here", span(1, 21, 29)),
    )
    assert drawn(found).splitlines()[2:5] == [
        "1 | train, test = split(scale(X))",
        "  |               --------------- split here",
        "  |                     ^^^^^^^^ fitted here",
    ]


def test_a_place_that_plays_two_parts_is_marked_once() -> None:
    place = span(1, 1, 4)
    found = finding(["f()"], place, Evidence("fitted here", place), Evidence("scored here", place))
    assert drawn(found).count("^^^") == 1
    assert "^^^ fitted here; scored here" in drawn(found)


def test_a_place_of_several_lines_is_underlined_on_its_first() -> None:
    lines = ["model = build(", "    depth=3,", "    trees=9,", ")", "model.fit(X)"]
    found = finding(lines, span(1, 9, 2, last=4))
    assert drawn(found).splitlines()[2:-1] == [
        "1 | model = build(",
        "  |         ^^^^^^",
        "2 |     depth=3,",
        "3 |     trees=9,",
        "4 | )",
        "5 | model.fit(X)",
    ]


def test_tabs_and_wide_characters_keep_the_marks_in_place() -> None:
    text = "\tx = 特征['é'].fit(y)"
    found = finding([text], span(1, text.index("fit") + 1, text.index("fit") + 4))
    code, mark = drawn(found).splitlines()[2:4]
    assert code == "1 |     x = 特征['é'].fit(y)"
    wide = sum(unicodedata.east_asian_width(each) == "W" for each in code)
    assert mark.index("^") == code.index("fit") + wide
    assert mark.count("^") == 3


def test_a_long_line_is_cut_around_its_mark() -> None:
    text = "a = [" + "1, " * 100 + "leak(X), " + "2, " * 100 + "]"
    start = text.index("leak(X)") + 1
    found = finding([text], span(1, start, start + 7), Evidence("here", span(1, start, start + 7)))
    code, mark = drawn(found, 60).splitlines()[2:4]
    assert len(code) <= 60
    assert code[code.index("|") + 2] == "…"
    assert code.endswith("…")
    assert code[mark.index("^") : mark.rindex("^") + 1] == "leak(X)"


def test_a_label_without_room_stands_below() -> None:
    text = "x" * 30
    label = "selected here: the twenty best columns by their correlation with the target"
    found = finding([text], span(1, 1, 31), Evidence(label, span(1, 1, 31)))
    rows = drawn(found, 44).splitlines()
    assert rows[3] == "  | " + "^" * 30
    assert " ".join(row.removeprefix("  | ") for row in rows[4:-1]) == label
    assert max(map(len, rows)) <= 44


def test_cells_and_other_files_are_named_above_their_lines(hostile: Finding) -> None:
    text = drawn(hostile)
    assert text.index("étude.ipynb:cell 3 (In [5]):2:5") < text.index("::: cell 7 (In [9])")
    assert text.index("selected here: k=20") < text.index("scored here")


def test_another_file_is_named_with_its_path() -> None:
    place, other = span(1, 1, 2), Location("lib/b.py", 4, 1, 4, 2)
    found = finding(["x = 1"], place, Evidence("used here", other))
    found = replace(found, excerpts=(*found.excerpts, Excerpt("lib/b.py", None, 4, ("y = 2",))))
    assert " ::: lib/b.py\n  |\n4 | y = 2\n  | - used here" in drawn(found)


def test_a_place_without_source_is_named(hostile: Finding) -> None:
    assert drawn(hostile).splitlines()[-1] == "  = loaded here: helpers/data.py:88:5"


def test_a_finding_without_any_source_still_points_to_its_place(leak: Finding) -> None:
    text = drawn(replace(leak, excerpts=(), evidence=()))
    assert text == " --> train.py:9:5"


def test_a_long_chain_draws_some_places_and_names_the_others() -> None:
    lines = [f"step_{number}()" for number in range(1, 31)]
    chain = [Evidence(f"step {number}", span(number, 1, 7)) for number in range(1, 31)]
    text = drawn(finding(lines, span(30, 1, 7), *chain), most=3)
    assert text.count("-- step") == 2
    assert "^ step 30" in text
    assert "= step 3: a.py:3:1" in text
    assert len(text.splitlines()) < 50


def test_code_cannot_command_the_terminal() -> None:
    found = finding(["x = '\x1b[2J\u202e'"], span(1, 1, 2))
    assert "\x1b" not in drawn(found)
    assert "\u202e" not in drawn(found)


@given(
    st.lists(st.text(alphabet="ab \t特é\u0301\x1b", max_size=90), min_size=1, max_size=6),
    st.integers(1, 6),
    st.integers(1, 95),
    st.integers(1, 95),
    st.integers(30, 100),
)
def test_no_row_is_wider_than_the_terminal(
    lines: list[str], line: int, start: int, end: int, columns: int
) -> None:
    found = finding(lines, span(line, start, end), Evidence("here", span(line, start, end)))
    rows = frame(found, columns)
    assert max(width("".join(piece.text for piece in row)) for row in rows) <= columns + 1


@pytest.mark.parametrize(("start", "expected"), [(0, "abcdefghi…"), (25, "…xyzABCDE…")])
def test_crop_shows_the_wanted_column(start: int, expected: str) -> None:
    text = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"
    cut, moved = crop(text, start, 10)
    assert cut == expected
    assert cut[start - moved] == text[start]
