"""`mlaudit baseline`, and reviews that judge only what it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

FILE = ".mlaudit-baseline.json"
SCRIPT = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("table.csv")
y = table.pop("y")
X = StandardScaler().fit_transform(table)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""
SELECT = ["--select", "LEAK"]


def _entries() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(Path(FILE).read_text(encoding="utf-8"))["findings"]
    return found


@pytest.fixture
def known(invoke: Callable[..., Result]) -> str:
    """A script whose leak stands in the baseline."""
    Path("train.py").write_text(SCRIPT, encoding="utf-8")
    assert invoke("baseline", *SELECT).exit_code == 0
    assert [entry["code"] for entry in _entries()] == ["LEAK001"]
    return SCRIPT


def _review(invoke: Callable[..., Result], *more: str) -> Result:
    return invoke("review", ".", "--baseline", FILE, *SELECT, *more)


def test_what_is_known_is_not_judged(invoke: Callable[..., Result], known: str) -> None:
    result = _review(invoke)
    assert result.exit_code == 0
    assert result.stdout == (
        "APPROVE (confidence high): no findings in 1 file (1 known to the baseline)\n"
    )
    reasons = json.loads(_review(invoke, "--format", "json").stdout)["verdict"]["reasons"]
    assert reasons[-1]["text"] == f"what the baseline {FILE} knows was not judged"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"import numpy as np\n\n\n# the same\n{text}\nprint(np.__version__)\n",
        lambda text: text.replace("StandardScaler().fit_transform(table)", "StandardScaler("
                                  ").fit_transform(\n    table\n)  # all of it"),
        lambda text: text.split("table = ")[0] + "def main():\n    table = "
        + text.split("table = ")[1].replace("\n", "\n    ") + "\n\nmain()\n",
    ],
    ids=["lines added", "layout", "into a function"],
)  # fmt: skip
def test_edits_elsewhere_and_moves_keep_it_known(
    invoke: Callable[..., Result], known: str, change: Callable[[str], str]
) -> None:
    Path("train.py").write_text(change(known), encoding="utf-8")
    result = _review(invoke)
    assert "1 known to the baseline" in result.stdout
    assert result.exit_code == 0


def test_renaming_the_file_keeps_it_known(invoke: Callable[..., Result], known: str) -> None:
    Path("train.py").rename("model.py")
    assert "no findings in 1 file (1 known" in _review(invoke).stdout


def test_one_entry_answers_for_one_finding(invoke: Callable[..., Result], known: str) -> None:
    Path("copy.py").write_text(known, encoding="utf-8")
    result = _review(invoke)
    assert result.exit_code == 1
    assert result.stdout.startswith("copy.py:8:5: LEAK001")
    assert "1 known to the baseline" in result.stdout


def test_a_problem_swapped_for_another_is_new(invoke: Callable[..., Result], known: str) -> None:
    Path("train.py").write_text(known.replace("StandardScaler", "MinMaxScaler"), encoding="utf-8")
    result = _review(invoke)
    assert result.exit_code == 1
    assert "train.py:8:5: LEAK001" in result.stdout
    assert "no longer found, but in the baseline: train.py: LEAK001" in result.stdout


def test_stale_entries_are_told_and_pruned(invoke: Callable[..., Result], known: str) -> None:
    mended = known.replace("StandardScaler().fit_transform(table)", "table")
    Path("train.py").write_text(mended, encoding="utf-8")
    assert "no longer found, but in the baseline: train.py: LEAK001" in _review(invoke).stdout
    Path("new.py").write_text(known.replace("Standard", "MinMax"), encoding="utf-8")
    result = invoke("baseline", "--prune", *SELECT)
    assert "0 known findings (0 added, 1 dropped)" in result.stderr
    assert _entries() == []
    assert invoke("baseline", *SELECT).exit_code == 0
    assert [entry["path"] for entry in _entries()] == ["new.py"]


def test_files_that_are_not_reviewed_keep_their_entries(
    invoke: Callable[..., Result], known: str
) -> None:
    Path("other.py").write_text(known.replace("Standard", "MinMax"), encoding="utf-8")
    assert "no longer" not in invoke("review", "other.py", "--baseline", FILE, *SELECT).stdout
    assert invoke("baseline", "other.py", *SELECT).exit_code == 0
    assert [entry["path"] for entry in _entries()] == ["other.py", "train.py"]


def test_the_configured_file_is_found_from_a_subfolder(
    invoke: Callable[..., Result], known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mlaudit.toml").write_text(f'baseline = "{FILE}"\nselect = ["LEAK"]\n')
    Path("src").mkdir()
    Path("train.py").rename("src/train.py")
    monkeypatch.chdir("src")
    assert "1 known to the baseline" in invoke("review", "train.py").stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "No such file or directory; `mlaudit baseline` makes one"),
        ("{", "is not JSON text"),
        ("[]", "is not a baseline of version 1"),
        ('{"version": 1, "findings": [{"code": "LEAK001"}]}', "an entry lacks one of code, path"),
    ],
)
def test_an_unreadable_baseline_is_one_clear_line(
    invoke: Callable[..., Result], text: str | None, told: str
) -> None:
    Path("train.py").write_text(SCRIPT, encoding="utf-8")
    if text is not None:
        Path(FILE).write_text(text)
    result = _review(invoke)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {FILE}: ")
    assert told in result.stderr
