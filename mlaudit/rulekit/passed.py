"""Code that no run of a program comes to, as its trace tells."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit.module import Module

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def passed_blocks(module: Module) -> list[ast.stmt]:
    """List the statements of the blocks that are passed over, whatever other files may give."""
    passed, path = module.trace.passed, module.document.path
    found: list[ast.stmt] = []
    for block in _blocks(module) if passed else ():
        settled = passed.get((path, block[0].lineno, block[0].col_offset))
        if settled or (settled is False and not module.importers):
            found += block
    return found


def is_passed(module: Module, node: ast.AST) -> bool:
    """Say whether a node of the tree stands in such a block."""
    start = module.nodes.stretch(node)[0]
    return any(first <= start < end for first, end in module.fact(_stretches))


def _stretches(module: Module) -> list[tuple[int, int]]:
    return [module.nodes.stretch(statement) for statement in passed_blocks(module)]


def _blocks(module: Module) -> Iterator[list[ast.stmt]]:
    """Give the blocks of which a test chooses one, and the bodies of functions."""
    for node in module.nodes.find(ast.If, ast.Match, *_DEFINITIONS):
        if isinstance(node, ast.Match):
            yield from (case.body for case in node.cases)
            continue
        yield node.body
        if isinstance(node, ast.If) and node.orelse:
            yield node.orelse
