"""Scripts, and the cells of `# %%` scripts."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.source.script import from_text, unify_line_ends


def test_a_script_is_one_unit() -> None:
    found = from_text("x = 1\nfit(x)\n", "train.py")
    assert [unit.text for unit in found.units] == ["x = 1\nfit(x)\n"]
    assert found.cell_ends == ()
    place = found.place(ast.parse(found.text).body[1])
    assert str(place.location) == "train.py:2:1"
    assert place.location.physical_line == 2


def test_columns_count_characters() -> None:
    found = from_text("é = '😀'; fit()\n", "train.py")
    place = found.place(ast.parse(found.text).body[1])
    assert (place.location.column, place.text) == (10, "fit()")


@pytest.mark.parametrize("marker", ["# %%", "#%%", "# %% [markdown]", "# In[3]:", "# In[ ]:"])
def test_markers_end_cells(marker: str) -> None:
    found = from_text(f"a = 1\n\n{marker}\nb = 2\nb\n{marker}\nc = 3", "train.py")
    assert len(found.units) == 1
    assert found.cell_ends == (2, 5, 7)
    assert [found.cell_lines(line) for line in (1, 3, 5, 7)] == [(1, 2), (3, 5), (3, 5), (6, 7)]


def test_a_marker_on_the_first_line_opens_no_empty_cell() -> None:
    assert from_text("# %%\na = 1\n# %%\nb = 2", "train.py").cell_ends == (2, 4)


@pytest.mark.parametrize(
    "text",
    ["s = '''\n# %%\n'''\n", "x = 1  # %%\n", "x = a %% b\n", "# In[3] we saw that\n"],
)
def test_what_only_looks_like_a_marker(text: str) -> None:
    assert from_text(text, "train.py").cell_ends == ()


def test_magics_of_cell_scripts_are_neutralised() -> None:
    found = from_text("# %%\n%matplotlib inline\nx = !ls\n# %%\n# %time f()\ny = 1", "train.py")
    assert found.lines[1:3] == ["pass              ", "x = ___"]
    assert found.lines[4:] == ["# %time f()", "y = 1"]
    assert found.written_lines[1] == "%matplotlib inline"


def test_magics_of_plain_scripts_are_errors() -> None:
    assert from_text("%matplotlib inline\n", "train.py").lines[0] == "%matplotlib inline"


def test_a_cell_of_another_language_is_left_out_and_told() -> None:
    found = from_text("# %%\nx = 1\n# %%\n%%sql\nselect 1\n# %%\ny = 2\n", "train.py")
    assert found.lines == ["# %%", "x = 1", "", "", "", "# %%", "y = 2", ""]
    assert [(problem.line, problem.fatal) for problem in found.problems] == [(3, False)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("get_ipython().run_cell_magic('time', '', 'model.fit(X)')", [1]),
        ("x = 1\nget_ipython().run_line_magic('timeit', 'f(x)')", [2]),
        ("get_ipython().magic('time f(x)')", [1]),
        ("get_ipython().run_cell_magic('bash', '', 'ls')", []),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", []),
        ("get_ipython().magic('matplotlib inline')", []),
    ],
)
def test_code_that_an_export_has_put_into_strings_is_told(text: str, lines: list[int]) -> None:
    assert [problem.line for problem in from_text(text, "train.py").problems] == lines


@given(st.text(alphabet="a =1#'\n\r\x0c\x0b\x1c\x85\u2028", max_size=30))
def test_lines_are_what_python_counts(text: str) -> None:
    """`ast` knows three line ends; `str.splitlines` knows more, and would be wrong."""
    unified = unify_line_ends(f"{text}\nlast = 1")
    try:
        last = ast.parse(f"{text}\nlast = 1").body[-1]
    except (SyntaxError, ValueError):
        return
    assert unified.split("\n")[last.lineno - 1].strip("\x0c ").startswith("last")
