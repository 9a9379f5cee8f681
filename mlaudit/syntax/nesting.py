"""Is a tree too deep for recursive analysis?  Answered without a look at most of its nodes."""

from __future__ import annotations

import ast

# Real code stays below 50; long sums and concatenations of strings reach some hundreds.
MAX_NESTING = 400

# A statement within these bounds has fewer than MAX_NESTING characters, and so fewer levels.
_SHORT_LINES = 2
_SHORT_WIDTH = MAX_NESTING // 2 - 1

_BLOCKS = ("body", "orelse", "finalbody", "handlers")


def is_deeper(tree: ast.Module, text: str) -> bool:
    """Tell whether the tree of a text is deeper than MAX_NESTING levels."""
    wide = {number for number, line in enumerate(text.split("\n"), 1) if len(line) > _SHORT_WIDTH}
    pending: list[tuple[list[ast.stmt], int]] = [(tree.body, 1)]
    while pending:
        statements, depth = pending.pop()
        if depth > MAX_NESTING:
            return True
        for statement in statements:
            body = getattr(statement, "body", None)
            end = body[0].lineno if body else statement.end_lineno or statement.lineno
            first = statement.lineno
            decorators = getattr(statement, "decorator_list", None)
            if decorators:
                first = decorators[0].lineno
            is_short = end - first < _SHORT_LINES and first not in wide and end not in wide
            if not is_short and _expressions_are_deeper(statement, MAX_NESTING - depth):
                return True
            if body or isinstance(statement, ast.Match):
                pending.extend((block, depth + 1) for block in _blocks(statement))
    return False


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    if isinstance(statement, ast.Match):
        return [case.body for case in statement.cases]
    return [block for name in _BLOCKS if (block := getattr(statement, name, None))]


def _expressions_are_deeper(statement: ast.stmt, limit: int) -> bool:
    """Measure the expressions of a statement, leaving out the statements in it."""
    level: list[ast.AST] = []
    for name, value in ast.iter_fields(statement):
        if name not in (*_BLOCKS, "cases"):
            values = value if isinstance(value, list) else [value]
            level += [child for child in values if isinstance(child, ast.AST)]
    for _ in range(limit):
        if not level:
            return False
        level = [
            child
            for node in level
            if not isinstance(node, ast.Constant | ast.Name)
            for child in ast.iter_child_nodes(node)
        ]
    return True
