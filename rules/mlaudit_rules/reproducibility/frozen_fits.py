"""Calls of `fit` that train nothing, as the whole network is frozen where they run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.bindings import assignments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module


def fits_frozen(module: Module, fit: ast.Call, network: str) -> bool:
    """Say whether the switch that leads to a `fit` also freezes the network, all at once.

    A program that only judges does so, to have the scores of validation written as ever.
    """
    switches = set(_switches(module, fit))
    return bool(switches) and any(
        spelt(target) == f"{network}.trainable"
        and isinstance(value, ast.Constant)
        and value.value is False
        and not switches.isdisjoint(_switches(module, target))
        for target, value in module.fact(assignments)
    )


def _switches(module: Module, node: ast.AST) -> Iterator[str]:
    """Name what must hold for a node to run in its function: `check` of `if check: …`."""
    inner, outer = node, module.nodes.parents.get(node)
    while outer is not None and not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(outer, ast.If) and isinstance(outer.test, ast.Name) and inner in outer.body:
            yield outer.test.id
        inner, outer = outer, module.nodes.parents.get(outer)
