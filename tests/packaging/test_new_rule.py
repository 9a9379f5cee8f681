from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlaudit.rulekit.page import HEADINGS, read

ROOT = Path(__file__).resolve().parents[2]
LEAKAGE = Path("rules/mlaudit_rules/leakage")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    families = ROOT / "rules"
    shutil.copytree(families, tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def scaffold(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "scripts" / "new_rule.py")
    command = [sys.executable, script, *arguments, "--root", str(tree)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_scaffolded_rule_has_module_page_and_twins(tree: Path) -> None:
    done = scaffold(tree, "LEAK987", "scaled-by-moonlight", "leakage")

    assert done.returncode == 0, done.stderr
    assert "pytest tests/rules -k LEAK987" in done.stdout
    page = read(tree / LEAKAGE / "scaled_by_moonlight.md")
    assert page.headings == HEADINGS
    assert page.text.startswith("# LEAK987 scaled-by-moonlight\n")
    fixtures = tree / "fixtures/leakage/scaled_by_moonlight"
    assert "# expect: LEAK987" in (fixtures / "bad.py").read_text()
    assert "expect" not in (fixtures / "clean.py").read_text()


@pytest.mark.parametrize("reads", ["trace", "module"])
def test_a_scaffolded_module_loads_and_is_clean(tree: Path, reads: str) -> None:
    scaffold(tree, "LEAK987", "scaled-by-moonlight", "leakage", "--reads", reads)

    module = tree / LEAKAGE / "scaled_by_moonlight.py"
    namespace = {"__name__": "scaled_by_moonlight"}
    exec(compile(ast.parse(module.read_text()), module, "exec"), namespace)
    rule = namespace["ScaledByMoonlight"]
    assert rule.meta.code == "LEAK987"  # type: ignore[attr-defined]
    assert f"check_{reads}" in vars(rule)
    settings = ["--config", str(ROOT / "pyproject.toml")]
    for check in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *check, *settings, str(module)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("LEAK988", "scaled-by-moonlight", "leakage"), "scaled-by-moonlight is taken by"),
        (("LEAK987", "fitted-by-moonlight", "leakage"), "LEAK987 is taken by"),
        (("LEAK987", "fitted-by-moonlight", "moon"), "no family moon; there are: configuration"),
        (("SEED987", "fitted-by-moonlight", "leakage"), "codes of leakage begin with LEAK"),
        (("leak1", "fitted-by-moonlight", "leakage"), "leak1 is not a code"),
        (("LEAK988", "FittedByMoonlight", "leakage"), "FittedByMoonlight is not a name"),
    ],
)
def test_what_cannot_be_scaffolded_is_refused_and_nothing_is_written(
    tree: Path, arguments: tuple[str, str, str], reason: str
) -> None:
    scaffold(tree, "LEAK987", "scaled-by-moonlight", "leakage")
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*")}

    done = scaffold(tree, *arguments)

    assert done.returncode == 2
    assert done.stderr.startswith("new_rule: ")
    assert reason in done.stderr
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*")} == before
