"""Parts of a `tf.data` data set that is shuffled anew each time it is gone through."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import frozen, says_test, says_training, says_validation, spelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_KERAS = ("tensorflow", "keras", "tensorflow_datasets")
_FURTHEST = 8
_SETTING = "reshuffle_each_iteration"
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | None


@frozen
class Reshuffled:
    """A `shuffle` that makes a new order in every epoch, and the two parts taken behind it."""

    shuffle: ast.Call
    trained: ast.expr
    judged: ast.expr


def reshuffled_parts(module: Module) -> Iterator[Reshuffled]:
    """Find a training part by `take` and another by `skip`, or the reverse, of such a data set.

    `shuffle` draws a new order each time unless `reshuffle_each_iteration=False`, see the reference
    of `tf.data.Dataset`; `cache` behind it keeps the first.
    """
    skips = module.calls_named("skip")
    if not skips or not _uses_tensorflow(module):
        return
    takes = module.calls_named("take")
    for skip in skips:
        left = _part(module, skip.node)
        if left is None:
            continue
        held, rest, _ = left
        for take in takes:
            other = _part(module, take.node) if take.function is skip.function else None
            if other is None or spelt(other[0]) != spelt(held) or take.node is skip.node:
                continue
            shuffle = _shuffled(module, held, skip.function)
            if shuffle is None or shuffle is not _shuffled(module, other[0], take.function):
                continue
            both = (other[1], rest) if _trains(other[1]) else (rest, other[1])
            if _trains(both[0]) and _judges(both[1]):
                if not _left_standing(module, skip.function):
                    yield Reshuffled(shuffle, *both)
                break


def _left_standing(module: Module, function: _Scope) -> bool:
    """Say whether nothing names a function, in a program that calls others of its own instead.

    A document that calls none is there for the files that import it.
    """
    if function is None or function.decorator_list or module.importers:
        return False
    own = module.names.functions
    if own.get(function.name) is not function:
        return False  # a method, or one that is defined again
    named = module.nodes.find(ast.Name, ast.Attribute)
    if any(getattr(node, "id", getattr(node, "attr", "")) == function.name for node in named):
        return False
    return any(
        called.function is None and spelt(called.node.func) in own for called in module.names.calls
    )


def _uses_tensorflow(module: Module) -> bool:
    return any(name.split(".", 1)[0] in _KERAS for name in module.names.aliases.values())


def _part(module: Module, call: ast.Call) -> tuple[ast.Name, ast.expr, ast.Assign] | None:
    """Of `train = data.take(n).batch(8)` give `data`, `train` and the assignment."""
    held = call.func.value if isinstance(call.func, ast.Attribute) else None
    around: ast.AST | None = call
    while isinstance(around, ast.Call | ast.Attribute):
        around = module.nodes.parents.get(around)
    if isinstance(around, ast.Assign) and len(around.targets) == 1 and isinstance(held, ast.Name):
        return held, around.targets[0], around
    return None


def _shuffled(module: Module, held: ast.Name, function: _Scope) -> ast.Call | None:
    """Find the shuffle behind which a name stands, where nothing keeps its order."""
    name, before = held.id, held.lineno
    for _ in range(_FURTHEST):
        bound = _binding(module, name, before, function)
        if bound is None:
            return None
        value = bound.value
        while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if value.func.attr in {"cache", "take", "skip", "snapshot"}:
                return None
            if value.func.attr == "shuffle":
                return value if _anew(value) else None
            value = value.func.value
        if not isinstance(value, ast.Name):
            return None
        name, before = value.id, bound.lineno
    return None


def _binding(module: Module, name: str, before: int, function: _Scope) -> ast.Assign | None:
    """Find the assignment to a name next above a line, in the same function."""
    within = function if function is not None else None
    found = [
        node
        for node in module.nodes.find(ast.Assign, within=within)
        if node.lineno < before
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == name
    ]
    return found[-1] if found else None


def _anew(shuffle: ast.Call) -> bool:
    """Say whether a shuffle, by its arguments that of `tf.data`, draws a new order each time."""
    given = {keyword.arg for keyword in shuffle.keywords}
    sized = len(shuffle.args) in {1, 2} or "buffer_size" in given
    return sized and _SETTING not in given and None not in given


def _trains(target: ast.expr) -> bool:
    name = spelt(target)
    return says_training(name) and not says_test(name) and not says_validation(name)


def _judges(target: ast.expr) -> bool:
    name = spelt(target)
    return (says_test(name) or says_validation(name)) and not says_training(name)
