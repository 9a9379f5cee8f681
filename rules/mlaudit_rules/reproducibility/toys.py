"""Searches that show how a tool works: they minimise a formula, and no model hangs on it."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

_COMPUTES = frozenset({"numpy", "math", "time", "hyperopt", "optuna"})
_GIVEN_AS = frozenset({"fn", "func", "f", "objective"})
_KNOWN = frozenset(dir(builtins))
Objective = ast.Lambda | ast.FunctionDef


def computes_only(module: Module, call: Call) -> bool:
    """Say whether a search or study has objectives, and they read nothing of the program."""
    given = list(_given(call.node)) or module.fact(_tried)
    functions = module.fact(_functions)
    found = [_objective(node, functions) for node in given]
    known = _KNOWN | module.fact(_imported)
    return bool(found) and all(each is not None and _reads(each) <= known for each in found)


def _given(node: ast.Call) -> Iterator[ast.expr]:
    """Give what may be the function that a search tries."""
    first = [*node.args[:1], *(k.value for k in node.keywords if k.arg in _GIVEN_AS)]
    yield from (each for each in first if isinstance(each, ast.Lambda | ast.Name))


def _tried(module: Module) -> list[ast.expr]:
    """Give what studies are told to optimize."""
    trials = (named.node for named in module.calls_named("optimize"))
    return [
        node for trial in trials if isinstance(trial.func, ast.Attribute) for node in _given(trial)
    ]


def _functions(module: Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in module.nodes.find(ast.FunctionDef)}


def _objective(node: ast.expr, functions: dict[str, ast.FunctionDef]) -> Objective | None:
    if isinstance(node, ast.Lambda):
        return node
    return functions.get(node.id) if isinstance(node, ast.Name) else None


def _reads(function: Objective) -> set[str]:
    """Name what a function reads that it does not bind itself."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
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
