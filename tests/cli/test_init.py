"""`mlaudit init`: what it writes works, and what exists stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from mlaudit.config.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

CODE = "from sklearn.cluster import KMeans\nKMeans().fit(open('x').read())\n"


def test_a_bare_folder_gets_all_three_files(invoke: Callable[..., Result]) -> None:
    result = invoke("init", "--profile", "research")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "mlaudit.toml: written",
        ".pre-commit-config.yaml: written",
        ".github/workflows/mlaudit.yml: written",
    ]
    assert load().profile == "research"
    (hook,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert hook["entry"].startswith("mlaudit review")
    workflow = yaml.safe_load(Path(".github/workflows/mlaudit.yml").read_text())
    assert workflow["permissions"] == {"contents": "read"}
    # Nothing is asked where nobody can answer, and nothing is known unless asked for.
    assert not Path(".mlaudit-baseline.json").exists()


def test_nothing_is_overwritten(invoke: Callable[..., Result]) -> None:
    own = {
        "mlaudit.toml": 'profile = "production"\n',
        ".pre-commit-config.yaml": "repos: []  # ours\n",
        ".github/workflows/mlaudit.yml": "name: ours\n",
    }
    for name, text in own.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    result = invoke("init")
    assert result.exit_code == 0
    assert {name: Path(name).read_text() for name in own} == own
    assert result.stderr.count("left as it is") == 3
    assert "add to its `repos:`\n  - repo: local\n" in result.stderr


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[project]\nname = 'x'\n"])
def test_a_table_is_added_to_a_pyproject(invoke: Callable[..., Result], text: str) -> None:
    Path("pyproject.toml").write_text(text)
    assert "pyproject.toml: extended" in invoke("init").stderr
    table = tomllib.loads(Path("pyproject.toml").read_text())
    assert table["tool"]["mlaudit"] == {"profile": "exploration"}
    assert ("project" in table) == bool(text)
    before = Path("pyproject.toml").read_text()
    assert "pyproject.toml: left as it is" in invoke("init").stderr
    assert Path("pyproject.toml").read_text() == before


def test_todays_findings_can_be_known_ones(invoke: Callable[..., Result]) -> None:
    Path("a.py").write_text(CODE)
    result = invoke("init", "--baseline")
    assert result.exit_code == 0
    assert ".mlaudit-baseline.json: 1 known finding (1 added, 0 dropped)" in result.stderr
    assert "1 known to the baseline" in invoke("review").stdout


def test_an_existing_configuration_is_told_about_the_baseline(
    invoke: Callable[..., Result],
) -> None:
    Path("a.py").write_text(CODE)
    Path("mlaudit.toml").write_text("")
    result = invoke("init", "--baseline")
    assert 'left as it is; put baseline = ".mlaudit-baseline.json" into it' in result.stderr
