"""Saved states of networks, and whether reading one leaves any weights as they were drawn."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.bindings import values_by_target

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_NEVER_LEAVES = frozenset({"assign", "strict"})


def reads_all(module: Module, reading: ast.Call) -> bool:
    """Say whether a network gets all of its weights from a file: by `by_name=True`, some stay.

    With `strict=False` a whole state is still all of a network.  Only where the state is changed
    on its way, or somebody asks which keys were missing, is some of it meant to be left out.
    """
    if not reading.keywords:
        return True
    if last_name(reading.func) != "load_state_dict" or len(reading.args) != 1:
        return False
    if any(keyword.arg not in _NEVER_LEAVES for keyword in reading.keywords):
        return False
    asked = not isinstance(module.nodes.parents.get(reading), ast.Expr)
    return not asked and _is_whole(module, reading.args[0])


def _is_whole(module: Module, state: ast.expr) -> bool:
    """Say whether a state is what a file holds, by whatever key or name, and as it is there."""
    while isinstance(state, ast.Subscript):
        state = state.value
    if isinstance(state, ast.Call):
        return last_name(state.func) == "load"
    if not isinstance(state, ast.Name):
        return False
    values = module.fact(values_by_target).get(state.id, [])
    loaded = values and all(isinstance(v, ast.Call) and _is_whole(module, v) for v in values)
    return bool(loaded) and not _is_changed(module, state.id)


def _is_changed(module: Module, name: str) -> bool:
    """Say whether a state that goes by a name is anything but looked up in, and handed over."""
    parents = module.nodes.parents
    for use in module.nodes.find(ast.Name):
        if use.id != name or not isinstance(use.ctx, ast.Load):
            continue
        around = parents.get(use)
        looked_up = isinstance(around, ast.Subscript) and isinstance(around.ctx, ast.Load)
        handed = isinstance(around, ast.Call) and last_name(around.func) == "load_state_dict"
        if not (looked_up or handed):
            return True
    return False
