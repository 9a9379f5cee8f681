"""Code that runs only where a library is missing, or where a seeded way has failed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.unasked import all_calls

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_SEED = Pattern(r"(?i)seed|^random_?state$")


def only_falls_back(
    module: Module, node: ast.AST, function: ast.AST | None, asked: tuple[ast.AST, ...] = ()
) -> bool:
    """Say whether a run as it is meant comes to no node: it, or what calls it, helps out there."""
    if _helps_out(module, node, function):
        return True
    if not isinstance(function, _FUNCTIONS) or function in asked or module.importers:
        return False
    calls = all_calls(module, function)
    asked = (*asked, function)
    return bool(calls) and all(
        only_falls_back(module, call, function_around(module, call), asked) for call in calls
    )


def _helps_out(module: Module, node: ast.AST, function: ast.AST | None) -> bool:
    """Say whether a node stands where an import has failed, or what is seeded around it."""
    inner, outer = node, module.nodes.parents.get(node)
    while outer is not None and inner is not function:
        if isinstance(outer, ast.If) and inner is not outer.test:
            truth = _where_missing(outer.test, module.fact(_flags))
            if truth is not None and inner in (outer.body if truth else outer.orelse):
                return True
        elif (
            isinstance(outer, ast.Try)
            and isinstance(inner, ast.ExceptHandler)
            and (_imports(outer) or _is_seeded(module, function))
        ):
            return True
        inner, outer = outer, module.nodes.parents.get(outer)
    return False


def _imports(attempt: ast.Try) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in attempt.body)


def _is_seeded(module: Module, function: ast.AST | None) -> bool:
    """Say whether something gets a seed in a function, which then only helps itself without."""
    calls = module.nodes.find(ast.Call, within=function) if function is not None else ()
    return any(
        keyword.arg is not None
        and _SEED.search(keyword.arg)
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
        for call in calls
        for keyword in call.keywords
    )


def _flags(module: Module) -> dict[str, bool]:
    """Map the names that tell whether an import has failed to what they are where it has."""
    found = {}
    for attempt in module.nodes.find(ast.Try):
        for handler in attempt.handlers if _imports(attempt) else ():
            for node in handler.body if _catches_missing(handler) else ():
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                        found[name] = bool(value)
    return found


def _catches_missing(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or getattr(kind, "id", "") in _MISSING for kind in kinds)


def _where_missing(test: ast.expr, flags: dict[str, bool]) -> bool | None:
    """Tell how a test comes out where an import has failed, None of other tests."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _where_missing(operand, flags)
            return None if inner is None else not inner
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=None)]):
            return isinstance(op, ast.Is | ast.Eq) if name in flags else None
        case ast.Name(id=name):
            return flags.get(name)
    return None
