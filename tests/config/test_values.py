"""The values of a configuration table, read by hand as pydantic would."""

from __future__ import annotations

import datetime
import json

import pytest
from pydantic import TypeAdapter, ValidationError

from mlaudit.config.schema import Settings
from mlaudit.config.values import WrongValueError, settings

TABLES: list[dict[str, object]] = [
    {},
    {"profile": "research", "select": ["LEAK", "SEED001"], "keep-going": True},
    {"profile": "reserch"},
    {"profile": 3},
    {"profile": ["research"]},
    {"select": "LEAK"},
    {"select": ["LEAK", 3]},
    {"select": [["LEAK"]]},
    {"ignore": [datetime.date(2024, 5, 1)]},
    {"baseline": datetime.time(7, 30)},
    {"baseline": 1},
    {"keep-going": "yes"},
    {"keep-going": 1},
    {"respect-gitignore": False},
    {"severity": {"LEAK001": "info", "SEED": "error"}},
    {"severity": {"LEAK001": "infos"}},
    {"severity": ["LEAK001"]},
    {"per-file-ignores": {"tests/*": ["LEAK"], "x.py": []}},
    {"per-file-ignores": {"tests/*": "LEAK"}},
    {"per-file-ignores": {"tests/*": ["LEAK", {}]}},
    {"fail-on": "never", "rework-confidence": "low"},
    {"fail-on": None},
    {"keep-going": 0, "select": 1},
    {"probe": {"command": "train.py --fast", "max-steps": 20, "network": True}},
    {"probe": {"comand": "train.py"}},
    {"probe": "train.py"},
    {"probe": {"max-steps": True}},
    {"probe": {"max-steps": 2.5}},
    {"probe": {"timeout": 90}},
    {"budgets": {"missing": 0.2, "latency-ms": 20}},
    {"budgets": {"missing": "much"}},
    {"budgets": {"missing": False}},
    {"budgets": {"latency_ms": 20}},
]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_values_are_what_the_schema_allows(table: dict[str, object]) -> None:
    adapter = TypeAdapter(Settings)
    try:
        allowed = adapter.validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        place = tuple(str(part) for part in error.errors()[0]["loc"])
        with pytest.raises(WrongValueError) as wrong:
            settings(table)
        assert wrong.value.place == place
    else:
        assert settings(table) == allowed
