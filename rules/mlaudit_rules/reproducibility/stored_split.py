"""Splits that are drawn once and stored: where their file is there, later runs read it back."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, block_of, last_name, statement_of
from mlaudit_rules.reproducibility.bindings import values_by_target
from mlaudit_rules.reproducibility.found_file import ASKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_STORING = Pattern(
    r"(?i)(^|_)(save|savez|savetxt|dump|dumps|store)(_|$)|^write_(bytes|text)$"
    r"|^to_(csv|parquet|pickle|json|feather|hdf|excel)$"
)
_LEAVING = (ast.Return, ast.Raise, ast.Continue)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def stored_once(module: Module, split: ast.Call) -> bool:
    """Say whether a split is only made where no file is there, and all of its parts are stored."""
    return _file_is_missing(module, split) and _is_stored(module, split)


def _file_is_missing(module: Module, node: ast.AST) -> bool:
    """Say whether a test for a file, in the same function, has to fail before a node is reached."""
    parents, below = module.nodes.parents, node
    while below in parents and not isinstance(below, _FUNCTIONS):
        above = parents[below]
        if isinstance(below, ast.stmt) and (
            (isinstance(above, ast.If) and _asks(module, above.test, denied=below in above.body))
            or any(_has_left(module, one, below) for one in block_of(module, below))
        ):
            return True
        below = above
    return False


def _has_left(module: Module, earlier: ast.stmt, node: ast.stmt) -> bool:
    """Say whether the block is left before a statement of it, where a file is there."""
    return (
        isinstance(earlier, ast.If)
        and earlier.lineno < node.lineno
        and isinstance(earlier.body[-1], _LEAVING)
        and _asks(module, earlier.test, denied=False)
    )


def _asks(module: Module, test: ast.expr, *, denied: bool) -> bool:
    """Say whether a test asks if a file is there, or if it is not."""
    if isinstance(test, ast.BoolOp):
        return any(_asks(module, part, denied=denied) for part in test.values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return denied and _asks(module, test.operand, denied=False)
    if denied:
        return False
    found = [test]
    if isinstance(test, ast.Name):
        found = module.fact(values_by_target).get(test.id, [])
    return any(
        last_name(call.func) in ASKING
        for each in found
        for call in module.nodes.find(ast.Call, within=each)
    )


def _is_stored(module: Module, split: ast.Call) -> bool:
    """Say whether what is stored, in the block of a split, holds it or all of its parts."""
    made = statement_of(module, split)
    stored = [*_stored(module, block_of(module, made))]
    if any(node is split for node in stored):
        return True
    names = {
        node.id
        for target in (made.targets if isinstance(made, ast.Assign) else ())
        for node in module.nodes.find(ast.Name, within=target)
    }
    return bool(names) and names <= {node.id for node in stored if isinstance(node, ast.Name)}


def _stored(module: Module, block: list[ast.stmt]) -> Iterator[ast.AST]:
    """Give all that stands in calls which store something, the object of a method included."""
    for statement in block:
        for call in module.nodes.find(ast.Call, within=statement):
            if _STORING.search(last_name(call.func)):
                yield from module.nodes.below(call)
