"""The hooks as users get them: installed by pre-commit into an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "mlaudit", "rules"]

LEAKS = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("rows.csv")
X, y = table.drop(columns="label"), table["label"]
X = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""


def commit(folder: Path) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "state"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the hooks, as pre-commit clones it."""
    folder = tmp_path_factory.mktemp("product")
    for name in PRODUCT:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    commit(folder)
    return folder


def try_repo(product: Path, repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(product), *options]
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(
        [*command, "--all-files", "--color", "never"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(LEAKS)
    (tmp_path / "attic").mkdir()
    (tmp_path / "attic" / "old.py").write_text(LEAKS)
    (tmp_path / "mlaudit.toml").write_text('exclude = ["attic"]\n')
    return tmp_path


@pytest.mark.slow
def test_both_hooks_report_the_leak_and_honour_the_excludes(
    product: Path, repository: Path
) -> None:
    commit(repository)
    done = try_repo(product, repository, "--verbose")

    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("train.py:8:") == 2, done.stdout
    assert "attic" not in done.stdout
    assert "Passed" not in done.stdout


@pytest.mark.slow
def test_a_repository_without_findings_passes(product: Path, repository: Path) -> None:
    (repository / "train.py").write_text("print(1 + 1)\n")
    commit(repository)
    done = try_repo(product, repository, "mlaudit")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
