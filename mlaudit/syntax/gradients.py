"""Functions that look at gradients, and change no weight along them.

The information of Fisher, maps of saliency and the like come from `loss.backward()` as trainings
do; what tells them from these is that gradients are computed with, and that no step follows.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern
from mlaudit.syntax.nodes import children, walk
from mlaudit.syntax.spelling import last_name, spelt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_KEPT = 64  # a function is asked about at every loss of every call of it
_HELD = "grad"
_LOSS = "backward"
_STEPPING = Pattern(r"(?i)step|optimi|minimi|apply_grad|load_state|vector_to_param|^update_")
# What is done to a tensor in place and moves no weight.
_HARMLESS = frozenset({"zero_", "detach_", "requires_grad_"})
# What tells of a gradient, and is no gradient itself.
_MEASURES = frozenset(
    {"abs", "max", "mean", "min", "norm", "pow", "sign", "square", "std", "sum", "var"}
)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ASKING = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.If)


@lru_cache(_KEPT)
def only_read(function: ast.AST) -> bool:
    """Say whether a function computes with gradients, and surely neither steps nor hands them on.

    Nothing is told of a function that reads none: whoever calls it may take the step.
    """
    nodes = walk(function)
    held = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == _HELD]
    if not held or any(isinstance(node, ast.Call) and _may_move(node) for node in nodes):
        return False
    above = {inner: node for node in nodes for inner in children(node)}
    ways = {_way(node, above) for node in held}
    if "read" not in ways or "given" in ways:
        return False
    owners = {spelt(node.value) for node in held}
    return not any(_moves(node, owners) for node in nodes)


@lru_cache(_KEPT)
def steps_around(call: ast.AST, caller: ast.AST) -> bool:
    """Say whether what calls a function may take a step for it.

    The steps of another loop are for the losses of that.
    """
    if call not in walk(caller):
        return False
    return any(isinstance(node, ast.Call) and _may_move(node) for node in _beside(call, caller))


def _beside(call: ast.AST, caller: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of a caller, but for those of loops without the call and with own losses."""
    for node in children(caller):
        if isinstance(node, _LOOPS):
            below = walk(node)
            if call not in below and _LOSS in map(_called, below):
                continue
        yield node
        yield from _beside(call, node)


def _called(node: ast.AST) -> str:
    return last_name(node.func) if isinstance(node, ast.Call) else ""


def _may_move(call: ast.Call) -> bool:
    """Say whether a call may change weights: by its name a step, or something done in place."""
    name = last_name(call.func)
    in_place = name.endswith("_") and not name.endswith("__") and name not in _HARMLESS
    return in_place or _STEPPING.search(name) is not None


def _way(gradient: ast.Attribute, above: dict[ast.AST, ast.AST]) -> str:
    """Tell what becomes of a gradient: it is "read" by arithmetic, "given" away, or neither."""
    inner: ast.AST = gradient
    around, methods = above[gradient], [""]
    if not isinstance(gradient.ctx, ast.Load):
        value = around.value if isinstance(around, ast.Assign) else None
        return "" if isinstance(value, ast.Constant) and value.value is None else "given"
    if isinstance(around, _ASKING) or _calls(around, gradient):
        return ""
    while isinstance(around, ast.Attribute) or _calls(around, inner):
        methods += [around.attr] if isinstance(around, ast.Attribute) else []
        inner, around = around, above[around]
    if methods[-1] in _HARMLESS:
        return ""
    computed = isinstance(around, ast.BinOp | ast.AugAssign) or not _MEASURES.isdisjoint(methods)
    return "read" if computed else "given"


def _calls(node: ast.AST, function: ast.AST) -> bool:
    return isinstance(node, ast.Call) and node.func is function


def _moves(node: ast.AST, owners: Collection[str]) -> bool:
    """Say whether a statement subtracts something, or binds anew what has a gradient."""
    match node:
        case ast.AugAssign(target=target, op=op):
            return isinstance(op, ast.Sub) or spelt(target).removesuffix(".data") in owners
        case ast.Assign(targets=targets):
            return any(spelt(target).removesuffix(".data") in owners for target in targets)
        case _:
            return False
