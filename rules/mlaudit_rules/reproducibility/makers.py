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
    from collections.abc import Iterator

    from mlaudit.rulekit import Module


def reads_for_others(module: Module, built: ast.Call, layers: set[ast.Call]) -> bool:
    """Say whether `built` calls a function that gives a network with weights from a file back.

    Wherever the function stands, it has read them, whatever comes, before each of its returns.
    """
    return any(
        _new_part(module, name, reading, built, layers) is None
        for name, reading in _read_for_others(module, built)
    )


def new_for_others(
    module: Module, built: ast.Call, layers: set[ast.Call]
) -> tuple[str, ast.Call] | None:
    """Find the part that such a function makes anew after it has read the weights of the rest."""
    parts = (_new_part(module, *read, built, layers) for read in _read_for_others(module, built))
    return next((part for part in parts if part is not None), None)


def _read_for_others(module: Module, built: ast.Call) -> Iterator[tuple[str, ast.Call]]:
    """Give what the function that `built` calls returns, each with where it reads its weights."""
    function = built.func
    maker = module.names.functions.get(function.id) if isinstance(function, ast.Name) else None
    if maker is None:
        return
    returns = [node for node in module.nodes.find(ast.Return, within=maker) if node.value]
    names = {spelt(part) for node in returns for part in _parts(node.value)}
    for name in sorted(names):
        for reading in readings(module, name):
            early = all(reading.lineno < node.lineno for node in returns)
            inside = function_around(module, reading) is maker
            if inside and early and not written_before(module, reading):
                yield name, reading


def _parts(value: ast.expr | None) -> list[ast.expr]:
    """Give what a function returns, or each of what it returns at once."""
    if isinstance(value, ast.Tuple):
        return value.elts
    return [value] if value is not None else []


def _new_part(
    module: Module, name: str, reading: ast.Call, built: ast.Call, layers: set[ast.Call]
) -> tuple[str, ast.Call] | None:
    inner = made(module, name, reading)
    return new_after_reading(module, name, inner, built, layers) if inner is not None else None
