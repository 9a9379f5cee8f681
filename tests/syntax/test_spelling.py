from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mlaudit.syntax.spelling import last_name, spelt

FIXTURES = Path(__file__).parents[2] / "fixtures"

SPECIAL = """
a, b = (c, d) = e, f
(g,) = [h, *i] = j
() = k = u"text", 1.5, 1e400, 2j, None, ..., b"bytes", True
m[1, 2], n[o:p], q[()], r[s] = t
3 .real, (-u).v, (w or x).y, "z".join(a), (b + c)(d), (e if f else g)[h], (await_ := i)(j)
k(*l, **m, n=(o, p), q=(r,), s=lambda: 0, t=(u for u in v), w=(x := y), z=f"{a!r:>{b}}")
c: int = 1
l[:], m[n:], o[:p:q], r[::], s[-1:0.5, t:] = {u: v, **w}, {}, {(x, y): {z: -1e-9}}, 1e999
def d(e):
    return
    return f, *g
    return (yield h)
if d: e(f)
"""


def nodes_of(text: str) -> list[ast.AST]:
    return [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.expr, ast.stmt)) and not isinstance(node, ast.Starred)
    ]


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def test_special_code_is_spelt_as_the_standard_library_does() -> None:
    for node in nodes_of(SPECIAL):
        assert spelt(node) == ast.unparse(node)


@pytest.mark.parametrize("family", sorted(path.name for path in FIXTURES.iterdir()))
def test_the_code_of_all_fixtures_is_spelt_as_the_standard_library_does(family: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (FIXTURES / family).rglob("*.py")]
    for text in filter(parses, texts):
        for node in nodes_of(text):
            assert spelt(node) == ast.unparse(node)


@pytest.mark.parametrize(
    ("code", "name"), [("a.b.c", "c"), ("a", "a"), ("a().b", "b"), ("a()", ""), ("a[0]", "")]
)
def test_the_last_name_of_an_expression_is_found(code: str, name: str) -> None:
    assert last_name(ast.parse(code, mode="eval").body) == name
