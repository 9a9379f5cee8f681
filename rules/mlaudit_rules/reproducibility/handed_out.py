"""Chunks that a division makes for workers, which do the same with each of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.bindings import uses
from mlaudit_rules.reproducibility.constructions import function_around

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_METHODS = frozenset(
    {"submit", "map", "imap", "imap_unordered", "starmap", "apply_async"}
    | {"map_async", "starmap_async"}
)
_CLASSES = frozenset({"Process", "Thread"})
_PASSING = frozenset({"enumerate", "list", "tqdm", "zip"})


def handed_out(module: Module, division: ast.Call) -> bool:
    """Say whether all chunks of a division go to threads or processes, and to nothing else.

    Then none of them is set apart, and no result depends on which rows stand in which.
    """
    parents = module.nodes.parents
    bound = parents.get(division)
    if not isinstance(bound, ast.Assign):
        return _goes_out(module, division)
    if len(bound.targets) != 1 or not isinstance(bound.targets[0], ast.Name):
        return False
    home = function_around(module, division)
    named = module.fact(uses).get(bound.targets[0].id, ())
    read = [
        use
        for use in named
        if isinstance(use.ctx, ast.Load)
        and function_around(module, use) is home
        and not _is_counted(parents.get(use))
    ]
    return bool(read) and all(_goes_out(module, use) for use in read)


def _goes_out(module: Module, chunks: ast.expr) -> bool:
    """Say whether chunks are given to workers, at once or one by one in a loop."""
    above = module.nodes.parents.get(chunks)
    while isinstance(above, ast.Call) and last_name(above.func) in _PASSING:
        chunks, above = above, module.nodes.parents.get(above)
    if isinstance(above, ast.Call):
        return _employs(above)
    if isinstance(above, ast.For):
        return above.iter is chunks and _employs_each(module, above.target, above)
    if isinstance(above, ast.comprehension):
        turning = module.nodes.parents.get(above)
        return turning is not None and _employs_each(module, above.target, turning)
    return False


def _employs_each(module: Module, target: ast.expr, loop: ast.AST) -> bool:
    """Say whether each turn of a loop gives its own chunk to a worker."""
    names = {name.id for name in module.nodes.find(ast.Name, within=target)}
    return any(
        _employs(call)
        and any(name.id in names for name in module.nodes.find(ast.Name, within=call))
        for call in module.nodes.find(ast.Call, within=loop)
    )


def _employs(call: ast.Call) -> bool:
    """Say whether a call gives work to a thread or process: `pool.map(read, chunks)`."""
    function = call.func
    if isinstance(function, ast.Call):
        return last_name(function.func) == "delayed"
    if last_name(function) in _CLASSES:
        return True
    return isinstance(function, ast.Attribute) and function.attr in _METHODS


def _is_counted(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "len"
