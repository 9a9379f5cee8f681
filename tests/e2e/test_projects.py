"""The fixture projects: each planted fault is found at its line, nothing else is, and they run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mlaudit.cli.commands import mlaudit

PROJECTS = Path(__file__).parents[2] / "fixtures" / "projects"
PLANTED = re.compile(r"# planted:((?: [A-Z]+\d+)+)")
MODULES = {"imbalanced-learn": "imblearn", "scikit-learn": "sklearn"}
CODE = re.compile(r"[A-Z]+\d+")

Line = tuple[str, int, int, str]


def review(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Review a folder as a user does; give the exit code and the review."""
    done = CliRunner().invoke(mlaudit, ["review", str(folder), "--format", "json", *options])
    return done.exit_code, json.loads(done.stdout)


def planted(project: str) -> Counter[Line]:
    """Count the marks by file, cell (0 in scripts), line and code."""
    marks: Counter[Line] = Counter()
    for path in sorted((PROJECTS / project).iterdir()):
        if path.suffix == ".py":
            cells = enumerate([path.read_text(encoding="utf-8")])
        elif path.suffix == ".ipynb":
            stored = json.loads(path.read_text(encoding="utf-8"))["cells"]
            cells = enumerate(("".join(cell["source"]) for cell in stored), 1)
        else:
            continue
        for cell, text in cells:
            for number, line in enumerate(text.split("\n"), 1):
                for codes in PLANTED.findall(line):
                    marks.update((path.name, cell, number, code) for code in CODE.findall(codes))
    return marks


def reported(found: dict[str, Any]) -> Counter[Line]:
    """Count the findings by file, cell, line and code."""
    return Counter(
        (
            Path(finding["location"]["path"]).name,
            finding["location"]["cell"] or 0,
            finding["location"]["line"],
            finding["code"],
        )
        for finding in found["findings"]
    )


@pytest.mark.parametrize("project", ["churn", "digits"])
def test_what_is_planted_is_found_and_nothing_else(project: str) -> None:
    code, found = review(PROJECTS / project)
    assert code == 1
    assert planted(project)
    assert reported(found) == planted(project)
    assert found["verdict"]["recommendation"] == "NEEDS-REWORK"
    assert found["coverage"]["complete"]


def test_solid_has_nothing_to_say_and_is_examined_in_full() -> None:
    code, found = review(PROJECTS / "solid")
    assert code == 0
    assert found["findings"] == []
    assert found["errors"] == []
    assert found["coverage"]["complete"]
    assert found["verdict"]["recommendation"] == "APPROVE"
    assert {Path(file["path"]).name for file in found["coverage"]["files"]} == {
        "baselines.ipynb",
        "network.py",
        "patients.py",
        "settings.py",
        "train_forest.py",
        "train_network.py",
    }


def test_a_fault_beside_the_solid_project_is_not_hidden_by_it(tmp_path: Path) -> None:
    copy = tmp_path / "solid"
    shutil.copytree(PROJECTS / "solid", copy)
    script = copy / "train_network.py"
    careful = "StandardScaler().fit(X_train)"
    text = script.read_text(encoding="utf-8")
    assert careful in text
    script.write_text(text.replace(careful, "StandardScaler().fit(measurements)"), encoding="utf-8")
    code, found = review(copy)
    assert [finding["code"] for finding in found["findings"]] == ["LEAK001"]
    assert code == 1


@pytest.mark.parametrize(
    ("project", "script", "arguments"),
    [
        ("churn", "train.py", []),
        ("churn", "neighbours.py", []),
        ("churn", "churn.ipynb", []),
        ("digits", "train.py", ["--epochs", "1"]),
        ("solid", "train_network.py", ["--epochs", "3"]),
        ("solid", "baselines.ipynb", []),
    ],
)
def test_the_projects_run(project: str, script: str, arguments: list[str], tmp_path: Path) -> None:
    needed = (PROJECTS / project / "requirements.txt").read_text(encoding="utf-8")
    for name in re.findall(r"^[\w-]+", needed, re.MULTILINE):
        if find_spec(MODULES.get(name, name)) is None:
            pytest.skip(f"{name} is not installed")
    copy = tmp_path / project
    shutil.copytree(PROJECTS / project, copy)
    if script.endswith(".ipynb"):
        script, arguments = written_out(copy / script), []
    done = subprocess.run(
        [sys.executable, script, *arguments], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def written_out(notebook: Path) -> str:
    """Write the code of a notebook, without its magics, as a script beside it."""
    stored = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in stored if cell["cell_type"] == "code"]
    lines = [line for text in code for line in text.split("\n") if not line.startswith("%")]
    script = notebook.with_suffix(".py")
    script.write_text("\n".join(lines), encoding="utf-8")
    return script.name


def test_the_customers_are_invented_the_same_every_time(tmp_path: Path) -> None:
    if find_spec("pandas") is None:
        pytest.skip("pandas is not installed")
    script = tmp_path / "make_data.py"
    shutil.copy(PROJECTS / "churn" / "make_data.py", script)
    subprocess.run([sys.executable, script], check=True)
    made = (tmp_path / "data" / "customers.csv").read_bytes()
    assert made == (PROJECTS / "churn" / "data" / "customers.csv").read_bytes()
