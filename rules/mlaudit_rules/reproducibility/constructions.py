"""Where the network that is trained was built, of several by its name the last before."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.bindings import assignments, last_name, spelt

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module

_AROUND = frozenset(
    {
        "DDP",
        "DistributedDataParallel",
        "DataParallel",
        "FSDP",
        "FullyShardedDataParallel",
        "compile",
    }
)
_MOVES = frozenset({"to", "cuda", "cpu", "float", "double", "half", "train", "requires_grad_"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def construction(module: Module, owner: ast.expr, before: ast.Call) -> ast.Call | None:
    """Find the call that makes a network, or the network that it is a part of."""
    if isinstance(owner, ast.Name) and owner.id in module.names.classes:
        calls = (named.node for named in module.names.calls)
        return next(
            (c for c in calls if isinstance(c.func, ast.Name) and c.func.id == owner.id), None
        )
    found = made(module, spelt(owner), before)
    while found is None and isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
        found = made(module, spelt(owner), before)
    while found is not None and last_name(found.func) in _AROUND and found.args:
        inner = made(module, spelt(found.args[0]), found)
        if inner is None or inner is found:
            break
        found = inner
    return found


def made(module: Module, name: str, before: ast.AST) -> ast.Call | None:
    """Find the call whose result a name stands for at a node: the last before it, else the first.

    A network that is moved or wrapped, `net = net.to(device)`, is not made anew.
    """
    calls = module.fact(_made).get(name, [])
    fresh = [call for call in calls if not _mentions(module, call, name)] or calls
    home = function_around(module, before)
    earlier = [
        call
        for call in fresh
        if call.lineno <= getattr(before, "lineno", 0) and function_around(module, call) is home
    ]
    return earlier[-1] if earlier else next(iter(fresh), None)


def _made(module: Module) -> dict[str, list[ast.Call]]:
    """What is bound to the results of which calls, in source order."""
    found: dict[str, list[ast.Call]] = {}
    for target, value in module.fact(assignments):
        if isinstance(value, ast.Call) and not isinstance(target, ast.Tuple | ast.List):
            found.setdefault(spelt(target), []).append(value)
    return found


def _mentions(module: Module, call: ast.Call, name: str) -> bool:
    last = name.rpartition(".")[2]
    named = module.nodes.find(ast.Name, ast.Attribute, within=call)
    return any(last_name(node) == last and spelt(node) == name for node in named)


def bare(built: ast.Call) -> ast.Call:
    """Find `Net()` in `Net().to(device)`."""
    function = built.func
    while isinstance(function, ast.Attribute) and function.attr in _MOVES:
        if not isinstance(function.value, ast.Call):
            break
        built, function = function.value, function.value.func
    return built


def weights_of(module: Module, name: str, fit: ast.Call, weights: list[Call]) -> Call:
    """Choose the first weights of the network that goes by a name where it is fitted.

    They stand in its construction, in what makes it, or are added to it; those of
    `Model(inputs, outputs)` stand before it.
    """
    built = made(module, name, fit)
    if built is None:
        return next((call for call in weights if _belongs(module, call, name)), weights[0])
    maker = last_name(built.func)
    inside = module.names.functions.get(maker) or module.names.classes.get(maker) or built
    within = set(module.nodes.find(ast.Call, within=inside))
    home = function_around(module, built)
    near = [call for call in weights if function_around(module, call.node) is home]
    for found in (
        [call for call in weights if call.node in within],
        [c for c in near if c.node.lineno >= built.lineno and _belongs(module, c, name)],
        [call for call in near if call.node.lineno <= built.lineno][-1:],
    ):
        if found:
            return found[0]
    return next((call for call in weights if _belongs(module, call, name)), weights[0])


def _belongs(module: Module, call: Call, name: str) -> bool:
    """Say whether a layer is made for a network: `net = Sequential([…])` or `net.add(…)`."""
    parents = module.nodes.parents
    node: ast.AST = call.node
    while node in parents and not isinstance(node, ast.stmt):
        node = parents[node]
    owners: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        owners = node.targets
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        owners = [function.value] if isinstance(function, ast.Attribute) else []
    return any(spelt(owner) == name for owner in owners)


def function_around(module: Module, node: ast.AST) -> ast.AST | None:
    """Find the function that a node stands in, None at the top level."""
    around = module.nodes.parents.get(node)
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = module.nodes.parents.get(around)
    return around
