"""What a function does only if it is given something, where no call of the function gives any."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import by_position, defaults
from mlaudit_rules.reproducibility.bindings import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef


def never_asked_for(module: Module, seed: Call) -> bool:
    """Say whether a seed hangs on a parameter that is None unless it is given, and never is.

    It stands behind `if seed is not None:`, or it is the parameter that it is set to.  Whoever
    imports the document, or is handed the function, may give one.
    """
    values = {value.id for value in seed.node.args[:1] if isinstance(value, ast.Name)}
    return _hangs_on_none(module, seed.node, seed.function, values)


def behind_none(module: Module, node: ast.AST, function: Definition | None) -> bool:
    """Say whether code stands behind `if share:`, and `share` is None unless it is given."""
    return _hangs_on_none(module, node, function, set())


def _hangs_on_none(
    module: Module, node: ast.AST, function: Definition | None, values: set[str]
) -> bool:
    """Say whether code needs a parameter, by its values or a test, that nobody ever gives."""
    if function is None or function.decorator_list:
        return False
    missing = _none_by_default(function)
    asked = missing & _asked(module, node, function, values) if missing else missing
    calls = all_calls(module, function) if asked else []
    if not calls or module.importers:
        return False
    first = int(isinstance(module.nodes.parents[function], ast.ClassDef))
    return any(not any(_gives(call, function, name, first) for call in calls) for name in asked)


def _none_by_default(function: Definition) -> set[str]:
    """Name the parameters that are None unless they are given."""
    return {name for name, default in defaults(function.args).items() if _is_none(default)}


def _asked(module: Module, node: ast.AST, function: Definition, values: set[str]) -> set[str]:
    """Name what code hangs on: its values, and what must not be None or empty to come to it.

    What the function binds itself it need not be given.
    """
    found = set(values)
    inner, outer = node, module.nodes.parents.get(node)
    while outer is not None and inner is not function:
        if isinstance(outer, ast.If) and inner in outer.body:
            found.update(_needed(outer.test))
        inner, outer = outer, module.nodes.parents.get(outer)
    names = module.nodes.find(ast.Name, within=function)
    return found - {name.id for name in names if not isinstance(name.ctx, ast.Load)}


def _needed(test: ast.expr) -> Iterator[str]:
    """Name what is surely given where a test holds: `seed`, `seed is not None`, `seed and more`."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _needed(value)
        case ast.Name(id=name):
            yield name
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot() | ast.NotEq()]):
            if _is_none(test.comparators[0]):
                yield name
        case _:
            return


def all_calls(module: Module, function: Definition) -> list[ast.Call]:
    """List the calls of a function, or of the class that it makes objects of; none if more uses it.

    What is handed on, derived from or bound to another name may be called unseen.
    """
    owner = module.nodes.parents[function]
    made = isinstance(owner, ast.ClassDef) and function.name == "__init__"
    name = owner.name if made and isinstance(owner, ast.ClassDef) else function.name
    attributes = (node for node in module.nodes.find(ast.Attribute) if node.attr == name)
    named = (*module.fact(uses).get(name, ()), *attributes)
    calls = [each.node for each in module.calls_named(name)]
    called = {call.func for call in calls}
    return calls if all(node in called for node in named) else []


def _gives(call: ast.Call, function: Definition, name: str, first: int) -> bool:
    """Say whether a call may give a parameter; of `first` positions the caller gives none."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in given or name in given:
        return None in given or not _is_none(given[name])
    names = by_position(function.args)[first:]
    place = names.index(name) if name in names else len(call.args)
    return place < len(call.args) and not _is_none(call.args[place])


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
