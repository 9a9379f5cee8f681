"""Branches that a switch of the program, written down as a constant, never takes."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

from mlaudit.rulekit import passed_blocks, spelt
from mlaudit_rules.reproducibility.bindings import sole_values, values_by_target
from mlaudit_rules.reproducibility.constructions import function_around

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mlaudit.rulekit import Module

_FLAGS = (bool, int, type(None))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPARED: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Dead:
    """Where code stands that no run of the program as it is written comes to.

    A switch is a name that the document, or the function around, binds once, to a constant, or an
    attribute of a class that is used as a record of settings: `TUNE = False`, `CFG.train`.  So is a
    count that is 0: `if EPOCHS > 0` fails.  The trace knows more of them, by what they stand for.
    """

    def __init__(self, module: Module):
        self._switches = _switches(module)
        self._module = module
        left_out: list[ast.AST] = []
        for test in module.nodes.find(ast.If, ast.IfExp, ast.BoolOp):
            left_out += (
                self._never_asked(test) if isinstance(test, ast.BoolOp) else self._passed(test)
            )
        left_out += passed_blocks(module)
        self.stretches = [module.nodes.stretch(node) for node in left_out]

    def holds(self, node: ast.AST) -> bool:
        """Say whether no run comes to a node of the tree."""
        if not self.stretches:
            return False
        position = self._module.nodes.stretch(node)[0]
        return any(start <= position < end for start, end in self.stretches)

    def _passed(self, branch: ast.If | ast.IfExp) -> Sequence[ast.AST]:
        """List what a branch leaves out."""
        taken = self._truth(branch.test)
        if taken is None:
            return []
        left = branch.orelse if taken else branch.body
        return left if isinstance(left, list) else [left]

    def _never_asked(self, test: ast.BoolOp) -> Sequence[ast.AST]:
        """List what stands behind a switch that is enough: `TUNE and tune()`."""
        enough = isinstance(test.op, ast.Or)
        known = [self._truth(value) is enough for value in test.values]
        return test.values[known.index(True) + 1 :] if True in known else []

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
        if not isinstance(test, ast.Name | ast.Attribute):
            return None
        known = self._switches.get(spelt(test))
        if known is not None or not isinstance(test, ast.Name):
            return known
        value = self._within_function(test)
        return None if value is None else bool(value.value)

    def _compared(self, test: ast.Compare) -> bool | None:
        """Tell how `switch is True`, `switch == False` or `count > 0` comes out."""
        other = test.comparators[0]
        if len(test.ops) > 1 or not isinstance(other, ast.Constant):
            return None
        if not isinstance(other.value, bool):
            return self._counted(test, other.value)
        if not isinstance(test.ops[0], ast.Is | ast.Eq):
            return None
        truth = self._truth(test.left)
        return None if truth is None else truth is other.value

    def _counted(self, test: ast.Compare, number: object) -> bool | None:
        """Tell how a count compares with a number, where it is 0."""
        compare, count = _COMPARED.get(type(test.ops[0])), test.left
        if compare is None or type(number) is not int or not isinstance(count, ast.Name):
            return None
        value = self._module.fact(sole_values).get(count.id) or self._within_function(count)
        return compare(0, number) if _is_zero(value) else None

    def _within_function(self, name: ast.Name) -> ast.Constant | None:
        """Give the constant that a name of a function is bound to there, and nowhere else in it."""
        given = self._module.fact(values_by_target).get(name.id, ())
        if not any(_is_flag(value) or _is_zero(value) for value in given):
            return None
        function = function_around(self._module, name)
        if not isinstance(function, _FUNCTIONS) or _declares(self._module, function, name.id):
            return None
        stored = [
            use
            for use in self._module.nodes.find(ast.Name, within=function)
            if use.id == name.id and not isinstance(use.ctx, ast.Load)
        ]
        made = self._module.nodes.parents[stored[0]] if len(stored) == 1 else None
        if not isinstance(made, ast.Assign | ast.AnnAssign) or made.value not in given:
            return None
        return made.value if isinstance(made.value, ast.Constant) else None


def _declares(module: Module, function: ast.AST, name: str) -> bool:
    """Say whether a function, or one in it, has a parameter of a name, or takes it from outside."""
    inside = module.nodes.find(ast.arg, ast.Global, ast.Nonlocal, within=function)
    return any(one.arg == name if isinstance(one, ast.arg) else name in one.names for one in inside)


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


def _is_flag(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bool)


def _is_zero(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value == 0
