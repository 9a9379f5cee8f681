"""What `**settings` passes to a call, where the keys of `settings` can be read in the document."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.model.once import once

if TYPE_CHECKING:
    from mlaudit.syntax.names import Names
    from mlaudit.syntax.nodes import Nodes

DEEPEST = 4
_CHANGES = {"update", "setdefault", "pop", "popitem", "clear", "__setitem__"}


class Unpacked:
    """The keys of dicts that are written out and never changed, and of data classes."""

    def __init__(self, nodes: Nodes, names: Names):
        self._nodes = nodes
        self._names = names

    @once
    def _bound(self) -> dict[str, list[ast.expr | None]]:
        """Every binding of each name: by its value where it is plainly assigned the only one."""
        bound: dict[str, list[ast.expr | None]] = {}
        for name in self._nodes.find(ast.Name):
            if not isinstance(name.ctx, ast.Load):
                bound.setdefault(name.id, []).append(None)
        for argument in self._nodes.find(ast.arg):
            bound.setdefault(argument.arg, []).append(None)
        for node in self._nodes.find(ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and len(bound[target.id]) == 1:
                    bound[target.id] = [node.value]
        return bound

    @once
    def _changed(self) -> set[str]:
        changed = {name for node in self._nodes.find(ast.Call) for name in self._touched(node)}
        for part in self._nodes.find(ast.Subscript):
            if isinstance(part.value, ast.Name) and not isinstance(part.ctx, ast.Load):
                changed.add(part.value.id)
        return changed

    def keys(self, node: ast.expr, depth: int = 0) -> dict[str, ast.expr] | None:
        """Give the keys and values of a dict, None where it may have others."""
        if depth > DEEPEST:
            return None
        if isinstance(node, ast.Name):
            values = self._bound.get(node.id, [])
            known = len(values) == 1 and node.id not in self._changed
            return self.keys(values[0], depth + 1) if known and values[0] is not None else None
        if isinstance(node, ast.Dict):
            return self._literal(node, depth)
        if isinstance(node, ast.Call):
            return self._made(node, depth)
        return None

    def _literal(self, node: ast.Dict, depth: int) -> dict[str, ast.expr] | None:
        found: dict[str, ast.expr] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                inner = self.keys(value, depth + 1)
                if inner is None:
                    return None
                found.update(inner)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value] = value
            else:
                return None
        return found

    def _made(self, node: ast.Call, depth: int) -> dict[str, ast.expr] | None:
        """Read `dict(a=1, **more)` and `asdict(Settings())`."""
        names = list(self._names.candidates(node.func))
        if isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
            return self._given(node, depth)
        if "dataclasses.asdict" in names and len(node.args) == 1:
            return self._fields(node.args[0])
        return None

    def _given(self, node: ast.Call, depth: int) -> dict[str, ast.expr] | None:
        found: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            inner = (
                {keyword.arg: keyword.value}
                if keyword.arg is not None
                else self.keys(keyword.value, depth + 1)
            )
            if inner is None:
                return None
            found.update(inner)
        return found

    def _fields(self, node: ast.expr) -> dict[str, ast.expr] | None:
        values = self._bound.get(node.id, []) if isinstance(node, ast.Name) else [node]
        made = values[0] if len(values) == 1 else None
        if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Name):
            return None
        owner = self._names.classes.get(made.func.id)
        if owner is None or owner.bases:
            return None
        return {
            statement.target.id: statement.value or made
            for statement in owner.body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        }

    def _touched(self, node: ast.Call) -> list[str]:
        """Name the dicts that a call may change: by a method, or as a function of the program."""
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return [function.value.id] if function.attr in _CHANGES else []
        if isinstance(function, ast.Name) and function.id in self._names.functions:
            return [argument.id for argument in node.args if isinstance(argument, ast.Name)]
        return []
