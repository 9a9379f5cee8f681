"""Long sums are code, bottomless trees are not, and tables of data are no matter of depth."""

from __future__ import annotations

import ast

import pytest

from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text
from mlaudit.syntax.nesting import MAX_NESTING
from mlaudit.syntax.parse import parse

SPREAD = "\n    + "


@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(["'part'"] * 300),
        f"x = (a{SPREAD}{SPREAD.join(['b'] * 300)})",
        "x = " + "(" * 150 + "1" + ")" * 150,
        "x = [" + ",\n".join(map(str, range(20_000))) + "]",
        "x = [" + ", ".join(map(str, range(20_000))) + "]",
        "x = {" + ",\n".join(f"{key}: [{key}, 'a']" for key in range(5000)) + "}",
        "s = '" + "x" * 1_000_000 + "'",
        "if a == 0: pass\n" + "".join(f"elif a == {n}: pass\n" for n in range(300)),
        "".join(" " * depth + "if 1:\n" for depth in range(90)) + " " * 90 + "pass",
        "x = a" + ".b()" * 150,
        "match x:\n    case [a, b] if b:\n        y = 1\n    case _:\n        pass",
        "async def f():\n  async with a:\n    try: pass\n    except* E: pass\n    finally: pass",
    ],
)
def test_code_is_let_through_and_can_be_walked(text: str) -> None:
    document = from_text(text, "a.py")
    tree = parse(document)
    assert document.problems == []
    assert _count(tree) > 1


def _count(node: ast.AST) -> int:
    """Walk as interpreters of trees do, with several frames for each level."""
    return 1 + sum((lambda inner: _count(inner))(child) for child in ast.iter_child_nodes(node))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["1"] * 5000),
        "x = " + "+".join(["1"] * 100_000),
        f"x = (a{SPREAD}{SPREAD.join(['b'] * 500)})",
        "x = " + "-" * 3000 + "1",
        "x = " + "-" * 100_000 + "1",
        "x = " + "lambda: " * 1000 + "1",
        "x = a" + ".b()" * 10_000,
        "if a == 0: pass\n" + "".join(f"elif a == {n}: pass\n" for n in range(3000)),
        f"if (a{SPREAD}{SPREAD.join(['b'] * 500)}): pass",
        f"@d(a{SPREAD}{SPREAD.join(['b'] * 500)})\ndef f(): pass",
        f"match x:\n  case 1 if (a{SPREAD}{SPREAD.join(['b'] * 500)}):\n    pass",
        f"def f():\n  match x:\n    case 1:\n      y = (a{SPREAD}{SPREAD.join(['b'] * 500)})",
    ],
)
def test_a_statement_that_is_too_deep_loses_only_itself(text: str) -> None:
    document = from_text(f"first = 1\n{text}\nlast = 2\n", "a.py")
    tree = parse(document)
    ((problem, fatal),) = [(one.message, one.fatal) for one in document.problems]
    assert problem == "nested too deeply to analyse"
    if not fatal:
        assert ast.unparse(tree).startswith("first = 1\n")
        assert ast.unparse(tree).endswith("last = 2")


def test_what_is_cut_is_told_with_its_line() -> None:
    deep = "+".join(["1"] * 1500)  # not more than any Python parses
    document = from_text(f"a = 1\ndef f():\n    x = {deep}\nb = {deep}\n", "a.py")
    assert ast.unparse(parse(document)) == "a = 1\n\ndef f():\n    pass"
    assert [(one.line, one.fatal) for one in document.problems] == [(3, False), (4, False)]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000 + "]" * 5000,
        "".join(" " * depth + "if 1:\n" for depth in range(200)),
    ],
)
def test_what_the_parser_refuses_is_told(text: str) -> None:
    document = from_text(text, "a.py")
    assert parse(document).body == []
    ((message, fatal),) = [(problem.message, problem.fatal) for problem in document.problems]
    assert message.startswith("syntax error: too many")
    assert fatal


def test_the_bound_is_what_it_says() -> None:
    # A sum of n terms is n levels deep; the statement and the context of a name are two more.
    for terms, problems in ((MAX_NESTING - 2, 0), (MAX_NESTING + 1, 1)):
        document = from_text("x = (" + "\n+".join(["a"] * terms) + ")", "a.py")
        parse(document)
        assert len(document.problems) == problems


def test_a_deep_statement_is_told_with_its_cell() -> None:
    deep = "+".join(["1"] * 1500)  # not more than any Python parses
    document = from_json(
        '{"cells": ['
        '{"cell_type": "code", "source": "a = 1"},'
        f'{{"cell_type": "code", "source": "c = 3\\n{deep}"}},'
        '{"cell_type": "code", "source": "b = 2"}]}',
        "a.ipynb",
    )
    assert ast.unparse(parse(document)) == "a = 1\nc = 3\nb = 2"
    assert [(problem.cell, problem.line) for problem in document.problems] == [(2, 2)]
