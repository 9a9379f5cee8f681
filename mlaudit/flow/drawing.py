"""Extremes of scores that decide nothing: limits of a plot, and a label beside all results."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRAWS = frozenset(
    {
        "xlim",
        "ylim",
        "zlim",
        "clim",
        "set_xlim",
        "set_ylim",
        "set_zlim",
        "set_clim",
        "set_xbound",
        "set_ybound",
        "axhline",
        "axvline",
        "axhspan",
        "axvspan",
        "hlines",
        "vlines",
        "text",
        "annotate",
        "xticks",
        "yticks",
        "set_xticks",
        "set_yticks",
        "margins",
        "Normalize",
    }
)
_SETTINGS = frozenset({"vmin", "vmax", "xlim", "ylim", "color", "colors", "c", "norm"})
_EXTREMES = frozenset({"max", "min", "amax", "amin"})


def decides_nothing(tree: ast.AST) -> frozenset[int]:
    """Find calls of `max` and its like whose value only draws or labels; gives their ids.

    A value draws that stands among the arguments of a drawing call, itself or by a name that is
    bound once and read in such arguments alone.
    """
    nodes = list(ast.walk(tree))
    drawn = {
        id(part)
        for node in nodes
        if isinstance(node, ast.Call)
        for given in _drawing(node)
        for part in ast.walk(given)
    }
    found = {id(call) for call in _extremes(nodes) if id(call) in drawn}
    return frozenset(found | _named(nodes, drawn) | _labels(nodes))


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _drawing(call: ast.Call) -> list[ast.AST]:
    """Give the arguments of a call that place or colour what is drawn."""
    if _name(call.func) in _DRAWS:
        return [*call.args, *call.keywords]
    return [given for given in call.keywords if given.arg in _SETTINGS]


def _extremes(nodes: list[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if isinstance(node, ast.Call) and _name(node.func).removeprefix("nan") in _EXTREMES:
            yield node


def _named(nodes: list[ast.AST], drawn: set[int]) -> set[int]:
    """Find extremes in names that are bound once and only drawn with."""
    bound: dict[str, list[ast.expr | None]] = {}
    read: dict[str, bool] = {}
    values = {
        id(node.targets[0]): node.value
        for node in nodes
        if isinstance(node, ast.Assign) and len(node.targets) == 1
    }
    for node in nodes:
        if not isinstance(node, ast.Name):
            continue
        if isinstance(node.ctx, ast.Load):
            read[node.id] = read.get(node.id, True) and id(node) in drawn
        else:
            bound.setdefault(node.id, []).append(values.get(id(node)))
    return {
        id(call)
        for name, given in bound.items()
        if len(given) == 1 and given[0] is not None and read.get(name)
        for call in _extremes(list(ast.walk(given[0])))
    }


def _labels(nodes: list[ast.AST]) -> set[int]:
    """Find the best one's name in a literal dictionary that holds all results beside it.

    Where the program reads that entry, it does decide.
    """
    written = [node.value for node in nodes if isinstance(node, ast.Constant)]
    found: set[int] = set()
    for node in nodes:
        for key, value in _entries(node):
            if not (isinstance(key, ast.Constant) and isinstance(value, ast.Call)):
                continue
            among = ast.unparse(value.args[0]) if value.args else ""
            beside = any(ast.unparse(other) == among for _, other in _entries(node))
            if beside and written.count(key.value) == 1 and any(_extremes([value])):
                found.add(id(value))
    return found


def _entries(node: ast.AST) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    if isinstance(node, ast.Dict):
        yield from zip(node.keys, node.values, strict=True)
