"""Finds where fitted models and fitted preprocessing are saved."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.engine.description import MODEL, PREPROCESSING
from mlaudit.trace.events import Model, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.location import Location
    from mlaudit.rulekit.module import Module


def stored(module: Module) -> dict[str, list[Location]]:
    """Say where models and transformers are saved, known by the names that they are bound to."""
    kinds = {
        model.variable: set(_kinds(model))
        for model in module.trace.models
        if model.variable is not None
    }
    found: dict[str, list[Location]] = {}
    for node, saved in _savings(module):
        names = {name for value in saved for name in _heads(value)}
        held = {kind for name in names for kind in kinds.get(name, ())}
        if any(_holds_weights(value) for value in saved):
            held.add(MODEL)
        for kind in sorted(held):
            found.setdefault(kind, []).append(module.place(node).location)
    return found


def _kinds(model: Model) -> Iterator[str]:
    """Say what is saved with a model: a pipeline holds its preprocessing."""
    if model.role in {Role.PREDICTOR, Role.CLUSTERER}:
        yield MODEL
    if model.role is Role.TRANSFORMER or any(PREPROCESSING in _kinds(step) for step in model.steps):
        yield PREPROCESSING


def _savings(module: Module) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Give each call that saves something, with what it may save; a dict for its name."""
    for call in module.calls:
        if call.entry is not None and call.entry.kind == "store":
            yield call.node, [_dict_of(module, argument) for argument in call.node.args]
    if "save" not in module.document.text:
        return
    for named in module.names.calls:
        function = named.node.func
        if isinstance(function, ast.Attribute) and function.attr.startswith("save"):
            yield named.node, [function.value]


def _dict_of(module: Module, value: ast.expr) -> ast.expr:
    """Find the dict that a name is bound to, as checkpoints are; anything else is as it stands."""
    if not isinstance(value, ast.Name):
        return value
    bound = (
        node.value
        for node in module.nodes.find(ast.Assign)
        if isinstance(node.value, ast.Dict)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == value.id
    )
    return next(bound, value)


def _holds_weights(value: ast.expr) -> bool:
    """Say whether the weights of a network are among what is saved; an optimizer's are not."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "state_dict"
        and not re.search(r"optim|sched|scaler|^opt", ast.unparse(node.value))
        for node in ast.walk(value)
    )


def _heads(node: ast.expr) -> Iterator[str]:
    """Give the name that an expression begins with, and those in a tuple, list or dict."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute):
            yield node.attr
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Tuple | ast.List):
        for item in node.elts:
            yield from _heads(item)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _heads(value)
