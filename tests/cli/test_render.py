"""`mlaudit render`, and where reviews go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.cli.rendering import FORMATS
from mlaudit.model import interchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from mlaudit.model.review import Review

LEAK = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

größen = pd.read_csv("größen.csv")
X = StandardScaler().fit_transform(größen.drop(columns="y"))
X_train, X_test, y_train, y_test = train_test_split(X, größen["y"], random_state=0)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("more", [[], ["--statistics"], ["--quiet"], ["--verbose"]])
def test_a_stored_review_is_rendered_as_if_directly(
    invoke: Callable[..., Result], form: str, more: list[str]
) -> None:
    Path("train.py").write_text(LEAK, encoding="utf-8")
    assert invoke("review", "train.py", "-o", "review.json").exit_code == 1
    direct = invoke("review", "train.py", "--format", form, *more)
    stored = invoke("render", "review.json", "--format", form, *more)
    assert stored.exit_code == 0
    assert stored.stdout_bytes == direct.stdout_bytes
    assert b"LEAK001" in direct.stdout_bytes


def test_standard_input_is_read_and_the_name_chooses_the_format(
    invoke: Callable[..., Result], review: Review
) -> None:
    result = invoke("render", "-", "-o", "out.sarif", input=interchange.dump(review))
    assert result.exit_code == 0
    assert "NEEDS-REWORK" in result.stderr
    assert json.loads(Path("out.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not a review of this version: Invalid JSON"),
        ("[]", "not a review of this version"),
        ('{"schema_version": "1.0"}', "not a review of this version at tool: Field required"),
    ],
)
def test_what_is_no_review_is_refused_in_one_line(
    invoke: Callable[..., Result], text: str, told: str
) -> None:
    Path("review.json").write_text(text)
    result = invoke("render", "review.json")
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_missing_file_is_named(invoke: Callable[..., Result]) -> None:
    result = invoke("render", "none.json")
    assert (result.exit_code, result.stderr) == (2, "Error: none.json: No such file or directory\n")


def test_a_workflow_gets_annotations_and_a_summary(
    invoke: Callable[..., Result],
    prepared: Callable[[Review], list[dict[str, Any]]],
    review: Review,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared(review)
    page = Path("summary.md")
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    result = invoke("review", "--format", "github")
    assert result.exit_code == 1
    assert result.stdout.startswith("::error title=LEAK001 fit-before-split,file=train.py,line=3")
    assert page.read_text(encoding="utf-8").startswith("before\n# ⛔ NEEDS-REWORK")


def test_an_overlong_summary_is_counted_instead(
    invoke: Callable[..., Result],
    review: Review,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    monkeypatch.setattr("mlaudit.cli.rendering._SUMMARY_LIMIT", 100)
    stored = interchange.dump(review)
    assert invoke("render", "-", "--format", "github", input=stored).exit_code == 0
    summary = Path("summary.md").read_text(encoding="utf-8")
    assert summary.startswith("```text\n1 LEAK001 fit-before-split\nNEEDS-REWORK")
