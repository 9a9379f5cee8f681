"""The look at imports that decides whether a file is examined at all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mlaudit.engine.relevance import imports, names_library, trains


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import sklearn", "sklearn"),
        ("import os, sklearn.svm as svm", "sklearn.svm"),
        ("from sklearn.svm import SVC", "sklearn.svm"),
        ("def f():\n    import torch", "torch"),
        ("try: import torch\nexcept ImportError: pass", "torch"),
        ("x = 1; import torch", "torch"),
        ("import os, \\\n    torch", "torch"),
        ("from torch \\\n    import nn", "torch"),
        ("from . import helpers", "."),
        ("from . import helpers", ".helpers"),
        ("from pkg import (\n    one,\n    two as other,\n)", "pkg.two"),
        ("from ..pkg.mod import x", "..pkg.mod"),
        ("net = __import__('torch')", "torch"),
        ("importlib.import_module('torch.nn')", "torch"),
        ("print 'Python 2'\nimport torch", "torch"),
    ],
)
def test_finds_imports_without_parsing(text: str, name: str) -> None:
    assert name in imports(text)


def test_never_names_too_few_on_its_own_source() -> None:
    for module in (ast, pytest):
        text = Path(module.__file__ or "").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= imports(text)
            elif isinstance(node, ast.ImportFrom):
                assert "." * node.level + (node.module or "") in imports(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model = ALS().fit(ratings)", True),
        ("loss.backward ()", True),
        ("table = fit(rows)", False),
        ("self.fitting = 3", False),
    ],
)
def test_a_fit_may_train_whatever_is_imported(text: str, expected: bool) -> None:
    assert trains(text) is expected


def test_parts_of_a_library_count() -> None:
    libraries = frozenset({"sklearn", "pytorch_lightning"})
    assert names_library({"sklearn.svm"}, libraries)
    assert not names_library({"sklearnex", "os"}, libraries)
