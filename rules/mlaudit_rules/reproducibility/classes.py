"""Classes that make networks, keep them or only hold what they are given."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name, spelt
from mlaudit_rules.reproducibility.bindings import assignments

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module

# Calls that say where a network goes.
_PLACING = frozenset({"to", "cuda", "cpu", "device", "is_available"})


def arguments_of(owner: ast.ClassDef, built: ast.Call) -> dict[str, ast.expr]:
    """Map the parameters of a class to what a construction gives them."""
    making = constructor(owner)
    names = [one.arg for one in (*making.args.posonlyargs, *making.args.args)] if making else []
    given = {keyword.arg: keyword.value for keyword in built.keywords if keyword.arg}
    return {**dict(zip(names[1:], built.args, strict=False)), **given}


def constructor(owner: ast.ClassDef) -> ast.FunctionDef | None:
    """Find the `__init__` of a class."""
    methods = (item for item in owner.body if isinstance(item, ast.FunctionDef))
    return next((method for method in methods if method.name == "__init__"), None)


def kept_as(module: Module, owner: ast.ClassDef, attribute: str) -> str:
    """Name the parameter that a constructor keeps as an attribute, if it does so as it is."""
    within = set(module.nodes.find(ast.Attribute, within=owner))
    values = [
        value for target, value in module.fact(assignments) if _names(target, within, attribute)
    ]
    names = {value.id for value in values if isinstance(value, ast.Name)}
    return names.pop() if len(names) == 1 else ""


def _names(target: ast.expr, within: set[ast.Attribute], attribute: str) -> bool:
    return target in within and spelt(target) == f"self.{attribute}"


def is_shell(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether a class derives from nothing, and its constructor makes nothing to train."""
    making = constructor(owner)
    if any(spelt(base) != "object" for base in owner.bases) or making is None:
        return False
    calls = module.nodes.find(ast.Call, within=making)
    return all(last_name(call.func) in _PLACING for call in calls)


def has_parts(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether a class makes layers or networks itself, rather than being given them."""
    calls = {call.node for call in layers_made(module)}
    return any(
        node in calls or _made_here(module, node)
        for node in module.nodes.find(ast.Call, within=owner)
    )


def _made_here(module: Module, call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in module.names.classes


def layers_made(module: Module) -> list[Call]:
    """List the layers and networks that the document makes."""
    return module.calls_of("layer", "network")


def class_around(module: Module, node: ast.AST) -> ast.ClassDef | None:
    """Find the class that a node stands in, None outside of all."""
    around = module.nodes.parents.get(node)
    while around is not None and not isinstance(around, ast.ClassDef):
        around = module.nodes.parents.get(around)
    return around


def ancestors(module: Module, owner: ast.ClassDef) -> list[ast.ClassDef]:
    """List the classes of the document that a class derives from, the nearest first."""
    found: list[ast.ClassDef] = []
    pending = [owner]
    while pending:
        names = [last_name(base) for base in pending.pop(0).bases]
        bases = [module.names.classes[name] for name in names if name in module.names.classes]
        new = [base for base in bases if base not in found]
        found += new
        pending += new
    return found
