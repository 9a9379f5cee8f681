"""Predictions that are gathered in names which nothing reads, but to compare them with others."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.model.once import once

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlaudit.syntax.nodes import Nodes

# What only puts values into another shape or container.
_FORMING = frozenset(
    {
        "argmax",
        "array",
        "asarray",
        "astype",
        "column_stack",
        "concat",
        "concatenate",
        "copy",
        "DataFrame",
        "flatten",
        "hstack",
        "int",
        "inverse_transform",
        "list",
        "numpy",
        "ravel",
        "reshape",
        "rint",
        "round",
        "Series",
        "squeeze",
        "stack",
        "tolist",
        "vstack",
        "where",
    }
)
_ADDING = frozenset({"append", "extend"})
# They find names by their text.
_BY_TEXT = frozenset({"locals", "globals", "vars", "eval", "exec"})
_PARTS = (
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.keyword,
)


class Unread:
    """Follows what some calls predict by name through a document; all places of a name count.

    What one prediction is compared with another tells how alike they are, and not how good.
    """

    def __init__(self, nodes: Nodes, predicting: Collection[int]):
        self._nodes = nodes
        self._predicting = predicting
        self._parents = nodes.parents
        self._calls = {id(call): call for call in nodes.find(ast.Call)}

    @once
    def _by_text(self) -> bool:
        called = (getattr(call.func, "id", "") for call in self._calls.values())
        return not _BY_TEXT.isdisjoint(called)

    @once
    def _read(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for name in self._nodes.find(ast.Name):
            if name.ctx.__class__ is ast.Load:
                found.setdefault(name.id, []).append(name)
        return found

    @once
    def _predicted(self) -> frozenset[str]:
        """The names that are bound to predictions only."""
        calls = [call for number, call in self._calls.items() if number in self._predicting]
        names = Counter(name for call in calls for name in _targets(self._parents[call]) or ())
        stores = (name for name in self._nodes.find(ast.Name) if type(name.ctx) is ast.Store)
        bound = Counter(name.id for name in stores)
        return frozenset(name for name, count in names.items() if bound[name] == count)

    def holds(self, call: int) -> bool:
        """Say whether a call's value is only gathered in names, of which nothing reads the last.

        What is bound once and then left is no such value: it is what the program is for.
        """
        node = self._calls.get(call)
        names = self._carried_to(node) if node is not None else None
        if node is None or not names or self._by_text:
            return False
        gathered = any(name in self._read for name in names)
        return gathered and self._nowhere(node, set())

    def _nowhere(self, node: ast.expr, seen: set[str]) -> bool:
        names = self._carried_to(node)
        if names is None:
            return False
        fresh = [name for name in names if name not in seen]
        seen.update(fresh)
        return all(self._nowhere(use, seen) for name in fresh for use in self._read.get(name, ()))

    def _carried_to(self, node: ast.expr) -> list[str] | None:
        """Name what gets a value, or is made of it; None where it may be read."""
        below: ast.AST = node
        above = self._parents[node]
        while isinstance(above, _PARTS):
            if isinstance(above, ast.Call):
                name = _name(above.func)
                if name in _ADDING and isinstance(self._parents[above], ast.Expr):
                    return _added_to(above, below)
                if name not in _FORMING:
                    return None
            if isinstance(above, ast.Compare) and self._among_predictions(above):
                return []
            below, above = above, self._parents[above]
        return _targets(above)

    def _among_predictions(self, test: ast.Compare) -> bool:
        """Say whether predictions are compared with one another, whole or one by one."""
        return all(_root(side) in self._predicted for side in (test.left, *test.comparators))


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _added_to(call: ast.Call, given: ast.AST) -> list[str] | None:
    """Name the list that gets a value in `found.append(value)`, none for the list itself."""
    if given is call.func:
        return []
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return [owner.id] if isinstance(owner, ast.Name) else None


def _targets(statement: ast.AST) -> list[str] | None:
    """Name what a statement binds, None if it does something else with its value."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            targets += target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    elif isinstance(statement, ast.AugAssign):
        targets = [statement.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names if names and len(names) == len(targets) else None
