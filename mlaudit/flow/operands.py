"""Rows that arithmetic gives where its operands are of different ones."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import handed
from mlaudit.flow.regions import NO_ROWS, Rows
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Data, Sequence
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Region

_BELOW = frozenset({"chain", "concatenate", "insert", "zip", "zip_longest", "izip"})
_PUTS = frozenset({"append", "appendleft", "extend", "insert"})
_BESIDE = frozenset({"column_stack", "dstack", "hstack"})


def met(node: ast.BinOp, one: Data, two: Data) -> tuple[Data, Data]:
    """Leave out the rows that are not those of the result.

    A product of matrices has the rows of the left one.  Where every row meets every other, as in
    `a[:, None] - b[None]`, the result has the rows of what stands upright.  Of another table, as a
    background that is taken from all pictures, nobody knows which rows belong to which.
    """
    if isinstance(node.op, ast.MatMult) and one.turned:
        one = one.but(turned=None)
    if not (one.rows.terms and two.rows.terms) or one.rows == two.rows:
        return one, two
    if one.predictions or two.predictions or one.select or two.select:
        return one, two
    if isinstance(node.op, ast.MatMult) and _is_turned(node.right) and not one.rows.kin(two.rows):
        return _some(one, two), perhaps(two, one)
    if isinstance(node.op, ast.MatMult) or _lies(node.right) or _stands(node.left):
        return one, two.but(rows=NO_ROWS)
    if _lies(node.left) or _stands(node.right):
        return one.but(rows=NO_ROWS), two
    if isinstance(node.op, ast.Add) and not (_is_reckoned(node.left) or _is_reckoned(node.right)):
        return one, two  # they may be lists, which are joined
    return one, perhaps(two, one)


def together(run: Interpreter, name: str, data: list[Data], arguments: Arguments) -> list[Data]:
    """Give the rows that a function of a library makes of several arrays, element by element.

    So `np.dot(known, weights)` and `np.dot(unseen, weights)` share none, though both were given the
    weights of one file.
    """
    last = name.rpartition(".")[2]
    if last in _BESIDE and len(data) == 1 and arguments.positional:
        side = run.load(arguments.positional[0])
        if isinstance(side, Sequence) and side.rest is None:
            data = [run.data(item) for item in side.items]
    with_rows = [each for each in data if each.rows.terms]
    if last in _BELOW or len(with_rows) < 2:
        return data
    main, second, *_ = with_rows
    last_node = arguments.nodes.get(1)
    if last_node is not None and _is_turned(last_node) and not main.rows.kin(second.rows):
        return [_some(main, second), perhaps(second, main)]
    return beside(data)


def beside(data: list[Data]) -> list[Data]:
    """Give the rows of the first that has any, perhaps with some of those that stand beside it."""
    main = next((each for each in data if each.rows.terms), None)
    return [each if main is None or each is main else perhaps(each, main) for each in data]


def side_by_side(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether a list holds several things side by side, and is not one of all its rows.

    One that a loop is filling holds those of the turns before.
    """
    value = run.load(arguments.positional[0]) if arguments.positional else None
    if not isinstance(value, Sequence):
        return False
    rest = run.load(value.rest) if value.rest is not None and not value.items else None
    if not (isinstance(rest, Data) and _is_row(rest)):
        return True
    name = arguments.nodes.get(0)
    return isinstance(name, ast.Name) and any(_fills(loop, name.id) for loop in run.loops)


def _is_row(value: Data) -> bool:
    """Say whether this is a row of some data, or one that was picked of something unknown."""
    picked = (term.selector.way == "filter" for term in value.rows.terms)
    return value.kind == "row" or (value.kind == "unknown" and any(picked))


def _fills(loop: ast.AST, name: str) -> bool:
    """Say whether something is put into what goes by a name in a loop."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in _PUTS
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for node in walk(loop)
    )


def _some(one: Data, other: Data) -> Data:
    """Say which rows these are, where nobody knows which of two matrices has the rows.

    `unseen @ weights.T` has those of the left one, and `weights @ unseen.T` those of the right one.
    """
    return one.but(rows=one.rows.select(Selector("some", ("met by", other.rows.terms))))


def perhaps(other: Data, main: Data) -> Data:
    """Say that rows of another table may be among those of the main one, as a background is.

    Of the same table, what shares no row with the main one is only compared with it.
    """
    if not other.predictions and handed.looked_up(main.but(rows=_surely(main.rows)), other):
        return other.but(rows=NO_ROWS)
    if not other.rows.terms or other.predictions or other.rows.kin(_surely(main.rows)):
        return other
    return _some(other, main)


def _surely(rows: Rows) -> Rows:
    """Leave out the rows that only were met."""
    return Rows(tuple(term for term in rows.terms if not _is_met(term)))


def _is_met(region: Region) -> bool:
    keys = (step.selector.key for step in region.chain)
    return any(isinstance(key, tuple) and key[:1] == ("met by",) for key in keys)


def _is_turned(node: ast.expr) -> bool:
    """Say whether a matrix is transposed where it stands."""
    match node:
        case ast.Attribute(attr="T") | ast.Call(func=ast.Attribute(attr="t" | "transpose")):
            return True
        case _:
            return False


def _is_reckoned(node: ast.expr) -> bool:
    """Say whether an operand is the result of arithmetic: then it is no list."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        node = node.left
    return isinstance(node, ast.BinOp)


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
