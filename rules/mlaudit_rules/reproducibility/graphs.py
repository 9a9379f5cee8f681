"""Seeds of TensorFlow that are set on a graph: `graph.seed = 1`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module, NamedCall

    Function = ast.FunctionDef | ast.AsyncFunctionDef | None

_MAKERS = ("Graph", "get_default_graph")


def seeded_graphs(module: Module) -> Iterator[tuple[ast.Assign, Function]]:
    """Find where a graph gets a seed, each with the function in which the graph is made."""
    for made in module.calls_named(*_MAKERS):
        if not (module.names.resolve(made.node.func) or "").startswith("tensorflow."):
            continue
        names = set(_names(module, made))
        for node in module.nodes.find(ast.Assign, within=made.function):
            if _is_set(node, made.node, names):
                yield node, made.function


def _names(module: Module, made: NamedCall) -> Iterator[str]:
    """Name what a graph is bound to: `graph = tf.Graph()`, `with tf.Graph().as_default() as g`."""
    for node in module.nodes.find(ast.Assign, within=made.function):
        if node.value is made.node:
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    for item in module.nodes.find(ast.withitem, within=made.function):
        match item:
            case ast.withitem(ast.Call(ast.Attribute(value, "as_default")), ast.Name(name)) if (
                value is made.node
            ):
                yield name


def _is_set(node: ast.Assign, made: ast.Call, names: set[str]) -> bool:
    """Say whether an assignment gives the graph a seed; None takes it away."""
    if isinstance(node.value, ast.Constant) and node.value.value is None:
        return False
    return any(
        isinstance(target, ast.Attribute)
        and target.attr == "seed"
        and (
            target.value is made
            or (isinstance(target.value, ast.Name) and target.value.id in names)
        )
        for target in node.targets
    )
