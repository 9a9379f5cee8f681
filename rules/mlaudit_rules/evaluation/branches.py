"""Branches that exclude one another: a run that takes the one never takes the other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module, Place

Side = tuple[str, object, bool]


def exclusive(module: Module, one: Place, other: Place) -> bool:
    """Say whether two places stand in branches of equal tests that exclude one another."""
    if one.document is not module.document or other.document is not module.document:
        return False
    mine, theirs = list(_sides(module, one.line)), list(_sides(module, other.line))
    return any(_exclude(a, b) for a in mine for b in theirs)


def _exclude(one: Side, other: Side) -> bool:
    if one[0] != other[0]:
        return False
    if one[1] == other[1]:
        return one[2] is not other[2]
    return one[2] and other[2]


def _sides(module: Module, line: int) -> Iterator[Side]:
    """Give the tests around a line: what is compared, with what, and which way it came out."""
    for node in module.nodes.find(ast.If):
        if not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        for branch, way in ((node.body, True), (node.orelse, False)):
            if branch and branch[0].lineno <= line <= (branch[-1].end_lineno or line):
                yield (*_asked(node.test), way)


def _asked(test: ast.expr) -> tuple[str, object]:
    """Tell what a test asks: of `kind == "trees"` the kind, and the answer it is compared with."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=value)]):
            return _name(left), value
        case _:
            return _name(test), None


def _name(node: ast.expr) -> str:
    """Write an expression; settings may have become attributes of an object."""
    return ast.unparse(node).removeprefix("self.")
