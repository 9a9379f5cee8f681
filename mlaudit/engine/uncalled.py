"""What the trace tells of functions that a program never comes to: worth a note, no more."""

from __future__ import annotations

import ast
from bisect import bisect_right
from typing import TYPE_CHECKING

from mlaudit.model.finding import Severity
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.rulekit.module import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What is bound here may come from a function, and yet the document may be there for others.
_PREPARING = (*_FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign)
# By these a program may call functions that it does not name.
_BY_TEXT = frozenset({"getattr", "globals", "locals", "vars", "eval", "exec"})
_BY_LIBRARIES = frozenset({"Fire", "import_module"})
_STARTED = "main"  # by name, as `app.run()` of TensorFlow and Abseil do


def noted(module: Module, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Make notes of findings in functions that the program never comes to, and say so.

    Their scores are true of the code, and yet no run computes them.
    """
    for finding in findings:
        function = _around(module, finding)
        if function is None or function not in module.fact(_never_reached) or module.importers:
            yield finding
        else:
            said = f"{finding.message}; but this program never comes to `{function}`"
            yield replace(finding, message=said, severity=Severity.INFO)


def _around(module: Module, finding: Finding) -> str | None:
    """Name the function of the top level that a finding stands in."""
    if finding.location.path != module.document.path:
        return None
    line = module.document.line_of(finding.location) or 0
    for node in module.tree.body:
        if isinstance(node, _FUNCTIONS) and node.lineno <= line <= (node.end_lineno or 0):
            return node.name
    return None


def _never_reached(module: Module) -> frozenset[str]:
    """Name the functions that a program which calls others of its functions never names.

    What a function names that is left out itself counts for nothing.
    """
    functions = [node for node in module.tree.body if isinstance(node, _FUNCTIONS)]
    lent = {one.name for one in functions if one.decorator_list or one.name == _STARTED}
    names = {function.name for function in functions}
    if not _calls_any(module, names):
        return frozenset()
    named = _named(module, functions)
    reached: set[str] = set()
    pending = ["", *lent]
    while pending:
        found = named.get(pending.pop(), set()) & names - reached
        reached |= found
        pending += found
    return frozenset(names - reached - lent)


def _calls_any(module: Module, names: set[str]) -> bool:
    """Say whether the top level calls some function of its own, for more than to bind a name."""
    plain = {node.id for node in module.nodes.find(ast.Name)}
    if _BY_TEXT & plain or module.calls_named(*_BY_LIBRARIES):
        return False
    return any(
        isinstance(call.func, ast.Name) and call.func.id in names
        for statement in module.tree.body
        if not isinstance(statement, _PREPARING)
        for call in module.nodes.find(ast.Call, within=statement)
    )


def _named(module: Module, functions: list[Definition]) -> dict[str, set[str]]:
    """Tell what each function names, also in its texts, and under "" what the rest does."""
    stretches = [module.nodes.stretch(function) for function in functions]
    starts = [start for start, _ in stretches]
    found: dict[str, set[str]] = {"": set()}
    naming: list[tuple[ast.AST, int, int]] = module.nodes.stretches(
        ast.Name, ast.Attribute, ast.Constant
    )
    for node, position, _ in naming:
        at = bisect_right(starts, position) - 1
        inside = at >= 0 and position < stretches[at][1]
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                found.setdefault(functions[at].name if inside else "", set()).add(name)
            case _:
                continue
    return found
