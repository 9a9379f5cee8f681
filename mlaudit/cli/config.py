"""`mlaudit config`: what is configured, and what can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import configurable, configure
from mlaudit.cli.terminal import write
from mlaudit.config.schema import Budgets, Config, Probe, key_of, keys
from mlaudit.model.frozen import names_of

if TYPE_CHECKING:
    from pathlib import Path


@click.group("config", short_help="Show the configuration and its schema.")
def command() -> None:
    """Show what is configured, and what can be."""


@command.command("show")
@configurable
def show(file: Path | None, isolated: bool, **settings: Any) -> None:
    """Show the settings in force as TOML, and where each was written."""
    config = configure(None, file, isolated, **settings)
    write(f"# {config.file or 'no configuration file: the defaults'}\n")
    simple = [key for key in keys() if not isinstance(_value(config, key), dict)]
    tables = [key for key in keys() if key not in simple]
    for key in simple:
        write(f"{key} = {_toml(_value(config, key))}{_origin(config, key)}\n")
    for key in tables:
        write(f"\n[{key}]\n")
        for entry, value in _value(config, key).items():
            write(f"{_toml(entry)} = {_toml(value)}{_origin(config, key, entry)}\n")


@command.command("schema")
@click.argument("what", type=click.Choice(["config", "review"]), default="config")
def schema(what: str) -> None:
    """Print a JSON Schema: of the configuration file, or of the review as JSON."""
    import json

    if what == "review":
        from mlaudit.model import interchange

        described = interchange.schema()
    else:
        from mlaudit.config.schema import schema as describe

        described = describe()
    write(json.dumps(described, indent=2) + "\n")


def _value(config: Config, key: str) -> Any:
    """Give a setting; one that is a table in files comes as one."""
    value = getattr(config, key.replace("-", "_"))
    if isinstance(value, Probe | Budgets):
        return {key_of(name): getattr(value, name) for name in names_of(type(value))}
    return value


def _toml(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _origin(config: Config, key: str, entry: str = "") -> str:
    places = {config.origin(key, entry)}
    value = _value(config, key)
    if isinstance(value, tuple) and value:
        places = {config.origin(key, each) for each in value}
    return f"  # {', '.join(sorted(places))}" if places != {"default"} else ""
