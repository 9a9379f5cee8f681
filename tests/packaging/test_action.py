"""The steps of `action.yml`, run as a runner would run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CODE = "from sklearn.cluster import KMeans\nKMeans().fit(open('x').read())\n"


@pytest.fixture
def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return found


def _run(
    action: dict[str, Any], folder: Path, **inputs: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run the step that reviews; give its result and its outputs."""
    (step,) = (each for each in action["runs"]["steps"] if each["name"] == "review")
    given = {name: each["default"] for name, each in action["inputs"].items()} | inputs
    variables = {}
    for name, text in step["env"].items():
        variables[name] = given[text.removeprefix("${{ inputs.").removesuffix(" }}")]
    tools = folder / "bin"
    tools.mkdir()
    (tools / "mlaudit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mlaudit "$@"\n')
    (tools / "mlaudit").chmod(0o755)
    (tools / "python").symlink_to(sys.executable)
    output, summary = folder / "output", folder / "summary.md"
    environment = os.environ | variables | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules")]),
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
    }  # fmt: skip
    work = folder / "work"
    work.mkdir()
    (work / "a.py").write_text(CODE)
    run = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = output.read_text().splitlines() if output.exists() else []
    return run, dict(line.split("=", 1) for line in lines)


def test_the_verdict_decides_and_is_told(action: dict[str, Any], tmp_path: Path) -> None:
    run, outputs = _run(
        action, tmp_path, arguments="--fail-on conditional --select SEED", sarif="out.sarif"
    )
    assert run.returncode == 1, run.stderr
    assert outputs["verdict"] == "CONDITIONAL"
    assert run.stdout.startswith("::warning title=SEED003 unseeded-estimator,file=a.py,line=2")
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("# ⚠️ CONDITIONAL")
    assert json.loads(Path(outputs["review"]).read_text(encoding="utf-8"))["findings"]
    assert json.loads((tmp_path / "work" / "out.sarif").read_text(encoding="utf-8"))["runs"]


def test_wrong_usage_is_passed_on(action: dict[str, Any], tmp_path: Path) -> None:
    run, outputs = _run(action, tmp_path, paths="none.py")
    assert run.returncode == 2
    assert "none.py: no such file or folder" in run.stderr
    assert outputs == {}


def test_no_text_of_an_input_becomes_a_command(action: dict[str, Any], tmp_path: Path) -> None:
    run, _ = _run(action, tmp_path, paths="$(touch pwned) ; touch pwned *")
    assert run.returncode == 2
    assert not (tmp_path / "work" / "pwned").exists()
