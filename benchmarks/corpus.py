"""Code to measure on: copies of the fixtures with other names, so that no two are equal."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Lines of a program, so that the work for a file weighs as much as in real trees.
USUAL_LENGTH = 150

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

_DATA = re.compile(r"(\w)\.(?=(?:csv|tsv|npy|npz|pkl|h5|parquet|json|feather)[\"'])")
_NOTHING = tokenize.TokenInfo(tokenize.NEWLINE, "", (0, 0), (0, 0), "")

CLEAN = '''\
"""Fits a classifier on digits and reports how well it does on rows held out."""

from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = 7

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=SEED)
model = make_pipeline(StandardScaler(), LogisticRegression())
model.fit(X_train, y_train)
print(classification_report(y_test, model.predict(X_test)))
'''


def sources() -> list[str]:
    """Read every fixture script and the code of every fixture notebook that parses."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.py"))]
    for path in sorted(FIXTURES.rglob("*.ipynb")):
        texts.append("\n".join(cell_texts(path.read_bytes())))
    return [CLEAN, *(text for text in texts if text.strip() and _parses(text))]


def cell_texts(notebook: bytes) -> list[str]:
    """Give the code cells of a notebook; none when it is broken."""
    try:
        cells = json.loads(notebook)["cells"]
    except (ValueError, KeyError):
        return []
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def copies(lines: int) -> Iterator[str]:
    """Give the sources again and again, each time with other names, up to a number of lines."""
    originals = sources()
    copy = 0
    while lines > 0:
        for text in originals:
            renamed = rename(text, f"_{copy}") if copy else text
            yield renamed
            lines -= renamed.count("\n") + 1
            if lines <= 0:
                return
        copy += 1


def rename(text: str, suffix: str) -> str:
    """Add a suffix to every variable, function and class; attributes and keywords stay."""
    tree = ast.parse(text)
    names = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    names |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    lines = text.splitlines(keepends=True)
    for row, column in reversed(list(_ends(text, names))):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + suffix + line[column:]
    return "".join(lines)


def _ends(text: str, names: set[str]) -> Iterator[tuple[int, int]]:
    tokens = [_NOTHING, *tokenize.generate_tokens(io.StringIO(text).readline)]
    depth = 0
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        keyword = depth > 0 and after.string == "="
        variable = token.type == tokenize.NAME and token.string in names
        if variable and before.string != "." and not keyword:
            yield token.end


def programs(lines: int) -> Iterator[str]:
    """Join copies to programs of the usual length, up to a number of lines."""
    program: list[str] = []
    for text in copies(lines):
        program.append(text)
        if sum(part.count("\n") + 1 for part in program) >= USUAL_LENGTH:
            yield "\n".join(program)
            program.clear()
    if program:
        yield "\n".join(program)


def write_scripts(folder: Path, lines: int) -> Path:
    """Write a tree of scripts, about as many lines as asked for."""
    folder.mkdir()
    for number, text in enumerate(programs(lines)):
        (folder / f"script_{number}.py").write_text(text, encoding="utf-8")
    return folder


def write_notebooks(folder: Path, lines: int) -> Path:
    """Write the same code as notebooks, one statement of a script to a cell."""
    folder.mkdir()
    for number, text in enumerate(programs(lines)):
        name = f"notebook_{number}.ipynb"
        (folder / name).write_text(json.dumps(_notebook(text), indent=1), encoding="utf-8")
    return folder


def write_long(path: Path, lines: int, times: int = 1) -> Path:
    """Write one script of about as many lines of all kinds, so many times with other names.

    Each time it reads other files: all that is done to the same rows has to do with each other.
    """
    originals = sources()
    total = sum(text.count("\n") + 1 for text in originals)
    once = "\n".join(originals[:: max(1, total // lines)])
    others = [rename(once, f"_{copy}") for copy in range(1, times)]
    copies = [once, *(_DATA.sub(rf"\1_{n}.", text) for n, text in enumerate(others, 1))]
    path.write_text("\n".join(copies), encoding="utf-8")
    return path


def _notebook(text: str) -> dict[str, object]:
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "execution_count": number,
            "metadata": {},
            "outputs": [],
            "source": (ast.get_source_segment(text, node) or "").splitlines(keepends=True),
        }
        for number, node in enumerate(ast.parse(text).body, start=1)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return "from __future__" not in text
