"""import-linter checks the contracts; these tests check that the contracts forget no package."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = {f"mlaudit.{init.parent.name}" for init in (ROOT / "mlaudit").glob("*/__init__.py")}


def contract(identity: str) -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {each["id"]: each for each in settings["tool"]["importlinter"]["contracts"]}
    return dict(contracts[identity])


@pytest.mark.parametrize(
    ("identity", "allowed"),
    [
        ("rules-use-rulekit", {"mlaudit.rulekit"}),
        ("report-sees-model", {"mlaudit.report", "mlaudit.model"}),
    ],
)
def test_every_other_package_is_forbidden(identity: str, allowed: set[str]) -> None:
    assert set(contract(identity)["forbidden_modules"]) == LAYERS - allowed


def test_the_layers_are_exhaustive() -> None:
    layers = contract("layers")
    assert layers["exhaustive"] is True
    names = [name for layer in layers["layers"] for name in layer.split(" | ")]
    assert {f"mlaudit.{name}" for name in names} == LAYERS


def test_the_agent_may_import_no_other_package_of_ours() -> None:
    forbidden = {
        name for name in contract("agent-stands-alone")["forbidden_modules"] if "mlaudit." in name
    }
    assert forbidden == LAYERS - {"mlaudit.probe"}
