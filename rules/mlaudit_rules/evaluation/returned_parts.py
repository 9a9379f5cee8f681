"""Parts of rows that a function returns in one order, and a caller takes in another."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import frozen, last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlaudit.rulekit import Module

    Part = Callable[[str], str | None]
    Function = ast.FunctionDef | ast.AsyncFunctionDef


@frozen
class Mixed:
    """A target that gets another part than its name says: the one that is `returned` there."""

    targets: ast.Tuple | ast.List
    index: int
    function: str
    returned: ast.Tuple


def mixed_up(module: Module, part_of: Part) -> Iterator[Mixed]:
    """Find where train and test parts come out of a function under each other's names.

    A program that takes them both ways trades them on purpose.
    """
    for name, function in module.names.functions.items():
        returned = _returned(module, function)
        if returned is None:
            continue
        parts = [part_of(last_name(item)) for item in returned.elts]
        if not {"train", "test"} <= set(parts):
            continue
        taken = [
            (targets, _traded(parts, [part_of(last_name(item)) for item in targets.elts]))
            for targets in _taken(module, name)
            if len(targets.elts) == len(parts)
        ]
        if all(index is not None for _, index in taken):
            for targets, index in taken:
                yield Mixed(targets, index or 0, name, returned)


def _returned(module: Module, function: Function) -> ast.Tuple | None:
    """Give the names that a function returns, where it does so in one way only."""
    found = module.nodes.find(ast.Return, within=function)
    value = found[0].value if len(found) == 1 else None
    return value if isinstance(value, ast.Tuple) and all(map(last_name, value.elts)) else None


def _taken(module: Module, function: str) -> Iterator[ast.Tuple | ast.List]:
    """Find what the results of a function are unpacked into, at once or by a name between."""
    for named in module.calls_named(function):
        around = module.nodes.parents.get(named.node)
        if not isinstance(named.node.func, ast.Name) or not isinstance(around, ast.Assign):
            continue
        for target in around.targets:
            if isinstance(target, ast.Tuple | ast.List):
                yield target
            elif isinstance(target, ast.Name):
                yield from _behind(module, target.id, named.function)


def _behind(module: Module, name: str, function: Function | None) -> Iterator[ast.Tuple | ast.List]:
    for node in module.nodes.find(ast.Assign, within=function):
        if isinstance(node.value, ast.Name) and node.value.id == name:
            for target in node.targets:
                if isinstance(target, ast.Tuple | ast.List):
                    yield target


def _traded(returned: list[str | None], taken: list[str | None]) -> int | None:
    """Find the first name of another part, where a train and a test part have changed places."""
    pairs = list(zip(returned, taken, strict=True))
    both = ("train", "test") in pairs and ("test", "train") in pairs
    return next((i for i, (a, b) in enumerate(pairs) if a and b and a != b), None) if both else None
