"""Extremes of scores that decide nothing: limits of a plot, and a label beside all results."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.syntax.nodes import Nodes

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


def decides_nothing(nodes: Nodes) -> frozenset[int]:
    """Find calls of `max` and its like whose value only draws or labels; gives their ids.

    A value draws that stands among the arguments of a drawing call, itself or by a name that is
    bound once and read in such arguments alone.
    """
    calls = nodes.find(ast.Call)
    extremes = [id(call) for call in _extremes(calls)]
    if not extremes:
        return frozenset()
    drawn = {id(part) for call in calls for given in _drawing(call) for part in nodes.below(given)}
    found = drawn.intersection(extremes)
    return frozenset(found | (_named(nodes, drawn) if drawn else set()) | _labels(nodes))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _drawing(call: ast.Call) -> list[ast.AST]:
    """Give the arguments of a call that place or colour what is drawn."""
    if _name(call.func) in _DRAWS:
        return [*call.args, *call.keywords]
    return [given for given in call.keywords if given.arg in _SETTINGS] if call.keywords else []


def _extremes(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if isinstance(node, ast.Call) and _name(node.func).removeprefix("nan") in _EXTREMES:
            yield node


def _named(nodes: Nodes, drawn: set[int]) -> set[int]:
    """Find extremes in names that are bound once and only drawn with."""
    bound: dict[str, list[ast.expr | None]] = {}
    read: dict[str, bool] = {}
    values = {
        id(node.targets[0]): node.value for node in nodes.find(ast.Assign) if len(node.targets) == 1
    }
    for node in nodes.find(ast.Name):
        if isinstance(node.ctx, ast.Load):
            read[node.id] = read.get(node.id, True) and id(node) in drawn
        else:
            bound.setdefault(node.id, []).append(values.get(id(node)))
    return {
        id(call)
        for name, given in bound.items()
        if len(given) == 1 and given[0] is not None and read.get(name)
        for call in _extremes(nodes.below(given[0]))
    }


def _labels(nodes: Nodes) -> set[int]:
    """Find the best one's name in a literal dictionary that holds all results beside it.

    Where the program reads that entry, it does decide.
    """
    written = [node.value for node in nodes.find(ast.Constant)]
    found: set[int] = set()
    for node in nodes.find(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(value, ast.Call)):
                continue
            if written.count(key.value) != 1 or not any(_extremes([value])):
                continue
            among = ast.unparse(value.args[0]) if value.args else ""
            if any(ast.unparse(other) == among for other in node.values):
                found.add(id(value))
    return found
