"""What counts as a directive, what it says, and what is told about malformed ones."""

from __future__ import annotations

import json

import pytest

from mlaudit.source.directives import Scope, directives, malformed
from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text


def test_a_comment_names_codes_and_a_reason() -> None:
    document = from_text("x = 1\nfit()  # mlaudit: ignore[LEAK001, seed-x]  it is fine\n", "a.py")
    (found,) = directives(document)
    assert found.scope is Scope.STATEMENT
    assert found.codes == ("LEAK001", "seed-x")
    assert found.reason == "it is fine"
    assert found.line == 2
    assert str(found.location) == "a.py:2:8"


@pytest.mark.parametrize(
    ("comment", "scope"),
    [
        ("# mlaudit: ignore[A1]", Scope.STATEMENT),
        ("#mlaudit:ignore[A1]", Scope.STATEMENT),
        ("# noqa: F401  # mlaudit: ignore[A1] why", Scope.STATEMENT),
        ("# mlaudit: ignore-file[A1]", Scope.FILE),
        ("# %%\n# mlaudit: ignore-cell [A1]", Scope.CELL),
    ],
)
def test_scopes(comment: str, scope: Scope) -> None:
    document = from_text(f"{comment}\n", "a.py")
    assert [(one.scope, one.codes) for one in directives(document)] == [(scope, ("A1",))]
    assert malformed(document) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = '# mlaudit: ignore[A1]'",
        '"""\n# mlaudit: ignore\n"""',
        "# see mlaudit: ignore[A1]",
        "# mlaudit is a tool",
        "mlaudit: int = 1",
    ],
)
def test_what_is_no_directive(text: str) -> None:
    document = from_text(text, "a.py")
    assert directives(document) == []
    assert document.problems == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# mlaudit: ignore", "names no code"),
        ("# mlaudit: ignore[]", "names no code"),
        ("# mlaudit: ignore this please", "names no code"),
        ("# mlaudit: ignore[*]", "codes cannot be read"),
        ("# mlaudit: ignore[A1,,B2]", "codes cannot be read"),
        ("# mlaudit: ignroe[A1]", "not a directive"),
        ("# mlaudit: disable", "not a directive"),
        ("# mlaudit: ignore-cell[A1]", "file without cells"),
    ],
)
def test_a_malformed_directive_is_told_and_not_obeyed(comment: str, message: str) -> None:
    document = from_text(f"x = 1\nfit()  {comment}\n", "a.py")
    assert directives(document) == []
    (problem,) = document.problems
    assert message in problem.message
    assert problem.message.endswith(comment)
    assert (problem.line, problem.fatal) == (2, False)


def test_in_notebooks_comments_and_tags_are_read() -> None:
    cells = [
        {"cell_type": "markdown", "source": "t", "metadata": {"tags": ["mlaudit-ignore-NB009"]}},
        {"cell_type": "code", "source": "x = 1", "metadata": {"tags": ["mlaudit-ignore"]}},
        {"cell_type": "code", "source": "!pip install x  # mlaudit: ignore[NB008]"},
        {"cell_type": "code", "source": "    # mlaudit: ignore-file[LEAK001]\n    y = 1"},
        {"cell_type": "code", "source": "# mlaudit: ignore-cell"},
        {"cell_type": "code", "source": "x", "metadata": {"tags": ["mlaudit-ignored"]}},
    ]
    document = from_json(json.dumps({"cells": cells, "metadata": {}}), "a.ipynb")
    found = directives(document)
    assert [(one.scope, one.codes, one.location.cell) for one in found] == [
        (Scope.STATEMENT, ("NB008",), 3),
        (Scope.FILE, ("LEAK001",), 4),
        (Scope.CELL, ("NB009",), 1),
        (Scope.CELL, (), 2),
    ]
    assert [one.location.column for one in found[:2]] == [17, 5]
    assert [(problem.cell, problem.line) for problem in document.problems] == [(5, 1)]
