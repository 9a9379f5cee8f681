"""Rows that arithmetic gives where its operands are of different ones."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.selectors import Selector

if TYPE_CHECKING:
    from mlaudit.flow.values import Data


def met(node: ast.BinOp, one: Data, two: Data) -> tuple[Data, Data]:
    """Leave out the rows that are not those of the result.

    A product of matrices has the rows of the left one.  Where every row meets every other, as in
    `a[:, None] - b[None]`, the result has the rows of what stands upright.  Of another table, as a
    background that is taken from all pictures, nobody knows which rows belong to which.
    """
    if not (one.rows.terms and two.rows.terms) or one.rows == two.rows:
        return one, two
    if one.predictions or two.predictions or one.select or two.select:
        return one, two
    if isinstance(node.op, ast.MatMult) or _lies(node.right) or _stands(node.left):
        return one, two.but(rows=NO_ROWS)
    if _lies(node.left) or _stands(node.right):
        return one.but(rows=NO_ROWS), two
    if one.rows.kin(two.rows):
        return one, two
    select = Selector("maybe", ("met by", one.rows.terms))
    return one, two.but(rows=two.rows.select(select))


def _lies(node: ast.expr) -> bool:
    """Say whether an array is laid across: `b[None]`, `b[np.newaxis, :]`, `b.unsqueeze(0)`."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=[first, *_])) if _is_new(first):
            return True
        case ast.Subscript(slice=one):
            return _is_new(one)
        case ast.Call(func=ast.Attribute(attr="unsqueeze"), args=[ast.Constant(value=0)]):
            return True
        case _:
            return False


def _stands(node: ast.expr) -> bool:
    """Say whether an array is set upright: `a[:, None]`, `a[:, np.newaxis, :]`."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Slice(), second, *_])):
            return _is_new(second)
        case ast.Call(func=ast.Attribute(attr="unsqueeze"), args=[ast.Constant(value=1)]):
            return True
        case _:
            return False


def _is_new(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=None) | ast.Attribute(attr="newaxis") | ast.Name(id="newaxis"):
            return True
        case _:
            return False
