"""Which columns a statement writes, and which tables taken from another still have them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.rulekit.module import Module


def columns_of(module: Module, node: ast.expr) -> frozenset[str] | None:
    """Read the columns that an index names, None where they are not written out."""
    if isinstance(node, ast.Name):
        bound = [
            one.value
            for one in module.nodes.find(ast.Assign)
            if any(isinstance(t, ast.Name) and t.id == node.id for t in one.targets)
        ]
        return columns_of(module, bound[0]) if _bound_once(module, node.id, bound) else None
    values = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    names = [one.value for one in values if isinstance(one, ast.Constant)]
    if len(names) != len(values):
        return None
    texts = [name for name in names if isinstance(name, str)]
    return frozenset(texts) if len(texts) == len(names) else None


def column_read(module: Module, node: ast.expr) -> tuple[str, frozenset[str] | None] | None:
    """Take a table and its columns out of `table["a"]`, `table[["a", "b"]]` and `table.a`.

    None: it is neither; columns that are not written out are None.
    """
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return node.value.id, columns_of(module, node.slice)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, frozenset({node.attr})
    return None


def still_holds(module: Module, value: ast.expr, table: str, columns: frozenset[str]) -> bool:
    """Say whether what is taken from a table surely is a table with those columns in it."""
    if isinstance(value, ast.Name):
        return value.id == table
    if isinstance(value, ast.Subscript) and _is(value.value, table):
        kept = columns_of(module, value.slice)
        return isinstance(value.slice, ast.List | ast.Name) and kept is not None and columns <= kept
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if not _is(value.func.value, table):
            return False
        if value.func.attr == "copy":
            return True
        dropped = _dropped(module, value) if value.func.attr == "drop" else None
        return dropped is not None and not columns & dropped
    return False


def reads_others(module: Module, node: ast.Name, columns: frozenset[str]) -> bool:
    """Say whether of a table only columns are read that are not among some."""
    user = module.nodes.parents[node]
    if not isinstance(user, ast.Subscript) or user.value is not node:
        return False
    read = columns_of(module, user.slice)
    return read is not None and not read & columns


def _dropped(module: Module, call: ast.Call) -> frozenset[str] | None:
    """Read the columns that `drop` drops, None where it may drop rows."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "columns" in named:
        return columns_of(module, named["columns"])
    axis = named.get("axis", call.args[1] if len(call.args) > 1 else None)
    labels = call.args[0] if call.args else named.get("labels")
    across = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
    return columns_of(module, labels) if across and labels is not None else None


def _bound_once(module: Module, name: str, bound: list[ast.expr]) -> bool:
    stores = [
        node
        for node in module.nodes.find(ast.Name)
        if node.id == name and not isinstance(node.ctx, ast.Load)
    ]
    return len(bound) == 1 and len(stores) == 1 and isinstance(bound[0], ast.List | ast.Constant)


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
