"""Networks of PyTorch that are never called as a whole: only some of their methods are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.bindings import uses

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

# Methods of a network that give the network itself.
_ITSELF = frozenset({"to", "cuda", "cpu", "eval", "train", "float", "double", "half"})


def only_parts_called(module: Module, owner: ast.ClassDef, function: Definition) -> bool:
    """Say whether a document asks a network for methods alone that never come to this one.

    So an autoencoder that only encodes never draws what its `forward` would.
    """
    if not owner.bases or any(last_name(base) != "Module" for base in owner.bases):
        return False
    return function not in _asked(module, owner) and not _called_whole(module, owner)


def _asked(module: Module, owner: ast.ClassDef) -> set[ast.AST]:
    """Follow the methods by their names, from those that stand outside the class."""
    methods = {item.name: item for item in owner.body if isinstance(item, ast.FunctionDef)}
    own = set(module.nodes.find(ast.Attribute, within=owner))
    texts = {node.value for node in module.nodes.find(ast.Constant)}
    named = {node.attr for node in module.nodes.find(ast.Attribute) if node not in own}
    pending = [n for n in methods if n in named or n in texts or n.startswith("__")]
    asked: set[ast.AST] = set()
    while pending:
        method = methods.get(pending.pop())
        if method is None or method in asked:
            continue
        asked.add(method)
        if _hands_itself_on(module, method):
            return {*methods.values()}
        pending += [node.attr for node in module.nodes.find(ast.Attribute, within=method)]
    return asked


def _hands_itself_on(module: Module, method: ast.FunctionDef) -> bool:
    """Say whether a method does more with `self` than to ask for attributes, or for its parent."""
    for name in module.nodes.find(ast.Name, within=method):
        above = module.nodes.parents[name]
        parent = isinstance(above, ast.Call) and last_name(above.func) == "super"
        if name.id == "self" and not (parent or isinstance(above, ast.Attribute)):
            return True
    return False


def _called_whole(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether an object of a class may be called or handed on, under whatever name."""
    inside = set(module.nodes.find(ast.Name, within=owner))
    found: set[str] = set()
    for use in module.fact(uses).get(owner.name, ()):
        made = module.nodes.parents[use]
        if use in inside:
            continue
        if not (isinstance(made, ast.Call) and made.func is use and _kept(module, made, found)):
            return True
    pending = [*found]
    while pending:
        name = pending.pop()
        known = {*found}
        for use in module.fact(uses).get(name, ()):
            if isinstance(use.ctx, ast.Load) and not _kept(module, use, found):
                return True
        pending += found - known
    return False


def _kept(module: Module, network: ast.expr, names: set[str]) -> bool:
    """Say whether a network is asked for a method or bound to names, which are added."""
    parents = module.nodes.parents
    above = parents[network]
    while isinstance(above, ast.Attribute) and above.attr in _ITSELF:
        call = parents[above]
        if not (isinstance(call, ast.Call) and call.func is above):
            return False
        network, above = call, parents[call]
    if isinstance(above, ast.Attribute | ast.Expr):
        return True
    if not isinstance(above, ast.Assign):
        return False
    names.update(target.id for target in above.targets if isinstance(target, ast.Name))
    return all(isinstance(target, ast.Name) for target in above.targets)
