"""Small trees of files, reviewed as a user reviews them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CAREFUL = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

table = pd.read_csv("sales.csv")
X, y = table.drop(columns="bought"), table["bought"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=7)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""

LEAKING = CAREFUL.replace(
    "X_train, X_test",
    "from sklearn.preprocessing import StandardScaler\n"
    "X = StandardScaler().fit_transform(X)\n"
    "X_train, X_test",
)


class Tree(Protocol):
    """Writes files below the folder in which the test runs."""

    def __call__(self, files: dict[str, str | bytes]) -> Path: ...


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write


@pytest.fixture
def careful() -> str:
    """A program with which nothing is wrong."""
    return CAREFUL


@pytest.fixture
def leaking() -> str:
    """The same program, with a scaler fitted before the split."""
    return LEAKING


class Notebook(Protocol):
    """Writes the JSON of a notebook of code cells."""

    def __call__(self, *cells: str) -> str: ...


@pytest.fixture
def notebook() -> Notebook:
    def write(*cells: str) -> str:
        stored = [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": number,
                "outputs": [],
                "source": cell.splitlines(keepends=True),
            }
            for number, cell in enumerate(cells, 1)
        ]
        content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": stored}
        return json.dumps(content, indent=1)

    return write
