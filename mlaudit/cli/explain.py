"""`mlaudit explain`: the page of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mlaudit.cli.options import Unable, complete_rule
from mlaudit.cli.terminal import color_option, colored, on_terminal, width, write
from mlaudit.config.load import nearest

if TYPE_CHECKING:
    from mlaudit.rulekit.registry import Registered


@click.command("explain", short_help="Explain a rule: what it finds, why, and what to write.")
@click.argument("rule", shell_complete=complete_rule)
@color_option
def command(rule: str, color: str) -> None:
    """Show the page of RULE, a code or a name: LEAK001, fit-before-split."""
    found = find(rule)
    page = _page(found) + _measured(found)
    if on_terminal() or color == "always":
        page = _drawn(page, colored(color))
    write(page)


def find(word: str) -> Registered:
    """Find a rule by its code or name; raises `Unable` with the nearest one for an unknown word."""
    from mlaudit.rulekit.registry import rules

    known = rules()
    for registered in known.values():
        meta = registered.meta
        if word.lower() in (meta.code.lower(), meta.name.lower()):
            return registered
    words = [*known, *(registered.meta.name for registered in known.values())]
    hint = nearest(word, words) or "; `mlaudit rules` lists them"
    raise Unable(f'no rule is called "{word}"{hint}')


def _page(registered: Registered) -> str:
    from mlaudit.rulekit.page import read

    try:
        return read(registered.page).text
    except OSError:
        meta = registered.meta
        return f"# {meta.code} {meta.name}\n\n{meta.help}\n"


def _measured(registered: Registered) -> str:
    """Say how often the rule was right, where that was measured."""
    from mlaudit.rulekit.measured import measured

    figures = measured().get(registered.meta.code)
    if figures is None:
        return ""
    return f"\n## Measured\n\nOn code of other people, drawn at random and read: {figures}.\n"


def _drawn(page: str, color: bool) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    stream = StringIO()
    console = Console(
        file=stream, width=min(width(), 100), force_terminal=color, no_color=not color
    )
    console.print(Markdown(page, code_theme="ansi_dark", hyperlinks=color))
    return stream.getvalue()
