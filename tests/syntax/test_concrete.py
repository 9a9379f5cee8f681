"""Which statement owns a line, and the comments that belong to it."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text
from mlaudit.syntax import concrete
from mlaudit.syntax.concrete import Concrete
from mlaudit.syntax.nesting import make_room

# Hypothesis minds when the recursion limit changes while it runs a test.
make_room()

CODE = """\
# about the file

# about x
x = f(
    1,  # one
    2,
)

if (a and
    b):  # header
    # about y
    y = 1
    # nothing follows
elif c:
    pass
# about else
else:  # e
    z = 2; w = 3

# about the decorator
@decorate(
    1)
# between
def g(p,
      q):
    return p
try: h()
except E: pass
finally:
    i()
match m:
    # about one
    case 1:
        k()
r = 1; s = [
    2]; t = 3
# the end
"""


def owners(text: str) -> dict[int, tuple[int, int] | None]:
    document = from_text(text, "a.py")
    trees = Concrete(document)
    found = {line: trees.statement_at(line) for line in range(1, len(document.lines) + 1)}
    return {line: (one.first, one.last) if one else None for line, one in found.items()}


def test_each_line_has_its_smallest_statement() -> None:
    found = owners(CODE)
    expected = {
        (3, 7): [3, 4, 5, 6, 7],
        (9, 10): [9, 10],
        (11, 12): [11, 12],
        (14, 14): [14],
        (15, 15): [15],
        (16, 17): [16, 17],
        (18, 18): [18],
        (20, 25): [20, 21, 22, 23, 24, 25],
        (26, 26): [26],
        (27, 27): [27],
        (28, 28): [28],
        (29, 29): [29],
        (30, 30): [30],
        (31, 31): [31],
        (32, 33): [32, 33],
        (34, 34): [34],
        (35, 36): [35, 36],
        None: [1, 2, 8, 13, 19, 37, 38],
    }
    assert {
        owner: [line for line, one in found.items() if one == owner] for owner in found.values()
    } == expected


def test_without_the_concrete_tree_most_lines_keep_their_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = owners(CODE)
    monkeypatch.setattr(concrete, "MAX_CHARACTERS", 0)
    fallen_back = owners(CODE)
    # `ast` does not know where headers end, nor where else, finally and case stand; and a table
    # of data that shares its lines with other statements is not looked for.
    unknown = {9, 10, 13, 14, 16, 17, 29, 31, 32, 33, 35, 36}
    assert {line: fallen_back[line] for line in full if line not in unknown} == {
        line: owner for line, owner in full.items() if line not in unknown
    }


def test_the_concrete_tree_is_built_for_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = concrete._concrete

    def spy(text: str) -> list[concrete.Extent] | None:
        seen.append(text)
        return real(text)

    monkeypatch.setattr(concrete, "_concrete", spy)
    trees = Concrete(from_text("a = 1\n# b\nb = f(\n  2)\nc = 3\n", "a.py"))
    assert trees.statement_at(4) == concrete.Extent(2, 4)
    assert trees.statement_at(3) == concrete.Extent(2, 4)
    assert seen == ["# b\nb = f(\n  2)\n"]


def test_comments_do_not_cross_cells() -> None:
    cells = [
        {"cell_type": "code", "source": source} for source in ("a = 1\n# end", "b = 2", "x = = 1")
    ]
    document = from_json(json.dumps({"cells": cells}), "a.ipynb")
    trees = Concrete(document)
    owned = [trees.statement_at(line) for line in (1, 2, 3, 4)]
    assert owned == [concrete.Extent(1, 1), None, concrete.Extent(3, 3), None]


def test_a_table_of_data_is_no_work_for_the_concrete_tree() -> None:
    table = ",\n".join(map(str, range(100_000)))
    found = Concrete(from_text(f"# why\nx = [\n{table}\n]\n", "a.py")).statement_at(5)
    assert found == concrete.Extent(1, 100_003)


@pytest.mark.parametrize(
    "deep",
    ["x = " + "+".join(["1"] * 14_000), "x = a" + ".b()" * 4000, "x = " + "-" * 5000 + "1"],
)
def test_deep_statements_are_kept_from_the_concrete_tree(deep: str) -> None:
    """Its parser would overflow its stack, and take the process with it."""
    text = f"# why\n{deep}\ny = 1\n"
    try:
        ast.parse(text)
    except RecursionError:
        pytest.skip("this Python does not take so deep a statement itself")
    trees = Concrete(from_text(text, "a.py"))
    assert trees.statement_at(2) == concrete.Extent(1, 2)
    assert trees.statement_at(3) == concrete.Extent(3, 3)


STATEMENT = st.sampled_from(
    [
        "x = 1",
        "f(a,\n  b)",
        "if a:\n    b\nelse:\n    c",
        "# note",
        "",
        "for i in j:\n    # n\n    k(i)\n\n    l(i)",
        "s = '''\n# no comment\n'''",
        "a; b; c = [\n1]",
        "class A:\n    # n\n    x = 1\n    def f(self): return 1",
        "with a as b, \\\n     c as d:\n    pass",
    ]
)


@given(st.lists(STATEMENT, max_size=6).map("\n".join))
def test_every_simple_statement_owns_its_lines(text: str) -> None:
    found = owners(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            for line in range(node.lineno, (node.end_lineno or 0) + 1):
                owner = found[line]
                assert owner is not None
                assert owner[0] <= line <= owner[1]
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip() and found[line] is not None:
            assert any(
                node.lineno < line < (node.end_lineno or 0)
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Constant | ast.Call | ast.List)
            )
