"""Functions that a program defines and never calls, told from those that are there for others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.bindings import uses
from mlaudit_rules.reproducibility.classes import class_around
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.switches import switched_off

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_WORK = ("load", "train", "trainer", "cross-validate", "metric")
_LEARNING = ("fit", "predict")
# By these a program may call functions that it does not name.
_BY_TEXT = ("getattr", "globals", "locals", "eval", "exec")
_BY_LIBRARIES = ("Fire", "import_module")


def left_out(module: Module, node: ast.AST, function: Definition | None) -> bool:
    """Say whether no run comes to some code: a switch is off, or nobody calls its function."""
    return (
        module.fact(Dead).holds(node)
        or switched_off(module, node, function)
        or never_run(module, function)
    )


def never_run(module: Module, function: Definition | None) -> bool:
    """Say whether a document does some work of its own, and comes to a function in none of it.

    One that only defines functions is there for the files that import it, and these may call any.
    """
    if function is None or module.fact(_calls_by_text):
        return False
    if module.fact(Running).reaches(function) and not _method_left_out(module, function):
        return False
    return module.fact(_works) and not module.importers


def _calls_by_text(module: Module) -> bool:
    """Say whether a program may call functions that it does not name; a method is no `eval`."""
    plain = (isinstance(call.node.func, ast.Name) for call in module.calls_named(*_BY_TEXT))
    return any(plain) or bool(module.calls_named(*_BY_LIBRARIES))


def _works(module: Module) -> bool:
    """Say whether the document loads, learns or scores something when it runs."""
    running, dead = module.fact(Running), module.fact(Dead)
    work = [(call.node, call.function) for call in module.calls_of(*_WORK)]
    work += [(named.node, named.function) for named in module.calls_named(*_LEARNING)]
    return any(running.reaches(function) and not dead.holds(node) for node, function in work)


def _method_left_out(module: Module, function: Definition) -> bool:
    """Say whether nothing names a method, and its objects stay where their methods are named."""
    owner = module.nodes.parents.get(function)
    if not isinstance(owner, ast.ClassDef) or owner is not class_around(module, function):
        return False
    if owner.decorator_list or function.decorator_list or function.name.startswith("__"):
        return False
    if any(spelt(base) != "object" for base in owner.bases) or owner.keywords:
        return False  # the class that it derives from may call the method
    return function.name not in module.fact(_said) and not _handed_on(module, owner)


def _said(module: Module) -> frozenset[str]:
    """Collect the attributes that may be asked for, and all texts: each may name a method."""
    dead = module.fact(Dead)
    attributes = {node.attr for node in module.nodes.find(ast.Attribute) if not dead.holds(node)}
    texts = (node.value for node in module.nodes.find(ast.Constant))
    return frozenset(attributes.union(text for text in texts if isinstance(text, str)))


def _handed_on(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether a class, or an object of it, is used for more than what its methods do."""
    for use in module.fact(uses).get(owner.name, ()):
        made = module.nodes.parents[use]
        bound = module.nodes.parents.get(made)
        if not (isinstance(made, ast.Call) and made.func is use and isinstance(bound, ast.Assign)):
            return True
        for target in bound.targets:
            if not isinstance(target, ast.Name) or _used_whole(module, target.id):
                return True
    return False


def _used_whole(module: Module, name: str) -> bool:
    """Say whether a name is read for more than an attribute of what it stands for."""
    dead = module.fact(Dead)
    return any(
        isinstance(use.ctx, ast.Load)
        and not isinstance(module.nodes.parents[use], ast.Attribute)
        and not dead.holds(use)
        for use in module.fact(uses).get(name, ())
    )
