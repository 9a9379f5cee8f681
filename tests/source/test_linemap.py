"""Every line of a cell is found again in the JSON text of its notebook."""

from __future__ import annotations

import json
from typing import Any

import nbformat as untyped_nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.source.linemap import decode

nbformat: Any = untyped_nbformat


def notebook(*sources: Any, **fields: Any) -> dict[str, Any]:
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return {"metadata": {}, "cells": cells, "nbformat": 4, "nbformat_minor": 5, **fields}


def test_each_line_is_on_its_own_physical_line() -> None:
    text = json.dumps(notebook(["import a\n", "x = 1"], ["y = 2"]), indent=1)
    lines = text.split("\n")
    first, second = decode(text).cells
    assert first.source == "import a\nx = 1"
    assert [lines[number - 1].strip() for number in first.physical_lines] == [
        '"import a\\n",',
        '"x = 1"',
    ]
    assert [lines[number - 1].strip() for number in second.physical_lines] == ['"y = 2"']


def test_a_source_in_one_string_is_on_one_physical_line() -> None:
    text = json.dumps(notebook("a\nb\nc"), indent=1)
    (cell,) = decode(text).cells
    assert len(set(cell.physical_lines)) == 1
    assert cell.physical_lines[2] == text.split("\n").index('   "source": "a\\nb\\nc"') + 1


def test_a_minified_notebook_has_no_physical_lines() -> None:
    (cell,) = decode(json.dumps(notebook(["a\n", "b"]))).cells
    assert cell.physical_lines == ()
    assert cell.source == "a\nb"


def test_cells_of_all_worksheets_are_found() -> None:
    sheets = [{"cells": [{"cell_type": "code", "input": ["a"]}]}, {"cells": [{"input": "b"}]}]
    stored = decode(json.dumps({"worksheets": sheets, "nbformat": 3}, indent=0))
    assert [cell.source for cell in stored.cells] == ["a", "b"]
    assert stored.has_cells


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"cells"',
        '{"cells": [',
        '{"cells": [{}',
        '{"cells": [{}]} x',
        '{"cells": [{"source": ["a" "b"]}]}',
        '{"cells": [{"source" ["a"]}]}',
        "{1: 2}",
        '{"cells": [,]}',
        '{"cells": [{"source": ["a",]}]}',
    ],
)
def test_broken_json_is_told(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        decode(text)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([None, 0, 2]))
def test_what_the_standard_library_reads_is_read(value: Any, indent: int | None) -> None:
    stored = decode(json.dumps({"cells": [value], "metadata": value}, indent=indent))
    assert len(stored.cells) == 1
    assert stored.fields == {"metadata": value}


LINE = st.text(alphabet='ab"\\\r\u2028\x0c\x85é{}[],:#\t', max_size=6)


@given(st.lists(st.lists(LINE, max_size=5), max_size=4), st.sampled_from([0, 1, 4]))
def test_lines_of_notebooks_as_saved(cells: list[list[str]], indent: int) -> None:
    """The notebook program splits sources at more than Python's line ends; the map follows."""
    written = nbformat.v4.new_notebook()
    written.cells = [nbformat.v4.new_code_cell("\n".join(lines)) for lines in cells]
    text = nbformat.writes(written, indent=indent)
    physical = text.split("\n")
    for stored, lines in zip(decode(text).cells, cells, strict=True):
        source = "\n".join(lines)
        assert stored.source == source
        starts = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        while starts and not starts[-1]:
            starts.pop()
        assert len(stored.physical_lines) >= len(starts)
        for start, number in zip(starts, stored.physical_lines, strict=False):
            on_file = json.loads(
                physical[number - 1].strip().rstrip(",").removeprefix('"source": ')
            )
            assert start.split("\u2028")[0].split("\x85")[0].split("\x0c")[0] in on_file
