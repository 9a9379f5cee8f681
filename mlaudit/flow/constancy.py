"""Columns that are told by having one value only: any part of the rows has that one value, too."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant, Data, Value
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Influence

# What is exactly 0 of a column of one value; a summary of columns has it by one of these names.
_SPREADS = frozenset({"std", "var", "nanstd", "nanvar", "ptp"})
_SUMMARY = "describe"
_ALL_ZERO = (ast.Eq, ast.LtE)
_NONE_ZERO = (ast.NotEq, ast.Gt)


def asked(node: ast.Compare, left: Data, right: Value) -> Data:
    """Leave out statistics that are only asked whether a column has any spread at all.

    A column without any has none in each part of the rows either: nothing is learnt of the others.
    """
    if not left.influences or not _asks(node, right, (*_ALL_ZERO, *_NONE_ZERO)):
        return left
    return _without(left, node.left)


def left(run: Interpreter, node: ast.Subscript, value: Data) -> Data:
    """Leave out of `spread[spread == 0]` the statistics, all of which are 0 there."""
    return _chosen(run, node, value, _ALL_ZERO)


def names(run: Interpreter, node: ast.Attribute, value: Value) -> Value:
    """Leave out of `spread[spread > 0].index` the statistics: these are names of columns only."""
    if not isinstance(value, Data) or not isinstance(node.value, ast.Subscript):
        return value
    return _chosen(run, node.value, value, (*_ALL_ZERO, *_NONE_ZERO))


def _chosen(
    run: Interpreter, node: ast.Subscript, value: Data, operators: tuple[type[ast.cmpop], ...]
) -> Data:
    by = node.slice
    if not value.influences or not isinstance(by, ast.Compare):
        return value
    bound = by.comparators[0]
    zero = Constant(bound.value) if isinstance(bound, ast.Constant) else value
    if not _asks(by, zero, operators) or run.text(node.value) not in run.text(by.left):
        return value
    return _without(value, by.left)


def _asks(node: ast.Compare, right: Value, operators: tuple[type[ast.cmpop], ...]) -> bool:
    zero = isinstance(right, Constant) and type(right.value) in {int, float} and right.value == 0
    return zero and len(node.ops) == 1 and isinstance(node.ops[0], operators)


def _without(data: Data, compared: ast.expr) -> Data:
    kept = tuple(i for i in data.influences if not _is_spread(i, compared))
    return data if len(kept) == len(data.influences) else data.but(influences=kept)


def _is_spread(influence: Influence, compared: ast.expr) -> bool:
    """Say whether a statistic is a spread, or a summary that is looked up for one."""
    operation = influence.operation.rpartition(".")[2]
    of_groups = influence.groups is not None or influence.operation.startswith("groupby")
    if influence.kind is not Kind.STATISTIC or of_groups:
        return False
    return operation in _SPREADS or (operation == _SUMMARY and _looked_up(compared) in _SPREADS)


def _looked_up(node: ast.expr) -> str:
    """Name the item of a summary: `summary["std"]`, `summary.loc["std"]` or `summary.std`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as name)) | ast.Attribute(attr=name):
            return name
    return ""
