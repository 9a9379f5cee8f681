"""`ast` for analysis: each unit is parsed on its own, so that a broken cell loses only itself."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from mlaudit.source.document import Problem
from mlaudit.syntax.garbled import forget
from mlaudit.syntax.nesting import make_room, prune
from mlaudit.syntax.unreached import leave_out

if TYPE_CHECKING:
    from mlaudit.source.document import Document, Unit

_TOO_DEEP = "nested too deeply to analyse"
_PYTHON_2 = (
    "Missing parentheses in call to 'print'",
    "Missing parentheses in call to 'exec'",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals",
)
_CONFLICT = ("<<<<<<< ", ">>>>>>> ")


def parse(document: Document) -> ast.Module:
    """Parse all units into one tree whose nodes carry document lines.

    A unit that does not parse adds a `Problem` to the document, and to the tree only that nothing
    is known of what it binds.  The tree of a script that does not parse is empty, and its problem
    is fatal.  A statement that is too
    deep to be walked recursively loses only itself; for all others the interpreter's recursion
    limit is raised as far as needed.  What can never run is left out.
    """
    make_room()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = _parse_at_once(document) if len(document.units) > 1 else None
        if tree is None:
            body = [each for unit in document.units for each in _statements(document, unit)]
            tree = ast.Module(body=body, type_ignores=[])
    for line in prune(tree, document.lines):
        unit = document.unit_at(line)
        cell = unit.cell.number if unit.cell else None
        document.problems.append(Problem(_TOO_DEEP, cell, line - unit.first_line + 1))
    leave_out(tree, document)
    return tree


def _parse_at_once(document: Document) -> ast.Module | None:
    """Parse the joined units: most notebooks parse as a whole, which spares moving their lines."""
    try:
        tree = ast.parse(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    units = iter(document.units)
    last_line = 0
    for statement in tree.body:
        first = statement.lineno
        for decorator in getattr(statement, "decorator_list", ())[:1]:
            first = decorator.lineno
        while first > last_line:
            last_line = next(units).last_line
        if (statement.end_lineno or first) > last_line:
            return None
    return tree


def _statements(document: Document, unit: Unit) -> list[ast.stmt]:
    tree = _parse_unit(document, unit)
    if tree is not None:
        return tree.body
    lost = forget(unit) if unit.cell is not None else None
    return [lost] if lost is not None else []


def _parse_unit(document: Document, unit: Unit) -> ast.Module | None:
    cell = unit.cell.number if unit.cell else None
    line: int | None = None
    above = unit.first_line - 1
    try:
        return ast.parse("\n" * above + unit.text)
    except SyntaxError as error:
        message, line = f"syntax error: {error.msg}", error.lineno and error.lineno - above
        merged = _unresolved(unit)
        if merged is not None:
            message, line = f"a merge is not resolved ({_shown(unit, merged)})", merged
        elif str(error.msg).startswith(_PYTHON_2):
            message = f"written for Python 2 ({_shown(unit, line)})"
    except (RecursionError, MemoryError):
        message = _TOO_DEEP
    except ValueError as error:
        message = f"cannot be parsed: {error}"
    document.problems.append(Problem(message, cell, line, fatal=cell is None))
    return None


def _unresolved(unit: Unit) -> int | None:
    """Find the first line with which git marks what it could not merge."""
    lines = enumerate(unit.written.split("\n"), 1)
    return next((number for number, line in lines if line.startswith(_CONFLICT)), None)


def _shown(unit: Unit, line: int | None) -> str:
    text = unit.written.split("\n")[(line or 1) - 1].strip()
    return text if len(text) <= 40 else f"{text[:39]}…"
