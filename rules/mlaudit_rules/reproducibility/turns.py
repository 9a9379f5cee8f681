"""Whether a call is repeated to see how its result varies, which one seed for all would undo."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module

_DIVIDING = {"split", "splitter"}
_LOOPS = ast.For | ast.AsyncFor | ast.While | ast.comprehension
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Turn:
    """The turns of the innermost loop around a call."""

    def __init__(self, module: Module, call: Call):
        self._module = module
        self._call = call
        self._loop = _around(module, call.node)
        bound = self._loop.target if isinstance(self._loop, ast.For | ast.comprehension) else None
        self._bound = {
            node.id for node in (ast.walk(bound) if bound else ()) if isinstance(node, ast.Name)
        }

    @property
    def counter(self) -> str | None:
        """Name the counter of mere repetitions: a range that the call makes no use of."""
        if self._varies or not isinstance(self._loop, ast.For | ast.comprehension):
            return None
        target = self._loop.target
        if not isinstance(target, ast.Name) or target.id.startswith("_"):
            return None
        return target.id if _counts(self._loop.iter) else None

    @property
    def would_repeat(self) -> bool:
        """Say whether one seed may give all turns the same result, where they are to differ."""
        entry = self._call.entry
        if entry is None or self.counter is not None:
            return False
        if entry.kind in _DIVIDING:
            return (self._loop is not None and not self._varies) or self._is_called_in_turns()
        counted = isinstance(self._loop, ast.For | ast.comprehension) and _counts(self._loop.iter)
        return counted and not self._varies

    @property
    def _varies(self) -> bool:
        """Say whether what the call is given differs from turn to turn."""
        given = [*self._call.node.args, *(one.value for one in self._call.node.keywords)]
        names = {node.id for one in given for node in ast.walk(one) if isinstance(node, ast.Name)}
        return bool(names & self._bound)

    def _is_called_in_turns(self) -> bool:
        """Say whether the function around the call is called in repetitions."""
        function = self._call.function
        return function is not None and any(
            isinstance(named.node.func, ast.Name)
            and named.node.func.id == function.name
            and (loop := _around(self._module, named.node)) is not None
            and not isinstance(loop, ast.While)
            and _counts(loop.iter)
            for named in self._module.names.calls
        )


def _around(
    module: Module, node: ast.AST
) -> ast.For | ast.AsyncFor | ast.While | ast.comprehension | None:
    """Find the innermost loop around a node, within its function."""
    while node in module.nodes.parents:
        inner, node = node, module.nodes.parents[node]
        if isinstance(node, _FUNCTIONS):
            return None
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return node.generators[-1]
        if isinstance(node, ast.For | ast.AsyncFor) and inner is not node.iter:
            return node
        if isinstance(node, ast.While):
            return node
    return None


def _counts(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    )
