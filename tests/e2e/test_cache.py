"""What is remembered changes no review, and is kept where the user wants it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlaudit.cli.commands import mlaudit
from mlaudit.cli.rendering import FORMATS

FIXTURES = Path(__file__).parents[2] / "fixtures"
REMEMBERED = Path(".mlaudit_cache")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of a project, with a cache."""
    monkeypatch.delenv("MLAUDIT_CACHE")
    shutil.copytree(FIXTURES / "projects" / "churn", tmp_path / "churn")
    monkeypatch.chdir(tmp_path / "churn")
    return tmp_path / "churn"


def run(*arguments: str, text: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(mlaudit, list(arguments), input=text)
    return done.exit_code, done.stdout


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_the_same_to_the_byte(form: str) -> None:
    options = ["--format", form, "--verbose", "--profile", "production"]
    cold = run("review", "--no-cache", *options)
    assert not REMEMBERED.exists()
    assert run("review", *options) == cold
    assert run("review", *options) == cold
    assert run("review", "--no-cache", "--jobs", "3", *options) == cold
    assert len(list(REMEMBERED.glob("*.json"))) > 6


@pytest.mark.parametrize("family", ["leakage", "evaluation", "clean"])
def test_all_fixtures_are_reviewed_the_same(folder: Path, family: str) -> None:
    shutil.copytree(FIXTURES / family, folder / family)
    options = ["review", family, "--format", "json", "--profile", "production"]
    cold = run(*options, "--no-cache")
    assert run(*options) == cold
    assert run(*options) == cold


def test_a_warm_run_loads_no_rule_and_no_analysis() -> None:
    run("review")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mlaudit", "review"],
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = re.findall(r"\| +(\S+)\n", done.stderr)
    heavy = ("mlaudit_rules", "mlaudit.flow", "mlaudit.trace", "mlaudit.syntax", "mlaudit.rulekit")
    assert "mlaudit.engine.recall" in loaded
    assert [name for name in loaded if name.startswith((*heavy, "libcst", "pydantic"))] == []


def test_the_cache_lies_beside_the_configuration_and_ignores_itself(folder: Path) -> None:
    (folder / "mlaudit.toml").write_text("")
    (folder / "below").mkdir()
    (folder / "below" / "train.py").write_text("import sklearn\n")
    run("review", "below")
    assert (folder / REMEMBERED / ".gitignore").read_text() == "*\n"
    assert not (folder / "below" / REMEMBERED).exists()


def test_its_place_can_be_chosen(folder: Path) -> None:
    (folder / "mlaudit.toml").write_text('cache-dir = "kept/here"\n')
    (folder / "below").mkdir()
    run("review", "below/../train.py")
    assert list((folder / "kept" / "here").glob("*.json"))
    run("review", "train.py", "--cache-dir", "elsewhere")
    assert list((folder / "elsewhere").glob("*.json"))
    assert not REMEMBERED.exists()


def test_it_can_be_turned_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mlaudit.toml").write_text("cache = false\n")
    run("review")
    assert not REMEMBERED.exists()
    run("review", "--cache")
    assert REMEMBERED.exists()
    shutil.rmtree(REMEMBERED)
    (folder / "mlaudit.toml").unlink()
    monkeypatch.setenv("MLAUDIT_CACHE", "0")
    run("review")
    assert not REMEMBERED.exists()


def test_standard_input_leaves_nothing_behind() -> None:
    assert run("review", "-", text="import sklearn\n")[0] == 0
    assert not REMEMBERED.exists()


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    cold = run("review", "--no-cache")
    (folder / REMEMBERED).write_text("somebody's file")
    assert run("review") == cold
    assert (folder / REMEMBERED).read_text() == "somebody's file"


def test_a_baseline_is_made_from_what_is_remembered() -> None:
    run("review", "--format", "json")
    run("baseline", "-o", "warm.json")
    run("baseline", "-o", "cold.json", "--no-cache")
    assert Path("warm.json").read_bytes() == Path("cold.json").read_bytes()


def test_runs_at_the_same_time_say_the_same() -> None:
    command = [sys.executable, "-m", "mlaudit", "review", "--format", "json"]
    alone = run("review", "--format", "json", "--no-cache")[1]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [each.communicate()[0] for each in runs] == [alone] * 3
    assert run("review", "--format", "json")[1] == alone


def test_an_interrupted_run_harms_nothing() -> None:
    alone = run("review", "--format", "json", "--no-cache")[1]
    command = [sys.executable, "-m", "mlaudit", "review", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not any(REMEMBERED.glob("*.json")):
            pass
        process.kill()
    assert run("review", "--format", "json")[1] == alone
    assert run("review", "--format", "json")[1] == alone
