"""`ast` for analysis: each unit is parsed on its own, so that a broken cell loses only itself."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from mlaudit.source.document import Problem

if TYPE_CHECKING:
    from mlaudit.source.document import Document, Unit

MAX_NESTING = 90


def parse(document: Document) -> ast.Module:
    """Parse all units into one tree whose nodes carry document lines.

    A unit that does not parse adds a `Problem` to the document and nothing to the tree.  The tree
    of a script that does not parse is empty, and its problem is fatal.
    """
    body: list[ast.stmt] = []
    for unit in document.units:
        tree = _parse_unit(document, unit)
        if tree is None:
            continue
        if unit.first_line > 1:
            ast.increment_lineno(tree, unit.first_line - 1)
        body.extend(tree.body)
    return ast.Module(body=body, type_ignores=[])


def _parse_unit(document: Document, unit: Unit) -> ast.Module | None:
    cell = unit.cell.number if unit.cell else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(unit.text)
        # The interpreters of syntax trees are recursive; trees beyond this depth are not code.
        if _nesting(tree) > MAX_NESTING:
            document.problems.append(
                Problem("nested too deeply to analyse", cell, fatal=cell is None)
            )
            return None
        return tree
    except SyntaxError as error:
        message, line = f"syntax error: {error.msg}", error.lineno
        if "Missing parentheses in call to 'print'" in str(error.msg):
            message = "written for Python 2 (print statement)"
    except (ValueError, RecursionError, MemoryError) as error:
        message, line = f"cannot be parsed: {error}", None
    document.problems.append(Problem(message, cell, line, fatal=cell is None))
    return None


def _nesting(tree: ast.AST) -> int:
    """Measure the depth of a tree without recursion."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth
