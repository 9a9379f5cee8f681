"""Which functions of a document its own top-level code may call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import children

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_PLAIN = frozenset({"staticmethod", "classmethod", "property"})


class Running:
    """References by name, followed from the top level; a class that is named runs its methods."""

    def __init__(self, module: Module):
        self._references: dict[Definition | None, set[str]] = {None: set()}
        self._functions: dict[str, list[Definition]] = {}
        self._roots: list[Definition] = []
        self._collect(module.tree)
        self._reached = self._follow()

    def reaches(self, function: Definition | None) -> bool:
        """Say whether the code of the function (None: the top level) may run in this program."""
        return function is None or function in self._reached

    def named(self, function: Definition) -> bool:
        """Say whether anything at all outside the function names it, or it is a method."""
        if function in self._reached or function not in self._functions.get(function.name, ()):
            return True
        return any(
            function.name in names
            for owner, names in self._references.items()
            if owner is not function
        )

    def _collect(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, Definition | None, str | None]] = [(tree, None, None)]
        while stack:
            node, owner, scope = stack.pop()
            if isinstance(node, ast.Name):
                self._references[owner].add(node.id)
            elif isinstance(node, ast.Attribute):
                self._references[owner].add(node.attr)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._define(node, scope)
                outer = [*node.decorator_list, *node.args.defaults]
                stack.extend((child, owner, None) for child in outer)
                stack.extend((child, node, None) for child in node.body)
                continue
            elif isinstance(node, ast.ClassDef):
                stack.extend((child, owner, node.name) for child in node.body)
                stack.extend((child, owner, None) for child in (*node.bases, *node.decorator_list))
                continue
            stack.extend((child, owner, scope) for child in children(node))

    def _define(self, node: Definition, scope: str | None) -> None:
        self._references.setdefault(node, set())
        self._functions.setdefault(scope or node.name, []).append(node)
        decorators = {
            getattr(item, "id", getattr(item, "attr", "?")) for item in node.decorator_list
        }
        if scope is None and decorators - _PLAIN:
            self._roots.append(node)

    def _follow(self) -> set[Definition]:
        reached: set[Definition] = set(self._roots)
        pending: list[Definition | None] = [None, *self._roots]
        while pending:
            for name in self._references[pending.pop()]:
                for function in self._functions.get(name, ()):
                    if function not in reached:
                        reached.add(function)
                        pending.append(function)
        return reached
