"""Where names are read: whether a value may change, or go, without anybody noticing."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from mlaudit.rulekit.repair import block_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit.module import Module

_SIZES = {"shape", "size", "ndim", "columns", "index"}
_COLUMN_KEYWORDS = {"columns", "subset"}


def readers(module: Module, name: str, after: ast.stmt) -> Iterator[ast.Name]:
    """Find where a name is read below a statement, up to where its block binds it anew.

    Reads in functions count wherever they stand, and so do those around a loop.
    """
    end = _rebound(module, name, after)
    start = module.place(after).end_line
    loop = _loop_around(module, after)
    for node in module.nodes.find(ast.Name):
        if node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        inside = function_of(module, node) is not function_of(module, after)
        turns = loop is not None and loop.lineno <= node.lineno <= (loop.end_lineno or 0)
        if inside or turns or (node.lineno > start and (end is None or node.lineno <= end)):
            yield node


def reads_size(module: Module, node: ast.Name) -> bool:
    """Say whether only the size of a value is read, or what its columns are called."""
    user = module.nodes.parents[node]
    if isinstance(user, ast.Attribute):
        return user.attr in _SIZES
    return isinstance(user, ast.Call) and isinstance(user.func, ast.Name) and user.func.id == "len"


def names_columns(module: Module, node: ast.Name) -> bool:
    """Say whether a name stands where columns are named: `X[columns]`, `columns=names`."""
    user = module.nodes.parents[node]
    if isinstance(user, ast.keyword):
        return user.arg in _COLUMN_KEYWORDS
    return isinstance(user, ast.Subscript) and user.slice is node


def is_constant(module: Module, name: str) -> bool:
    """Say whether a name is no data: imported, a function, a class, or bound once to a literal."""
    names = module.names
    if name in names.aliases or name in names.functions or name in names.classes:
        return True
    return name in names.literals or (name not in names.bound)


def loads(module: Module, nodes: Iterable[ast.AST], name: str) -> list[ast.Name]:
    """List where some nodes read a name."""
    return [
        one
        for node in nodes
        for one in module.nodes.find(ast.Name, within=node)
        if one.id == name and isinstance(one.ctx, ast.Load)
    ]


def binds(module: Module, nodes: Iterable[ast.AST], name: str) -> bool:
    """Say whether some nodes bind a name, or something in it."""
    for node in nodes:
        for one in module.nodes.find(ast.Name, within=node):
            if one.id == name and not isinstance(one.ctx, ast.Load):
                return True
            user = module.nodes.parents.get(one)
            stored = isinstance(user, ast.Subscript | ast.Attribute) and user.value is one
            if one.id == name and stored and not isinstance(user.ctx, ast.Load):  # type: ignore[union-attr]
                return True
    return False


def function_of(module: Module, node: ast.AST) -> ast.AST | None:
    """Give the innermost function or lambda around a node."""
    while node in module.nodes.parents:
        node = module.nodes.parents[node]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return node
    return None


def is_local(module: Module, node: ast.Name) -> bool:
    """Say whether a function around a name binds it for itself, so that no other one is meant."""
    inner = function_of(module, node)
    while inner is not None:
        if node.id in module.fact(_locals)[inner]:
            return True
        inner = function_of(module, inner)
    return False


def _locals(module: Module) -> defaultdict[ast.AST, set[str]]:
    """Gather the parameters and variables that functions bind for themselves."""
    found: defaultdict[ast.AST, set[str]] = defaultdict(set)
    for node in module.nodes.find(ast.arg, ast.Name):
        if isinstance(node, ast.arg) or isinstance(node.ctx, ast.Store):
            owner = function_of(module, node)
            if owner is not None:
                found[owner].add(node.arg if isinstance(node, ast.arg) else node.id)
    for shared in module.nodes.find(ast.Global, ast.Nonlocal):
        owner = function_of(module, shared)
        if owner is not None:
            found[owner].difference_update(shared.names)
    return found


def _rebound(module: Module, name: str, after: ast.stmt) -> int | None:
    """Give the last line of the next statement of the block that binds a name to a new value."""
    for statement in block_of(module, after):
        if statement.lineno > after.lineno and isinstance(statement, ast.Assign):
            names = {
                one.id
                for target in statement.targets
                for one in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
                if isinstance(one, ast.Name)
            }
            if name in names:
                return statement.end_lineno
    return None


def _loop_around(module: Module, node: ast.AST) -> ast.For | ast.While | None:
    while node in module.nodes.parents:
        node = module.nodes.parents[node]
        if isinstance(node, ast.For | ast.While):
            return node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
    return None
