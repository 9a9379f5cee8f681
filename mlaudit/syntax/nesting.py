"""Cuts trees to a depth that recursive analysis can take, without a look at most of their nodes."""

from __future__ import annotations

import ast
import sys
from itertools import accumulate

from mlaudit.syntax.nodes import children

# Real code stays below 50; long sums and concatenations of strings reach some hundreds,
# and pictures drawn in numbers thousands.
MAX_NESTING = 400

# Whoever walks a tree by recursion needs several frames for a level.
RECURSION_LIMIT = 1000 + 10 * MAX_NESTING

# Levels that cost no character, such as the expression that is a statement.
_FREE_LEVELS = 4

_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = ("body", "orelse", "finalbody", "handlers")


def make_room() -> None:
    """Raise the interpreter's recursion limit as far as trees of MAX_NESTING levels need it."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))


def prune(tree: ast.Module, lines: list[str]) -> list[int]:
    """Cut the statements deeper than MAX_NESTING levels out of the tree of a text.

    Gives the lines of what was cut.
    """
    starts = list(accumulate(map(len, lines), initial=0))
    cut: list[int] = []
    pending: list[tuple[list[ast.stmt], int]] = [(tree.body, 1)]
    while pending:
        statements, depth = pending.pop()
        room = MAX_NESTING - depth
        shorter = room - _FREE_LEVELS
        long = [
            one
            for one in statements
            if starts[one.end_lineno or one.lineno] - starts[one.lineno - 1] > shorter
            or (one.__class__ in _DECORATED and one.decorator_list)
        ]
        deep = [
            one
            for one in long
            if _header_length(one, starts) > shorter and _is_deeper(_headers(one), room)
        ]
        if deep:
            cut += [statement.lineno for statement in deep]
            statements[:] = [one for one in statements if one not in deep] or [_nothing(deep[0])]
        for statement in long:
            if statement not in deep:
                pending.extend((block, depth + 1) for block in _blocks(statement))
    return sorted(cut)


def _header_length(statement: ast.stmt, starts: list[int]) -> int:
    """Count the characters of the lines above the first statement in one, or of all its lines.

    It has hardly more levels than these.
    """
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    if isinstance(statement, _DECORATED):
        first = min([first, *(decorator.lineno for decorator in statement.decorator_list)])
    if not isinstance(statement, ast.Match) and (block := getattr(statement, "body", None)):
        last = block[0].lineno
    return starts[last] - starts[first - 1]


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    if isinstance(statement, ast.Match):
        return [case.body for case in statement.cases]
    return [block for name in _BLOCKS if (block := getattr(statement, name, None))]


def _headers(statement: ast.stmt) -> list[ast.AST]:
    """List what a statement consists of, leaving out the statements in it."""
    parts: list[ast.AST] = []
    for name, value in ast.iter_fields(statement):
        if name not in (*_BLOCKS, "cases"):
            values = value if isinstance(value, list) else [value]
            parts += [part for part in values if isinstance(part, ast.AST)]
    if isinstance(statement, ast.Match):
        parts += [part for case in statement.cases for part in (case.pattern, case.guard) if part]
    return parts


def _is_deeper(level: list[ast.AST], limit: int) -> bool:
    """Measure trees level by level."""
    for _ in range(limit):
        if not level:
            return False
        level = [child for node in level for child in children(node)]
    return bool(level)


def _nothing(instead_of: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.Pass(), instead_of)
