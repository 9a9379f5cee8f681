"""Searches that show how a tool works: they minimise a formula, and no model hangs on it."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

_COMPUTES = frozenset({"numpy", "math", "time", "hyperopt", "optuna"})
_GIVEN_AS = frozenset({"fn", "func", "f", "objective", "trainable", "run_or_experiment"})
_RAY = "ray."
_TUNERS = frozenset({"Tuner", "run"})
_WRAPPERS = frozenset({"with_parameters", "with_resources"})
_KNOWN = frozenset(dir(builtins))
Objective = ast.Lambda | ast.FunctionDef


def computes_only(module: Module, call: Call) -> bool:
    """Say whether a search or study has objectives, and they read nothing of the program."""
    tried = _tried_by_ray(module, call) if call.name.startswith(_RAY) else module.fact(_tried)
    given = list(_given(call.node)) or tried
    functions = module.fact(_functions)
    found = [_objective(node, functions) for node in given]
    known = _KNOWN | module.fact(_imported)
    return bool(found) and all(each is not None and _reads(module, each) <= known for each in found)


def _given(node: ast.Call) -> Iterator[ast.expr]:
    """Give what may be the function that a search tries."""
    yield from (each for each in _first(node) if isinstance(each, ast.Lambda | ast.Name))


def _first(node: ast.Call) -> list[ast.expr]:
    first = [*node.args[:1], *(k.value for k in node.keywords if k.arg in _GIVEN_AS)]
    return [_unwrapped(each) for each in first]


def _unwrapped(node: ast.expr) -> ast.expr:
    """Give the function in `tune.with_resources(train, …)`."""
    while isinstance(node, ast.Call) and last_name(node.func) in _WRAPPERS and node.args:
        node = node.args[0]
    return node


def _tried(module: Module) -> list[ast.expr]:
    """Give what studies are told to optimize."""
    trials = (named.node for named in module.calls_named("optimize"))
    return [
        node for trial in trials if isinstance(trial.func, ast.Attribute) for node in _given(trial)
    ]


def _tried_by_ray(module: Module, searcher: Call) -> list[ast.expr]:
    """Give what the tuners try that a searcher of Ray is given to, or all, where none is seen."""
    tuners = [call.node for call in module.calls if _tunes(call)]
    made = module.nodes.parents.get(searcher.node)
    names = {last_name(target) for target in made.targets} if isinstance(made, ast.Assign) else ()
    handed = [
        tuner
        for tuner in tuners
        for node in module.nodes.find(ast.Name, ast.Call, within=tuner)
        if node is searcher.node or (isinstance(node, ast.Name) and node.id in names)
    ]
    return [node for tuner in handed or tuners for node in _first(tuner)]


def _tunes(call: Call) -> bool:
    return call.name.startswith(_RAY) and last_name(call.node.func) in _TUNERS


def _functions(module: Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in module.nodes.find(ast.FunctionDef)}


def _objective(node: ast.expr, functions: dict[str, ast.FunctionDef]) -> Objective | None:
    if isinstance(node, ast.Lambda):
        return node
    return functions.get(node.id) if isinstance(node, ast.Name) else None


def _reads(module: Module, function: Objective) -> set[str]:
    """Name what a function reads that it does not bind itself, but for what it tells Ray."""
    telling = {
        head
        for call in module.nodes.find(ast.Call, within=function)
        if (module.names.resolve(call.func) or "").startswith(_RAY)
        and last_name(call.func) == "report"
        for head in ast.walk(call.func)
    }
    names = [
        node for node in ast.walk(function) if isinstance(node, ast.Name) and node not in telling
    ]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return {node.id for node in names} - own


def _imported(module: Module) -> frozenset[str]:
    """Name what the document imports from libraries that only compute."""
    found: set[str] = set()
    for node in module.nodes.find(ast.Import, ast.ImportFrom):
        of = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            if (of or alias.name).partition(".")[0] in _COMPUTES:
                found.add((alias.asname or alias.name).partition(".")[0])
    return frozenset(found)
