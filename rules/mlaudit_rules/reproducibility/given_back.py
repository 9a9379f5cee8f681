"""What a function gives back to where it gets a name, and nobody reads it by that."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.classes import class_around
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.never_run import handed_on
from mlaudit_rules.reproducibility.readers import readings
from mlaudit_rules.reproducibility.unasked import all_calls

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def given_back_unread(module: Module, use: ast.Name) -> bool:
    """Say whether a name is given back, alone or among others, by a function to no readers."""
    above, place = module.nodes.parents[use], None
    if isinstance(above, ast.Tuple):
        place, above = above.elts.index(use), module.nodes.parents[above]
    function = function_around(module, use)
    if not isinstance(above, ast.Return) or not isinstance(function, _FUNCTIONS):
        return False
    calls = all_calls(module, function)
    return bool(calls) and all(_is_unread(module, call, place) for call in calls)


def _is_unread(module: Module, call: ast.Call, place: int | None) -> bool:
    """Say whether nobody reads what a call gives, or what it gives at a place among others."""
    statement = module.nodes.parents[call]
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return False
    target: ast.expr | None = statement.targets[0]
    if place is not None:
        target = _part(statement.targets[0], place)
    match target:
        case ast.Name(id=name):
            return not readings(module, statement, name)
        case ast.Attribute(value=ast.Name(id="self")):
            return _stays_unread(module, target)
    return False


def _part(target: ast.expr, place: int) -> ast.expr | None:
    """Give the part of a target that takes what stands at a place."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    spread = any(isinstance(part, ast.Starred) for part in parts)
    return parts[place] if place < len(parts) and not spread else None


def _stays_unread(module: Module, kept: ast.Attribute) -> bool:
    """Say whether nothing asks objects for an attribute, and none of them is handed on.

    What a class derives from may ask for it.
    """
    owner = class_around(module, kept)
    if owner is None or owner.bases or handed_on(module, owner):
        return False
    asked = (node for node in module.nodes.find(ast.Attribute) if node.attr == kept.attr)
    if any(isinstance(node.ctx, ast.Load) for node in asked):
        return False
    own = (name for name in module.nodes.find(ast.Name, within=owner) if name.id == "self")
    return all(isinstance(module.nodes.parents[name], ast.Attribute) for name in own)
