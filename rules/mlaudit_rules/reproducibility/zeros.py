"""Numbers that are 0 whenever they are read: constants, and what every call of a function gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import by_position, defaults
from mlaudit_rules.reproducibility.bindings import sole_values
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.unasked import all_calls

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef


def always_zero(module: Module, node: ast.expr, asked: tuple[ast.AST, ...] = ()) -> bool:
    """Say whether an expression is 0, also by a name or a parameter that never is another number.

    A parameter is what the calls of its function give, or its default, unless other files may call.
    """
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and node.value == 0
    if not isinstance(node, ast.Name):
        return False
    value = module.fact(sole_values).get(node.id)
    if value is not None:
        return isinstance(value, ast.Constant) and always_zero(module, value)
    function = function_around(module, node)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function in asked:
        return False
    given = _given(module, function, node.id)
    return bool(given) and all(
        value is not None and always_zero(module, value, (*asked, function)) for value in given
    )


def wiped_out(module: Module, node: ast.expr) -> bool:
    """Say whether a draw is multiplied by what always is 0, which leaves only its shape."""
    match module.nodes.parents.get(node):
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return always_zero(module, right if left is node else left)
    return False


def _given(module: Module, function: Definition, name: str) -> list[ast.expr | None]:
    """List what the calls of a function give for a parameter that it binds to nothing else."""
    positions = by_position(function.args)
    if name not in positions or module.importers or function.decorator_list:
        return []
    own = module.nodes.find(ast.Name, within=function)
    if any(each.id == name and not isinstance(each.ctx, ast.Load) for each in own):
        return []
    first = int(isinstance(module.nodes.parents[function], ast.ClassDef))
    place, default = positions.index(name) - first, defaults(function.args).get(name)
    return [_value(call, name, place, default) for call in all_calls(module, function)]


def _value(call: ast.Call, name: str, place: int, default: ast.expr | None) -> ast.expr | None:
    """Give what a call gives for a parameter, None where it may give more than it says."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in named or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    placed = call.args[place] if 0 <= place < len(call.args) else default
    return named.get(name, placed)
