"""`mlaudit init`: make a repository ready in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlaudit.cli.baseline import DEFAULT, remember
from mlaudit.cli.options import Unable, configure
from mlaudit.cli.terminal import on_terminal
from mlaudit.config.schema import Profile

if TYPE_CHECKING:
    from mlaudit.integrations.setup import Step


@click.command("init", short_help="Write configuration, pre-commit hook and workflow.")
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    default=Profile.EXPLORATION.value,
    show_default=True,
    help="How much is asked of the code.",
)
@click.option(
    "--baseline/--no-baseline",
    default=None,
    help="Whether today's findings are known ones. [default: asked on a terminal, else no]",
)
def command(profile: str, baseline: bool | None) -> None:
    """Make this folder ready: configuration, pre-commit hook, workflow, and perhaps a baseline.

    Nothing that exists is overwritten; what is left to do by hand is printed.
    """
    from mlaudit.integrations.setup import set_up

    folder = Path()
    if baseline is None:
        baseline = on_terminal() and click.confirm(
            "Take today's findings as known, and judge only new ones?", default=True, err=True
        )
    try:
        for step in set_up(folder, profile, DEFAULT if baseline else ""):
            click.echo(_line(step), err=True)
    except (OSError, UnicodeDecodeError) as error:
        raise Unable(str(error)) from None
    if baseline:
        remember([str(folder)], configure(folder, None, isolated=False), Path(DEFAULT))


def _line(step: Step) -> str:
    return f"{step.path}: {step.state}" + (f"; {step.advice}" if step.advice else "")
