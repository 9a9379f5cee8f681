"""Methods of tables that are another spelling of a subscript: `head`, `tail` and `query`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data, Value

_TABLES = frozenset({"table", "array", "column", "unknown"})
_LOCAL = "local_of_a_query_"
_MOST = 256


def end(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take the first or the last rows as `table[:n]` and `table[-n:]` do."""
    table, count = _table(value, arguments), arguments.nodes.get(0) or arguments.nodes.get("n")
    if table is None or count is None or len(arguments.nodes) > 1:
        return None
    return run.eval(_sliced(table, count, name == "tail"))


def query(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Choose rows by a condition in quotes as `table[condition]` does."""
    table, asked = _table(value, arguments), arguments.nodes.get(0)
    if table is None or asked is None or len(arguments.nodes) > 1:
        return None
    text = run.load(arguments.positional[0])
    if not isinstance(text, Constant) or not isinstance(text.value, str):
        return None
    chosen = _chosen(table, text.value)
    return run.eval(chosen) if chosen is not None else None


def _table(value: Data, arguments: Arguments) -> ast.expr | None:
    """Give the table that a method is called on, where asking for it again changes nothing."""
    node = arguments.node
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    table = held = node.func.value
    while isinstance(held, ast.Attribute | ast.Subscript):
        held = held.value
    plain = isinstance(held, ast.Name) and value.kind in _TABLES and bool(value.rows.terms)
    return table if plain else None


@lru_cache(maxsize=_MOST)
def _sliced(table: ast.expr, count: ast.expr, last: bool) -> ast.expr:
    """Write a slice, once and for all, as what is known of an expression goes by its node."""
    match count:
        case _ if not last:
            bounds = ast.Slice(None, count)
        case ast.UnaryOp(ast.USub(), but):
            bounds = ast.Slice(but, None)
        case _:
            bounds = ast.Slice(ast.UnaryOp(ast.USub(), count), None)
    return _placed(ast.Subscript(table, bounds, ast.Load()), table, count)


@lru_cache(maxsize=_MOST)
def _chosen(table: ast.expr, text: str) -> ast.expr | None:
    """Write the choice of a query as a subscript; None for a query that is not understood."""
    if "`" in text:
        return None
    try:
        asked = ast.parse(re.sub(r"@(?=[A-Za-z_])", _LOCAL, text.strip()), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(asked, ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp):
        return None
    return _placed(ast.Subscript(table, _Columns(table).visit(asked), ast.Load()), table)


def _placed(node: ast.expr, *kept: ast.expr) -> ast.expr:
    """Let all but some nodes, which the code itself has, stand where the first of these does."""
    own = {id(part) for each in kept for part in ast.walk(each)}
    for part in ast.walk(node):
        if isinstance(part, ast.expr) and id(part) not in own:
            part.written = ast.unparse(part)  # type: ignore[attr-defined]
            ast.copy_location(part, kept[0])
    return node


class _Columns(ast.NodeTransformer):
    """Turns the names in a query into columns, and what joins its conditions into operators."""

    def __init__(self, table: ast.expr):
        self.table = table

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id.startswith(_LOCAL):
            return ast.Name(node.id.removeprefix(_LOCAL), ast.Load())
        return ast.Subscript(self.table, ast.Constant(node.id), ast.Load())

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        joined: ast.expr
        joined, *others = (self.visit(each) for each in node.values)
        operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        for other in others:
            joined = ast.BinOp(joined, operator, other)
        return joined

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        inner = self.visit(node.operand)
        return ast.UnaryOp(ast.Invert() if isinstance(node.op, ast.Not) else node.op, inner)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        left, *others = (self.visit(each) for each in (node.left, *node.comparators))
        found: ast.expr | None = None
        for operator, right in zip(node.ops, others, strict=True):
            one = _compared(left, operator, right)
            found, left = one if found is None else ast.BinOp(found, ast.BitAnd(), one), right
        return found or node


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """Write a comparison; one with several values is a question for members."""
    several = isinstance(right, ast.List | ast.Tuple)
    if isinstance(operator, ast.In | ast.NotIn) or (
        several and isinstance(operator, ast.Eq | ast.NotEq)
    ):
        among = ast.Call(ast.Attribute(left, "isin", ast.Load()), [right], [])
        outside = isinstance(operator, ast.NotIn | ast.NotEq)
        return ast.UnaryOp(ast.Invert(), among) if outside else among
    return ast.Compare(left, [operator], [right])
