"""Rows that are read class by class, whose last part is then taken for validation."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_MIXES = Pattern(
    r"shuffle|permut|(?<!validation)_split|(?<![a-z])(sample|choices?|k?_?folds?)(?![a-z])|kfold",
    re.IGNORECASE,
)
_LISTS_FILES = Pattern(r"(?<![a-z])(listdir|i?glob|rglob|scandir|iterdir|walk)(?![a-z])")
_PATHS = Pattern(r"path|dir|folder|join|glob|file", re.IGNORECASE)


def last_part_of_classes(module: Module) -> Iterator[tuple[ast.Call, ast.For]]:
    """Find `fit(validation_split=…)` on rows read class by class, where nothing mixes them."""
    fits = [one.node for one in module.calls_named("fit") if _takes_last_part(one.node)]
    reading = _reads_classes(module) if fits and not _mixes(module) else None
    if reading is not None:
        yield from ((call, reading) for call in fits)


def _takes_last_part(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "fit"
        and any(
            keyword.arg == "validation_split"
            and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
            for keyword in call.keywords
        )
    )


def _mixes(module: Module) -> bool:
    """Whether anything in the document may mix or divide rows; `fit` itself mixes too late."""
    names = [node.id for node in module.nodes.find(ast.Name)]
    names += [node.attr for node in module.nodes.find(ast.Attribute)]
    imported = (alias.name for node in module.nodes.find(ast.ImportFrom) for alias in node.names)
    options = (
        keyword.arg or ""
        for call in module.nodes.find(ast.Call)
        for keyword in call.keywords
        if not _takes_last_part(call)
    )
    return any(map(_MIXES.search, (*names, *imported, *options)))


def _reads_classes(module: Module) -> ast.For | None:
    """Find a loop over classes that lists the files of each and stores them with their class."""
    for loop in module.nodes.find(ast.For):
        for inner in (node for body in loop.body for node in ast.walk(body)):
            if isinstance(inner, ast.For) and _LISTS_FILES.search(ast.unparse(inner.iter)):
                labels = set(_labels(loop))
                if any(_stores(node, labels) for body in inner.body for node in ast.walk(body)):
                    return loop
    return None


def _labels(loop: ast.For) -> Iterator[str]:
    """Name what tells the class in a turn of the loop: its target, and what is made of it."""
    told = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    yield from (name for name in told if _PATHS.search(name) is None)
    for statement in loop.body:
        if isinstance(statement, ast.Assign) and _PATHS.search(ast.unparse(statement)) is None:
            read = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
            named = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            yield from named if told & read else ()


def _stores(node: ast.AST, labels: set[str]) -> bool:
    """Whether a class is appended, alone or beside what was read."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr != "append" or len(node.args) != 1:
        return False
    given = node.args[0]
    parts = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
    return any(isinstance(part, ast.Name) and part.id in labels for part in parts)
