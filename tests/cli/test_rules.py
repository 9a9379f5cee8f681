"""`mlaudit rules` and `mlaudit explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.cli.options import complete_rule
from mlaudit.rulekit.measured import Measured
from mlaudit.rulekit.registry import rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def test_every_rule_is_listed_with_its_state(invoke: Callable[..., Result]) -> None:
    lines = invoke("rules", "--ignore", "SEED").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(rules())
    states = {line.split()[0]: line.split()[2] for line in lines}
    assert states["LEAK001"] == "on"
    assert states["SEED001"] == "off"


def test_the_table_has_the_same_rows(invoke: Callable[..., Result]) -> None:
    shown = invoke("rules", "--color", "always", color=True, env={"COLUMNS": "160"}).stdout
    assert all(code in shown for code in rules())
    assert "\x1b[" in shown


def test_json_says_what_decided(invoke: Callable[..., Result]) -> None:
    Path("mlaudit.toml").write_text('ignore = ["leakage"]\n')
    described = {
        rule["code"]: rule for rule in json.loads(invoke("rules", "--format", "json").stdout)
    }
    assert described["LEAK001"]["enabled"] is False
    assert described["LEAK001"]["reason"] == 'mlaudit.toml:1: ignore "leakage"'
    assert described["EVAL001"]["enabled"] is True
    assert described["EVAL001"]["name"] == "fit-on-test"


def test_why_names_the_line_of_the_configuration(invoke: Callable[..., Result]) -> None:
    Path("pyproject.toml").write_text('[tool.mlaudit]\nignore = [\n  "LEAK001",\n]\n')
    assert invoke("rules", "--why", "fit-before-split").stdout == (
        'LEAK001 fit-before-split is off\npyproject.toml:3: ignore "LEAK001"\n'
    )
    assert invoke("rules", "--why", "LEAK001", "--select", "LEAK").stdout == (
        "LEAK001 fit-before-split is on\n--select LEAK\n"
    )


@pytest.mark.parametrize("word", ["LEAK001", "leak001", "fit-before-split"])
def test_explain_shows_the_page(invoke: Callable[..., Result], word: str) -> None:
    page = rules()["LEAK001"].page.read_text(encoding="utf-8")
    assert invoke("explain", word).stdout.startswith(page)


def test_explain_says_how_often_a_rule_was_right(
    invoke: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {"LEAK001": Measured(true=19, false=1)}
    monkeypatch.setattr("mlaudit.rulekit.measured.measured", lambda: figures)
    assert "19 of 20 findings true, 95 % (95 % interval" in invoke("explain", "LEAK001").stdout
    assert "Measured" not in invoke("explain", "LEAK002").stdout


def test_explain_draws_the_page_for_a_terminal(invoke: Callable[..., Result]) -> None:
    shown = invoke("explain", "LEAK001", "--color", "always", color=True).stdout
    assert "What it finds" in shown
    assert "## What it finds" not in shown
    assert "```" not in shown


@pytest.mark.parametrize("command", [["explain", "LEAK01"], ["rules", "--why", "LEAK01"]])
def test_an_unknown_rule_is_told_the_nearest(
    invoke: Callable[..., Result], command: list[str]
) -> None:
    result = invoke(*command)
    assert result.exit_code == 2
    assert result.stderr == 'Error: no rule is called "LEAK01"; did you mean "LEAK001"?\n'
    result = invoke(*command[:-1], "something-else-entirely")
    assert result.stderr.endswith("`mlaudit rules` lists them\n")


def test_codes_and_names_are_completed() -> None:
    assert "LEAK001" in [item.value for item in complete_rule(None, None, "LEAK")]  # type: ignore[arg-type]
    names = [item.value for item in complete_rule(None, None, "fit-")]  # type: ignore[arg-type]
    assert "fit-before-split" in names
    assert all(name.startswith("fit-") for name in names)
