"""Units become one tree with document lines; what does not parse loses only itself."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text
from mlaudit.syntax.parse import parse

if TYPE_CHECKING:
    from mlaudit.source.document import Document


def notebook(*sources: str) -> Document:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return from_json(json.dumps({"cells": cells, "metadata": {}}), "a.ipynb")


def lines(tree: ast.Module) -> list[int]:
    return [statement.lineno for statement in tree.body]


def messages(document: Document) -> list[tuple[int | None, int | None, str, bool]]:
    return [(one.cell, one.line, one.message, one.fatal) for one in document.problems]


def test_cells_make_one_tree() -> None:
    document = notebook("a = 1\nb = 2", "", "# c", "def f():\n    return 1")
    tree = parse(document)
    assert lines(tree) == [1, 2, 5]
    assert document.problems == []
    assert document.place(tree.body[2]).location.cell == 4
    assert ast.unparse(tree) == "a = 1\nb = 2\n\ndef f():\n    return 1"


@pytest.mark.parametrize(
    ("broken", "line", "forgotten"),
    [
        ("x = = 1", 1, "x"),
        ("x = 1\nif x:", 2, "x"),
        ("f(1,\n  a = 2", 1, ""),
        ("'''", 1, ""),
        ("ok = 1\nnot ok = 2", 2, "ok"),
        ("def f():\n    y = 1\na, b = f()\nfor c in a:\n    b += 1\nprint b", 6, "f, a, b"),
        ("x.y = 1\nx[0] = 2\nx == 3\nprint x", 4, ""),
    ],
)
def test_a_broken_cell_loses_only_itself_and_what_it_binds(
    broken: str, line: int, forgotten: str
) -> None:
    document = notebook("a = 1", broken, "b = 2\nc = 3")
    tree = parse(document)
    lost = [f"del {forgotten}"] if forgotten else []
    assert ast.unparse(tree).split("\n") == ["a = 1", *lost, "b = 2", "c = 3"]
    first = document.units[2].first_line
    assert lines(tree) == [1, *(document.units[1].first_line for _ in lost), first, first + 1]
    ((cell, at, message, fatal),) = messages(document)
    assert (cell, at, fatal) == (2, line, False)
    assert message.startswith(("syntax error: ", "written for Python 2 "))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("f(1,", "2)"),
        ("if x:", "    y = 1"),
        ("if x:\n    y", "else:\n    z"),
        ("s = '''", "'''"),
        ("x = 1 + \\", "2"),
        ("@decorate", "def f(): pass"),
        ("@decorate(\n", ")\ndef f(): pass"),
    ],
)
def test_a_statement_does_not_reach_into_the_next_cell(first: str, second: str) -> None:
    """Joined, such cells would parse; IPython runs them one by one."""
    document = notebook("a = 1", first, second, "b = 2")
    tree = parse(document)
    assert {problem.cell for problem in document.problems} & {2, 3}
    assert ast.unparse(tree).startswith("a = 1\n")
    assert ast.unparse(tree).endswith("b = 2")


def test_an_indented_cell_does_not_join_the_block_above_it() -> None:
    tree = parse(notebook("if x:\n    y", "    z"))
    assert ast.unparse(tree) == "if x:\n    y\nz"


def test_a_script_that_does_not_parse_is_lost() -> None:
    document = from_text("x = 1\nfor i in range(3)\n    pass\n", "a.py")
    assert parse(document).body == []
    assert messages(document) == [(None, 2, "syntax error: expected ':'", True)]


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("print 'score', s", "print 'score', s"),
        ("print s", "print s"),
        ("exec 'x = 1'", "exec 'x = 1'"),
        ("x = 0777", "x = 0777"),
        (f"print '{'x' * 60}'", f"print '{'x' * 32}…"),
    ],
)
def test_python_2_is_recognised(statement: str, shown: str) -> None:
    document = from_text(f"x = 1\n{statement}\n", "a.py")
    parse(document)
    assert messages(document) == [(None, 2, f"written for Python 2 ({shown})", True)]


def test_python_2_except_is_recognised() -> None:
    document = from_text("try:\n    f()\nexcept E, e:\n    pass\n", "a.py")
    parse(document)
    assert messages(document) == [(None, 3, "written for Python 2 (except E, e:)", True)]


def test_marks_of_a_merge_are_recognised() -> None:
    text = "x = 1\n<<<<<<< HEAD\nx = 2\n=======\nx = 3\n>>>>>>> 28a0459 (two more)\n"
    document = from_text(text, "a.py")
    parse(document)
    assert messages(document) == [(None, 2, "a merge is not resolved (<<<<<<< HEAD)", True)]


def test_odd_escapes_are_no_warnings_of_ours() -> None:
    document = from_text("x = '\\d'\ny = 1 is 1\n", "a.py")
    assert len(parse(document).body) == 2


def test_lone_surrogates_in_scripts_do_no_harm() -> None:
    document = from_text("x = '\ud800'\n", "a.py")
    assert parse(document).body == []
    ((_, _, message, fatal),) = messages(document)
    assert message.startswith("cannot be parsed: ")
    assert fatal


@pytest.mark.parametrize("text", ["", "\n", "# c", "\x0c", "\x0cx = 1"])
def test_small_texts(text: str) -> None:
    document = from_text(text, "a.py")
    parse(document)
    assert document.problems == []
