"""The statement and the scope that hold a place."""

from __future__ import annotations

import ast
import copy
from bisect import bisect_right
from typing import TYPE_CHECKING

from mlaudit.engine.anchors import Anchor
from mlaudit.syntax.spelling import spelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.location import Location
    from mlaudit.source.document import Document

_SIMPLE = (ast.Assign, ast.Expr, ast.Return, ast.Import, ast.ImportFrom)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def anchor(location: Location, document: Document, tree: ast.Module) -> Anchor:
    """Find the innermost statement that holds a location; a bare line where none does."""
    line = document.line_of(location)
    if line is None:
        return Anchor(location.cell_id or "", "")
    names: list[str] = []
    statement = _innermost(tree.body, line, location.column, names)
    scope = ".".join(names) or location.cell_id or ""
    if statement is None:
        lines = document.lines
        return Anchor(scope, lines[line - 1].strip() if line <= len(lines) else "")
    return Anchor(scope, _normalised(statement))


def _innermost(body: list[ast.stmt], line: int, column: int, names: list[str]) -> ast.stmt | None:
    """Descend to the statement of a line; `names` gains the scopes passed through."""
    found = None
    after = bisect_right(body, line, key=_first_line)
    for statement in reversed(body[:after]):
        if (statement.end_lineno or statement.lineno) < line:
            break
        found = statement
        if statement.lineno < line or statement.col_offset < column:
            break
    if found is None:
        return None
    inside = [] if not isinstance(found, _SCOPES) else [found.name]
    for block in _blocks(found):
        deeper: list[str] = []
        inner = _innermost(block, line, column, deeper)
        if inner is not None:
            names += [*inside, *deeper]
            return inner
    return found


def _first_line(statement: ast.stmt) -> int:
    if not isinstance(statement, _SCOPES) or not statement.decorator_list:
        return statement.lineno
    return min(decorator.lineno for decorator in statement.decorator_list)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Give the blocks of statements that a statement holds."""
    if isinstance(statement, _SIMPLE):
        return
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for name in ("handlers", "cases"):
        for part in getattr(statement, name, ()):
            yield part.body


def _normalised(statement: ast.stmt) -> str:
    """Write a statement without layout; of a compound one, only its head."""
    head = statement
    if any(_blocks(statement)):
        head = copy.copy(statement)
        for name, empty in (("body", [ast.Pass()]), ("orelse", []), ("finalbody", [])):
            if hasattr(head, name):
                setattr(head, name, empty)
        for name in ("handlers", "cases"):
            if hasattr(head, name):
                setattr(head, name, [])
    return spelt(head)
