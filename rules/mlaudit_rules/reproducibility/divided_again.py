"""Divisions that are made once more before anything learns from the first."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name, spelt
from mlaudit_rules.reproducibility.bindings import assignments
from mlaudit_rules.reproducibility.readers import readings, statement_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

# These give the same values in another shape or kind.
_SAME = frozenset({"astype", "bool", "copy", "cpu", "detach", "double", "float", "int", "item"})
_SAME |= {"array", "asarray", "concat", "concatenate", "enumerate", "list", "reset_index", "zip"}
_SAME |= {"from_numpy", "long", "numpy", "ravel", "reshape", "stack", "tensor", "to", "to_numpy"}
_SAME |= {"cat", "len", "tolist", "tuple", "vstack"}


def divided_again(module: Module, node: ast.Call) -> bool:
    """Say whether the same call binds the parts anew, and what was made of the first is not used.

    Files that import the document, and what a loop or function repeats, may see the first.
    """
    statement = module.nodes.parents.get(node)
    if not isinstance(statement, ast.Assign) or not _on_top(module, statement):
        return False
    target, function = spelt(statement.targets[0]), spelt(node.func)
    again = any(
        isinstance(other, ast.Call)
        and other.lineno > node.lineno
        and last_name(other.func) == last_name(node.func)
        and spelt(other.func) == function
        and spelt(bound) == target
        and _on_top(module, module.nodes.parents.get(other))
        for bound, other in module.fact(assignments)
    )
    return again and not module.importers and _leads_nowhere(module, statement, ())


def _on_top(module: Module, statement: ast.AST | None) -> bool:
    return statement is not None and module.nodes.parents.get(statement) is module.tree


def _leads_nowhere(module: Module, statement: ast.stmt, before: tuple[ast.stmt, ...]) -> bool:
    """Say whether what a statement binds only goes, as it is, into names that lead nowhere."""
    names = list(_names(statement))
    if "" in names or statement in before:
        return False
    return all(
        (following := statement_of(module, use)) is not statement
        and _only_converts(module, following)
        and _leads_nowhere(module, following, (*before, statement))
        for name in names
        for use in readings(module, statement, name)
    )


def _names(statement: ast.stmt) -> Iterator[str]:
    """Name what a statement binds, "" for all but plain names."""
    if not isinstance(statement, ast.Assign):
        yield ""
        return
    for target in statement.targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        yield from (part.id if isinstance(part, ast.Name) else "" for part in parts)


def _only_converts(module: Module, statement: ast.stmt) -> bool:
    calls = module.nodes.find(ast.Call, within=statement)
    return all(last_name(call.func) in _SAME for call in calls)
