"""Functions that give one part of the rows or another, by the name that they are asked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import splits
from mlaudit.flow.values import Constant, Function, Value
from mlaudit.syntax.nodes import walk
from mlaudit.trace.events import Beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import Scope

_VALIDATION = {"va", "de"}


def beside(function: Function, scope: Scope) -> str | None:
    """Name the test part that a function would give, which is asked for validation rows now."""
    for name, value in scope.names.items():
        text = value.value if isinstance(value, Constant) else None
        if isinstance(text, str) and splits.part_named(text) in _VALIDATION:
            others = _told_apart(function.node, name)
            found = next((other for other in others if splits.part_named(other) == "te"), None)
            if found is not None:
                return found
    return None


def note(run: Interpreter, node: ast.AST, result: Value, name: str | None) -> None:
    """Note that the rows a function has given stand beside a part of another name."""
    rows = run.data(result).rows if name is not None else None
    if rows is not None and rows.terms:
        run.emit(Beside, node, rows=rows, name=name)


def _told_apart(node: ast.AST, name: str) -> Iterator[str]:
    """Give the texts that a parameter is compared with, or chooses by from a dict."""
    for inner in walk(node):
        match inner:
            case ast.Compare(left=ast.Name(id=left), comparators=[other]) if left == name:
                yield from _texts(other)
            case ast.Subscript(value=ast.Dict(keys=keys), slice=ast.Name(id=key)) if key == name:
                yield from (text for each in keys if each is not None for text in _texts(each))


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                yield from _texts(part)
