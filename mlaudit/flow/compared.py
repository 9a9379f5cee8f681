"""Rows for which a comparison holds, and those for which it does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import sooner
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Constant, Data, Value, combine, merge_influences

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_OPERATORS: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
}


def predicate(run: Interpreter, node: ast.Compare, left: Data, right: Value) -> Selector | None:
    """Name the rows for which a comparison holds, so that its opposite is known to exclude them."""
    operator = type(node.ops[0])
    by = left.name if left.rows.terms else None
    other = run.load(right)
    subject: tuple[Hashable, ...] = (run.text(node.left), left.rows.terms)
    if not left.rows.terms:
        run.contextual += 1
        subject = (run.text(node.left), id(node.left), run.path)
    if isinstance(other, Constant) and operator in {ast.Eq, ast.NotEq, ast.Is, ast.IsNot}:
        if left.select is not None and isinstance(other.value, bool):
            same = other.value is (operator in {ast.Eq, ast.Is})
            return left.select if same else left.select.flipped()
        part: Hashable = other.value
        if operator in {ast.NotEq, ast.IsNot}:
            part = ("not", part)
        return Selector("filter", ("equals", *subject), part, by)
    bound = sooner.told(run, node.comparators[0])
    if operator in {ast.Lt, ast.GtE}:
        key = sooner.known(run, node, ("below", *subject, bound))
        return Selector("filter", key, operator is ast.Lt, by)
    if operator in {ast.Gt, ast.LtE}:
        key = sooner.known(run, node, ("above", *subject, bound))
        return Selector("filter", key, operator is ast.Gt, by)
    return Selector("filter", ("test", run.text(node), *subject[1:], bound), True, by)


def opposite(run: Interpreter, mask: Data, text: str) -> Data:
    """Turn a mask round, as `~mask` and `np.logical_not(mask)` do."""
    flipped = mask.select and mask.select.flipped()
    return mask.but(kind="mask", select=flipped or Selector("filter", text, True))


def by_method(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Compare as an operator does: `table.day.ge(5)` is `table.day >= 5`."""
    call, other = arguments.node, arguments.nodes.get(0)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or other is None:
        return None
    if not value.rows.terms or value.predictions or value.scores:
        return None
    node = ast.copy_location(ast.Compare(call.func.value, [_OPERATORS[name]()], [other]), call)
    given = arguments.positional[0]
    joined = combine([value, run.data(given)], "mask")
    return joined.but(select=predicate(run, node, value, given))


def between(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Tell which rows lie between bounds, by what these were taken of."""
    if not value.rows.terms:
        return None
    told = [sooner.told(run, node) for node in arguments.nodes.values()]
    key = ("test", run.text(arguments.node), value.rows.terms)
    bounds = (run.data(bound).influences for bound in arguments.values())
    select = Selector("filter", (*key, *told), True, value.name)
    return Data("mask", value.rows, merge_influences(value.influences, *bounds), select=select)
