"""Tests of code: they train on a few made-up rows, and nobody believes the scores."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.syntax.nodes import Nodes

_FRAMEWORKS = frozenset({"pytest", "unittest", "nose"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_test_of_code(path: str, nodes: Nodes) -> bool:
    """Say whether a file is a test: named as pytest asks for, and with tests or their tools in it.

    It may also be run by hand, beside others in a folder of tests.  Elsewhere a program that
    evaluates a model on test rows may bear such a name too.
    """
    *folders, name = path.replace("\\", "/").split("/")
    if name == "conftest.py":
        return True
    if not (name.startswith("test_") or name.endswith("_test.py")):
        return False
    if any(folder.lower().startswith("test") for folder in folders):
        return True
    if any(function.name.startswith("test") for function in nodes.find(*_FUNCTIONS)):
        return True
    return any(head in _FRAMEWORKS for head in _imported(nodes))


def _imported(nodes: Nodes) -> list[str]:
    """Name the packages that are imported from anywhere."""
    names = [alias.name for node in nodes.find(ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes.find(ast.ImportFrom)]
    return [name.partition(".")[0] for name in names]
