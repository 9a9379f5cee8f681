"""`mlaudit rules`: which rules there are, and which are on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.explain import find
from mlaudit.cli.options import Unable, complete_rule, configurable, configure
from mlaudit.cli.terminal import color_option, colored, on_terminal, width, write
from mlaudit.config.schema import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.config.select import Selection

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


@click.command("rules", short_help="List the rules, and say which are on and why.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How the list is written.",
)
@click.option(
    "--why",
    metavar="RULE",
    shell_complete=complete_rule,
    help="Say whether a rule is on, and which line of the configuration decided.",
)
@configurable
@color_option
def command(
    form: str,
    why: str | None,
    file: Path | None,
    isolated: bool,
    color: str,
    **settings: Any,
) -> None:
    """List the rules and say which are on in this folder."""
    selection = _selection(file, isolated, settings)
    if why is not None:
        _explain_choice(selection, why)
    elif form == "json":
        write(_as_json(selection))
    elif on_terminal() or color == "always":
        write(_as_table(selection, colored(color)))
    else:
        write(_as_lines(selection))


def _selection(file: Path | None, isolated: bool, settings: dict[str, Any]) -> Selection:
    from mlaudit.config.select import Selection
    from mlaudit.rulekit.registry import rules

    config = configure(None, file, isolated, **settings)
    try:
        return Selection.of(config, rules())
    except ConfigError as error:
        raise Unable(str(error)) from None


def _explain_choice(selection: Selection, word: str) -> None:
    meta = find(word).meta
    decision = selection.decision(meta.code)
    state = "on" if decision.enabled else "off"
    write(f"{meta.code} {meta.name} is {state}\n{decision.reason}\n")


def _rows(selection: Selection) -> list[tuple[str, ...]]:
    return [
        (
            meta.code,
            meta.name,
            "on" if selection.enabled(meta.code) else "off",
            str(meta.severity),
            str(meta.tier),
            meta.help,
        )
        for meta in selection.rules.values()
    ]


def _as_lines(selection: Selection) -> str:
    rows = _rows(selection)
    sizes = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    return "".join(
        "  ".join(f"{cell:<{size}}" for cell, size in zip(row, sizes, strict=True)).rstrip() + "\n"
        for row in rows
    )


def _as_table(selection: Selection, color: bool) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("Code", "Name", "", "Severity", "Tier"):
        table.add_column(title, no_wrap=True)
    table.add_column("Remedy")
    for code, name, state, severity, tier, text in _rows(selection):
        style = "" if state == "on" else "dim"
        tint = style or _COLOURS[severity]
        cells = ((code, f"bold {tint}"), (name, style), (state, style), (severity, tint))
        table.add_row(*(Text(*cell) for cell in cells), Text(tier, style), Text(text, style))
    stream = StringIO()
    console = Console(
        file=stream, width=width(), force_terminal=color, no_color=not color, highlight=False
    )
    console.print(table)
    return stream.getvalue()


def _as_json(selection: Selection) -> str:
    import json
    from dataclasses import asdict

    described = []
    for meta in selection.rules.values():
        decision = selection.decision(meta.code)
        described.append(asdict(meta) | {"enabled": decision.enabled, "reason": decision.reason})
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"
