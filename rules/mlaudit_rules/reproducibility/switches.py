"""Branches that a parameter switches on, where no call of the function does so."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import by_position, defaults, last_name, spelt
from mlaudit_rules.reproducibility.bindings import values_by_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef


def switched_off(module: Module, node: ast.AST, function: Definition | None) -> bool:
    """Say whether code stands behind `if shuffle:`, and `shuffle` keeps its default of False."""
    if function is None:
        return False
    if _kept_off(module, node, function):
        return True
    off = _off_by_default(function)
    if not off:
        return False
    behind = [name for name in _switches(module, node, function) if name in off]
    if not behind:
        return False
    calls = [named.node for named in module.calls_named(function.name)]
    return bool(calls) and any(
        not any(_given(c, name, off[name]) for c in calls) for name in behind
    )


def _kept_off(module: Module, node: ast.AST, method: Definition) -> bool:
    """Say whether code stands behind `if self.shuffle:`, which no construction switches on."""
    owner = module.nodes.parents.get(method)
    switches = {name for name in _switches(module, node, method) if name.startswith("self.")}
    if not switches or not isinstance(owner, ast.ClassDef):
        return False
    making = next((one for one in owner.body if getattr(one, "name", "") == "__init__"), None)
    calls = [named.node for named in module.calls_named(owner.name)]
    if not isinstance(making, ast.FunctionDef) or not calls or _is_derived_from(module, owner):
        return False
    off = _off_by_default(making)
    for switch in switches:
        attribute = switch.split(".", 1)[1]
        values = _bound_to(module, attribute)
        name = values.pop() if len(values) == 1 else ""
        if name == "False" and not any(attribute in code for _, code in module.importers):
            return True
        if name in off and not any(_given(call, name, off[name]) for call in calls):
            return True
    return False


def _bound_to(module: Module, attribute: str) -> set[str]:
    """Spell what an attribute of this name is bound to, on whatever object."""
    return {
        spelt(value)
        for target, values in module.fact(values_by_target).items()
        if target.endswith(f".{attribute}")
        for value in values
    }


def _is_derived_from(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether another class of the document may construct an object of a class as its own."""
    classes = module.names.classes.values()
    return any(last_name(base) == owner.name for one in classes for base in one.bases)


def _off_by_default(function: Definition) -> dict[str, int]:
    """Give the position of each parameter that is False unless it is given."""
    positional = by_position(function.args)
    off = [name for name, default in defaults(function.args).items() if _is(default, False)]
    by_name = len(positional) + 1
    return {name: positional.index(name) if name in positional else by_name for name in off}


def _switches(module: Module, node: ast.AST, function: Definition) -> Iterator[str]:
    """Name the parameters that must be true for some code to run, and are never bound anew."""
    bound = {
        one.id
        for one in module.nodes.find(ast.Name, within=function)
        if not isinstance(one.ctx, ast.Load)
    }
    inner, outer = node, module.nodes.parents.get(node)
    while outer is not None and inner is not function:
        if isinstance(outer, ast.If) and inner in outer.body:
            yield from (name for name in _needed(outer.test) if name not in bound)
        inner, outer = outer, module.nodes.parents.get(outer)


def _needed(test: ast.expr) -> Iterator[str]:
    """Name the switches of a test: `on`, `on is True`, `on and more`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _needed(value)
    elif isinstance(test, ast.Name | ast.Attribute):
        yield spelt(test)
    elif (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name | ast.Attribute)
        and isinstance(test.ops[0], ast.Is | ast.Eq)
        and _is(test.comparators[0], True)
    ):
        yield spelt(test.left)


def _given(call: ast.Call, name: str, position: int) -> bool:
    """Say whether a call may give a parameter; `self` is counted, so one too few is asked for."""
    spread = any(keyword.arg is None for keyword in call.keywords)
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    by_name = any(keyword.arg == name for keyword in call.keywords)
    return spread or starred or by_name or len(call.args) >= max(position, 1)


def _is(node: ast.expr, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
