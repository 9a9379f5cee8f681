"""Branches that a switch of the program, written down as a constant, never takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.bindings import sole_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_FLAGS = (bool, int, type(None))


class Dead:
    """Where code stands that no run of the program as it is written comes to.

    A switch is a name that the document binds once, to a constant, or an attribute of a class that
    is used as a record of settings: `TUNE = False`, `CFG.train`.
    """

    def __init__(self, module: Module):
        self._switches = _switches(module)
        self._module = module
        self.stretches = [
            module.nodes.stretch(node)
            for test in module.nodes.find(ast.If)
            for node in self._never_taken(test)
        ]

    def holds(self, node: ast.AST) -> bool:
        """Say whether no run comes to a node of the tree."""
        if not self.stretches:
            return False
        position = self._module.nodes.stretch(node)[0]
        return any(start <= position < end for start, end in self.stretches)

    def _never_taken(self, branch: ast.If) -> list[ast.stmt]:
        taken = self._truth(branch.test)
        if taken is None:
            return []
        return branch.orelse if taken else branch.body

    def _truth(self, test: ast.expr) -> bool | None:
        """Tell how a test always comes out, None where that is open."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._truth(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            parts = {self._truth(value) for value in test.values}
            decisive = isinstance(test.op, ast.Or)
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        if isinstance(test, ast.Compare):
            return self._compared(test)
        named = isinstance(test, ast.Name | ast.Attribute)
        return self._switches.get(spelt(test)) if named else None

    def _compared(self, test: ast.Compare) -> bool | None:
        """Tell how `switch is True` or `switch == False` comes out."""
        other = test.comparators[0]
        if len(test.ops) > 1 or not isinstance(other, ast.Constant):
            return None
        if not isinstance(other.value, bool) or not isinstance(test.ops[0], ast.Is | ast.Eq):
            return None
        truth = self._truth(test.left)
        return None if truth is None else truth is other.value


def _switches(module: Module) -> dict[str, bool]:
    """Map the switches of a document, as they are spelt, to what they are."""
    fields = [*_fields(module)]
    within = {name for _, name, _ in fields}  # no names outside of their classes
    found = {
        name: bool(value.value)
        for name, value in module.fact(sole_values).items()
        if isinstance(value, ast.Constant) and isinstance(value.value, _FLAGS)
    }
    flags = [field for field in fields if isinstance(field[2].value, bool)]
    if not flags or module.calls_named("setattr"):
        return {name: on for name, on in found.items() if name not in within}
    stored = {node.attr for node in module.nodes.find(ast.Attribute) if _stores(node)}
    settings = {f"{owner}.{name}": bool(v.value) for owner, name, v in flags if name not in stored}
    return {name: on for name, on in found.items() if name not in within} | settings


def _fields(module: Module) -> Iterator[tuple[str, str, ast.Constant]]:
    """Give the constants that stand in the bodies of classes, with the class and the name."""
    for owner in module.names.classes.values():
        for item in owner.body:
            if not isinstance(item, ast.Assign | ast.AnnAssign):
                continue
            target = item.targets[0] if isinstance(item, ast.Assign) else item.target
            if isinstance(target, ast.Name) and isinstance(item.value, ast.Constant):
                yield owner.name, target.id, item.value


def _stores(node: ast.Attribute) -> bool:
    return not isinstance(node.ctx, ast.Load)
