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


def test_a_strict_baseline_fails_on_what_is_no_longer_found(
    invoke: Callable[..., Result], known: str
) -> None:
    strict = _review(invoke, "--baseline-strict")
    assert (strict.exit_code, strict.stderr) == (0, "")
    Path("train.py").write_text(known.replace("StandardScaler().fit_transform(table)", "table"))
    assert _review(invoke).exit_code == 0
    strict = _review(invoke, "--baseline-strict")
    assert strict.exit_code == 1
    assert f"{FILE}: 1 entry is no longer found; `mlaudit baseline --prune`" in strict.stderr
    Path("mlaudit.toml").write_text("baseline-strict = true\n")
    assert _review(invoke).exit_code == 1
    assert invoke("baseline", "--prune", *SELECT).exit_code == 0
    assert _review(invoke).exit_code == 0


def test_what_cannot_be_looked_at_is_not_stale(invoke: Callable[..., Result], known: str) -> None:
    Path("train.py").write_text(f"{known}\ndef (:\n")
    result = _review(invoke, "--keep-going", "--baseline-strict")
    assert "no longer found" not in result.stdout + result.stderr
    invoke("baseline", "--prune", *SELECT)
    assert [entry["path"] for entry in _entries()] == ["train.py"]
    Path("train.py").write_text(known)
    assert "1 known to the baseline" in _review(invoke).stdout


def test_code_that_moves_to_another_file_stays_known(
    invoke: Callable[..., Result], known: str
) -> None:
    Path("other.py").write_text(known)
    Path("train.py").write_text("import other\n")
    assert "no findings in 2 files (1 known" in _review(invoke).stdout
    invoke("baseline", "--prune", *SELECT)
    assert [entry["path"] for entry in _entries()] == ["other.py"]


def test_a_copy_is_new_though_its_origin_is_not_reviewed(
    invoke: Callable[..., Result], known: str
) -> None:
    Path("copy.py").write_text(known)
    result = invoke("review", "copy.py", "--baseline", FILE, *SELECT)
    assert result.stdout.startswith("copy.py:8:5: LEAK001")


def test_what_moves_within_a_file_that_others_import_stays_known(
    invoke: Callable[..., Result],
) -> None:
    head, body = SCRIPT.split("table = ")
    helper = "def prepared(table):\n    return StandardScaler().fit_transform(table)\n"
    Path("helper.py").write_text(f"from sklearn.preprocessing import StandardScaler\n\n{helper}")
    calls = body.replace("StandardScaler().fit_transform", "prepared")
    Path("train.py").write_text(f"{head}from helper import prepared\ntable = {calls}")
    arguments = ["train.py", *SELECT]
    assert invoke("baseline", *arguments).exit_code == 0
    before = _entries()
    assert [entry["path"] for entry in before] == ["helper.py"]
    assert invoke("baseline", *arguments).exit_code == 0
    assert _entries() == before
    indented = helper.replace("\n", "\n    ").rstrip()
    text = f"from sklearn.preprocessing import StandardScaler\n\nif True:\n    {indented}\n"
    Path("helper.py").write_text(
        text.replace("    return", "    def inner():\n            pass\n\n        return")
    )
    result = invoke("review", *arguments, "--baseline", FILE)
    assert "(1 known to the baseline)" in result.stdout


def _notebook(*cells: str, count: int = 0, ids: str = "cell") -> str:
    """Write a notebook as it is after its cells were run for the `count`-th time."""
    stored: list[dict[str, object]] = []
    for number, cell in enumerate(cells, 1):
        output = {"name": "stdout", "output_type": "stream", "text": [f"run {count}\n"]}
        stored.append(
            {
                "cell_type": "code",
                "execution_count": count * len(cells) + number if count else None,
                "id": f"{ids}{number}",
                "metadata": {},
                "outputs": [output] * count,
                "source": cell.splitlines(keepends=True),
            }
        )
    described = {"cells": stored, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(described, indent=1)


@pytest.fixture
def cells(invoke: Callable[..., Result]) -> list[str]:
    """The cells of a notebook whose leak stands in the baseline."""
    head, body = SCRIPT.split("y = table")
    first, rest = f"y = table{body}".split("X_train")[0], f"X_train{body.split('X_train', 1)[1]}"
    cells = [head, first, rest]
    Path("train.ipynb").write_text(_notebook(*cells))
    assert invoke("baseline", *SELECT).exit_code == 0
    assert [entry["code"] for entry in _entries()] == ["LEAK001"]
    return cells


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: _notebook(*cells, count=3),
        lambda cells: _notebook(*cells, ids="other"),
        lambda cells: _notebook("print(1)", *cells, count=1),
        lambda cells: _notebook(*cells[0].splitlines(keepends=True), *cells[1:]),
        lambda cells: _notebook("".join(cells), count=2),
        lambda cells: _notebook(cells[0], f"%%time\n{cells[1]}", cells[2], count=1),
    ],
    ids=["run again", "new ids", "a cell before", "cells split", "cells joined", "a magic"],
)
def test_what_happens_to_notebooks_keeps_it_known(
    invoke: Callable[..., Result], cells: list[str], change: Callable[[list[str]], str]
) -> None:
    Path("train.ipynb").write_text(change(cells))
    result = _review(invoke, "--baseline-strict")
    assert "1 known to the baseline" in result.stdout
    assert result.exit_code == 0


def test_a_problem_swapped_in_a_notebook_is_new(
    invoke: Callable[..., Result], cells: list[str]
) -> None:
    text = _notebook(*cells, count=2).replace("StandardScaler", "MinMaxScaler")
    Path("train.ipynb").write_text(text)
    result = _review(invoke)
    assert result.exit_code == 1
    assert "LEAK001" in result.stdout.split("\n")[0]


def test_a_cell_that_does_not_parse_makes_nothing_stale(
    invoke: Callable[..., Result], cells: list[str]
) -> None:
    Path("train.ipynb").write_text(_notebook(cells[0], f"{cells[1]}\nprint(\n", cells[2]))
    assert "no longer found" not in _review(invoke).stdout
    invoke("baseline", "--prune", *SELECT)
    assert len(_entries()) == 1


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
