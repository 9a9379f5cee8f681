"""Tables that come from what nobody knows: they have rows once a statistic is taken of these."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import splits
from mlaudit.flow.values import Data, Ref
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter


def met(run: Interpreter, value: Data, entry: Entry, arguments: Arguments) -> Data:
    """Give rows to the table of which `table["column"].median()` and its like are taken.

    What is filled by such a statistic was looked at before its table had rows.
    """
    known = value.rows.terms or value.influences or value.predictions or value.scores
    if known or run.each:
        return value
    match arguments.node:
        case ast.Call(func=ast.Attribute(value=receiver)):
            table = _table(run, receiver, arguments.node)
        case _:
            return value
    held = run.state.scope.names.get(table.id) if table is not None else None
    inner = run.load(held) if held is not None else None
    if table is None or held is None or not isinstance(inner, Data) or inner.kind != "unknown":
        return value
    if not inner.rows.terms:
        if entry.statistic is None or _is_of_turn(run, table.id):
            return value
        told = run.rows_of(held, table)
        if isinstance(held, Ref):
            run.state.heap[held.address] = told  # whatever else it goes by
            run.state.scope.bind(table.id, held)
    return run.data(run.eval(receiver))


def _table(run: Interpreter, receiver: ast.expr, call: ast.Call) -> ast.Name | None:
    """Name the table that a column is taken of, or that is filled on the same line."""
    match receiver:
        case ast.Name(id=name):
            line = run.document.lines[call.lineno - 1]
            return receiver if f"{name}.fillna(" in line else None
        case ast.Subscript(value=ast.Name() as table, slice=ast.Constant(value=str() as column)):
            return table if splits.part_named(column) is None else None
        case ast.Subscript(value=ast.Name() as table, slice=ast.Name(id=column)):
            return table if splits.part_named(column) is None else None
    return None


def _is_of_turn(run: Interpreter, name: str) -> bool:
    """Say whether each turn of a running loop has another table under the name."""
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for loop in run.loops
        for node in walk(loop)
    )
