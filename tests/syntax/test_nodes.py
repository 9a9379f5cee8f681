from __future__ import annotations

import ast
import inspect

import pytest

from mlaudit.syntax.nodes import Nodes, children

MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

EVERYTHING = """
import a.b as c
from . import d as e
@e
async def f(a, /, b: int = 1, *c, d, g=2, **h) -> str:
    global i
    async with a as b, c: await d
    async for x in y: yield x
    else: pass
    return {**a, "b": -c}, [*d], {e, f"{g!r:>{h}}"}
class A(B, metaclass=C):
    x: int = 1
    y += 2
    del x, y
try:
    raise e from f
except (G, H) as error:
    assert a, b
else: a = lambda q, *r: q if r else not q
finally:
    while (n := a[b:c, d]) < e <= f and g is not h or i: break
match point:
    case Point(x=0, y=[1, *rest]) | {"k": v, **others} if v: ...
    case None | -1 as other: ...
    case _: z = (i for i, in j if i if not i for k in l)
"""


def walked(tree: ast.AST) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if not isinstance(node, MARKS)]


@pytest.mark.parametrize("text", [EVERYTHING, "", inspect.getsource(inspect)])
def test_children_are_those_of_ast(text: str) -> None:
    for node in walked(ast.parse(text)):
        expected = [child for child in ast.iter_child_nodes(node) if not isinstance(child, MARKS)]
        assert children(node) == expected


@pytest.mark.parametrize("text", [EVERYTHING, inspect.getsource(inspect)])
def test_below_is_the_subtree_in_source_order(text: str) -> None:
    tree = ast.parse(text)
    nodes = Nodes(tree)
    for node in walked(tree):
        below = nodes.below(node)
        assert below[0] is node
        assert set(below) == set(walked(node))
    statements = [node for node in nodes.below() if isinstance(node, ast.stmt)]
    assert [each.lineno for each in statements] == sorted(each.lineno for each in statements)


def test_find_gives_exactly_the_classes_that_are_asked_for() -> None:
    tree = ast.parse("a = 1\nb: int = 2\nfor c in a:\n    d = c = 3\n")
    nodes = Nodes(tree)
    assert [node.lineno for node in nodes.find(ast.Assign)] == [1, 4]
    assert [node.lineno for node in nodes.find(ast.Assign, ast.AnnAssign)] == [1, 2, 4]
    assert [node.lineno for node in nodes.find(ast.Assign, within=tree.body[2])] == [4]
    assert nodes.find(ast.stmt) == []
    assert nodes.find(ast.For, ast.Module) == [tree, tree.body[2]]
    assert nodes.find(ast.For, within=tree.body[2]) == [tree.body[2]]


def test_a_node_of_another_tree_can_be_looked_into() -> None:
    other = ast.parse("f(x)").body[0]
    assert [node.id for node in Nodes(ast.parse("y")).find(ast.Name, within=other)] == ["f", "x"]
