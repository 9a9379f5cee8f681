"""Functions that make a network for others, and read its weights before they give it back."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.constructions import function_around, made
from mlaudit_rules.reproducibility.given_weights import (
    new_after_reading,
    readings,
    written_before,
)

if TYPE_CHECKING:
    from mlaudit.rulekit import Module


def reads_for_others(module: Module, built: ast.Call, layers: set[ast.Call]) -> bool:
    """Say whether `built` calls a function that gives a network with weights from a file back.

    Wherever the function stands, it has read them, whatever comes, before each of its returns.
    """
    function = built.func
    maker = module.names.functions.get(function.id) if isinstance(function, ast.Name) else None
    if maker is None:
        return False
    returns = [node for node in module.nodes.find(ast.Return, within=maker) if node.value]
    names = {spelt(part) for node in returns for part in _parts(node.value)}
    return any(
        function_around(module, reading) is maker
        and all(reading.lineno < node.lineno for node in returns)
        and not written_before(module, reading)
        and _stays(module, name, reading, built, layers)
        for name in sorted(names)
        for reading in readings(module, name)
    )


def _parts(value: ast.expr | None) -> list[ast.expr]:
    """Give what a function returns, or each of what it returns at once."""
    if isinstance(value, ast.Tuple):
        return value.elts
    return [value] if value is not None else []


def _stays(
    module: Module, name: str, reading: ast.Call, built: ast.Call, layers: set[ast.Call]
) -> bool:
    """Say whether no part of a network is made anew after its weights are read."""
    inner = made(module, name, reading)
    return inner is None or new_after_reading(module, name, inner, built, layers) is None
