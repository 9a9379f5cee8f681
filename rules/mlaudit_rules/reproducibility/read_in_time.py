"""Weights that are read from a file after the optimizer is made, and before anything trains."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.classes import class_around
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.given_weights import conditional, readings, written_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

_TRAINING = frozenset({"step", "fit"})


def read_in_time(module: Module, name: str, optimizer: Call) -> bool:
    """Say whether a network gets weights from a file, whatever comes, before it is trained."""
    return _behind(module, name, optimizer) or _by_method(module, name, optimizer)


def _behind(module: Module, name: str, optimizer: Call) -> bool:
    """Say whether weights are read before the network or its optimizer is put to any use."""
    made = module.nodes.parents.get(optimizer.node)
    targets = made.targets if isinstance(made, ast.Assign) else []
    names, home = {name, *map(spelt, targets)}, function_around(module, optimizer.node)
    start = optimizer.node.end_lineno or optimizer.node.lineno
    read = [
        node.lineno
        for node in readings(module, name)
        if node.lineno > start
        and function_around(module, node) is home
        and not written_before(module, node)
    ]
    return bool(read) and not any(
        start < node.lineno <= read[0] and _uses(node, names)
        for node in module.nodes.find(ast.Call)
    )


def _uses(call: ast.Call, names: set[str]) -> bool:
    """Say whether a call is given one of these, runs it, or takes a step of it."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in _TRAINING:
        function = function.value
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return any(spelt(node) in names for node in (function, *given))


def _by_method(module: Module, name: str, optimizer: Call) -> bool:
    """Say whether an object is told to read its weights, whatever comes, before it is to train."""
    trains, owner = optimizer.function, class_around(module, optimizer.node)
    if trains is None or owner is None or not name.startswith("self."):
        return False
    around = [
        function_around(module, node)
        for node in readings(module, name)
        if class_around(module, node) is owner
    ]
    reading = {getattr(function, "name", "") for function in around} - {trains.name, "__init__"}
    told = {each.id: each.lineno for each in _told(module, reading)}
    return bool(told) and all(
        told.get(each.id, each.lineno) < each.lineno for each in _told(module, {trains.name})
    )


def _told(module: Module, methods: set[str]) -> Iterator[ast.Name]:
    """Give the objects that are told something by one of these methods, whatever comes."""
    for named in module.calls_named(*methods):
        match named.node.func:
            case ast.Attribute(value=ast.Name() as each) if not conditional(module, named.node):
                yield each
