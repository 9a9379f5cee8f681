"""`mlaudit config`: the settings in force and the published schemas."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.config.load import load
from mlaudit.config.schema import keys
from mlaudit.model import interchange
from mlaudit.model.review import Review

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def test_show_writes_a_file_that_says_the_same(invoke: Callable[..., Result]) -> None:
    Path("mlaudit.toml").write_text(
        'profile = "research"\nignore = ["CONF", "SEED001"]\n\n'
        '[per-file-ignores]\n"nötebooks/*" = ["LEAK"]\n\n[severity]\nEVAL001 = "info"\n'
    )
    shown = invoke("config", "show").stdout
    assert tuple(sorted(tomllib.loads(shown))) == tuple(sorted(keys()))
    before = load()
    Path("mlaudit.toml").write_text(shown, encoding="utf-8")
    after = load()
    assert [getattr(before, name) for name in ("profile", "ignore", "severity")] == [
        getattr(after, name) for name in ("profile", "ignore", "severity")
    ]
    assert after.per_file_ignores == before.per_file_ignores


def test_show_names_where_each_setting_was_written(invoke: Callable[..., Result]) -> None:
    Path("pyproject.toml").write_text('[tool.mlaudit]\n\nignore = ["CONF"]\n')
    lines = invoke("config", "show", "--ignore", "SEED", "--profile", "production").stdout
    assert lines.startswith("# pyproject.toml\n")
    assert 'ignore = ["CONF", "SEED"]  # --ignore, pyproject.toml:3\n' in lines
    assert 'profile = "production"  # --profile\n' in lines
    assert 'fail-on = "needs-rework"\n' in lines


def test_show_without_a_file_shows_the_defaults(invoke: Callable[..., Result]) -> None:
    assert invoke("config", "show", "--no-config").stdout.startswith(
        "# no configuration file: the defaults\n"
    )


def test_the_schemas_are_published(invoke: Callable[..., Result]) -> None:
    described = json.loads(invoke("config", "schema").stdout)
    assert tuple(described["properties"]) == keys()
    described = json.loads(invoke("config", "schema", "review").stdout)
    assert described == interchange.schema()
    assert set(described["properties"]) == set(Review.__dataclass_fields__)
