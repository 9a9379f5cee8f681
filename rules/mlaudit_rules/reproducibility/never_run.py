"""Functions that a program defines and never calls, told from those that are there for others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.bindings import uses
from mlaudit_rules.reproducibility.classes import class_around
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.running import Running, registers
from mlaudit_rules.reproducibility.switches import switched_off
from mlaudit_rules.reproducibility.unasked import behind_none
from mlaudit_rules.reproducibility.uncalled import only_parts_called

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_WORK = ("load", "train", "trainer", "cross-validate", "metric")
_BUILDING = ("layer", "network")
_LEARNING = (
    *("fit", "predict", "fit_predict", "fit_transform"),
    *("fit_generator", "predict_generator", "evaluate_generator", "load_weights"),
)
# By these a program may call functions that it does not name; networks have an `eval` of their own.
_BY_TEXT = ("Fire", "import_module")
_BUILT_IN = ("getattr", "globals", "locals", "eval", "exec")


def left_out(module: Module, node: ast.AST, function: Definition | None) -> bool:
    """Say whether no run comes to some code: nobody switches it on, or calls its function."""
    return (
        module.fact(Dead).holds(node)
        or switched_off(module, node, function)
        or behind_none(module, node, function)
        or never_run(module, function)
    )


def never_run(module: Module, function: Definition | None) -> bool:
    """Say whether a document does some work of its own, and comes to a function in none of it.

    One that only defines functions is there for others, and these may call any.  A notebook works
    where it calls one of its functions: no file imports the rest.
    """
    if not _out_of_reach(module, function) or module.importers:
        return False
    calls_some = module.document.is_notebook and module.fact(Running).reaches_any
    return calls_some or module.fact(_works)


def is_for_itself(module: Module) -> bool:
    """Say whether only the document reads what stands at its top level.

    That is a notebook, or a script that does some work when it runs and that no file imports.
    """
    return module.document.is_notebook or (module.fact(_works) and not module.importers)


def passed_by(module: Module, function: Definition | None) -> bool:
    """Say whether a document that runs another function of its own never comes to this one.

    What a notebook calls is all that it does: no file imports it.
    """
    if not _out_of_reach(module, function) or module.importers:
        return False
    return module.document.is_notebook or module.fact(_works)


def _out_of_reach(module: Module, function: Definition | None) -> bool:
    """Say whether the document has a function that nothing in it comes to, as far as names tell."""
    if function is None or module.calls_named(*_BY_TEXT) or module.fact(_reads_code):
        return False
    return not module.fact(Running).reaches(function) or _method_left_out(module, function)


def _reads_code(module: Module) -> bool:
    """Say whether the document finds names or code by texts, with functions of the language."""
    return any(
        isinstance(each.node.func, ast.Name) and not _finds_another(module, each.node)
        for each in module.calls_named(*_BUILT_IN)
    )


def _finds_another(module: Module, call: ast.Call) -> bool:
    """Say whether what is found is written out, and no function of the document: an attribute."""
    match call:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str() as name), *_]):
            return name not in module.names.functions
        case _:
            return False


def _works(module: Module) -> bool:
    """Say whether the document loads, learns or scores something when it runs.

    A notebook, which no file imports, works where it builds a network, too.
    """
    running, dead = module.fact(Running), module.fact(Dead)
    kinds = (*_WORK, *_BUILDING) if module.document.is_notebook else _WORK
    work = [(call.node, call.function) for call in module.calls_of(*kinds)]
    work += [(named.node, named.function) for named in module.calls_named(*_LEARNING)]
    return any(running.reaches(function) and not dead.holds(node) for node, function in work)


def _method_left_out(module: Module, function: Definition) -> bool:
    """Say whether nothing names a method, and its objects stay where their methods are named."""
    owner = module.nodes.parents.get(function)
    if not isinstance(owner, ast.ClassDef) or owner is not class_around(module, function):
        return False
    if owner.decorator_list or function.name.startswith("__"):
        return False
    if any(map(registers, function.decorator_list)):
        return False
    if only_parts_called(module, owner, function):
        return True
    if any(spelt(base) != "object" for base in owner.bases) or owner.keywords:
        return False  # the class that it derives from may call the method
    return function.name not in module.fact(_said) and not handed_on(module, owner)


def _said(module: Module) -> frozenset[str]:
    """Collect the attributes that may be asked for, and all texts: each may name a method."""
    dead = module.fact(Dead)
    attributes = {node.attr for node in module.nodes.find(ast.Attribute) if not dead.holds(node)}
    texts = (node.value for node in module.nodes.find(ast.Constant))
    return frozenset(attributes.union(text for text in texts if isinstance(text, str)))


def handed_on(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether a class, or an object of it, is used for more than what its methods do."""
    for use in module.fact(uses).get(owner.name, ()):
        made = module.nodes.parents[use]
        bound = module.nodes.parents.get(made)
        if isinstance(made, ast.Attribute):
            continue  # a method that is named with its class
        if not (isinstance(made, ast.Call) and made.func is use):
            return True
        if isinstance(bound, ast.Attribute):
            continue
        if not isinstance(bound, ast.Assign):
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
