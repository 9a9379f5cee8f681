"""The command `mlaudit` and its subcommands."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from mlaudit import __version__

COMMANDS = ("review", "probe", "explain", "rules", "baseline", "render", "post", "init", "config")


class Lazy(click.Group):
    """Imports the module of a subcommand only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the subcommands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"mlaudit.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; for an unknown one, say what was perhaps meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f'there is no command "{args[0]}"{_meant(args[0])}')
        return super().resolve_command(ctx, args)


@click.command(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 acceptable, 1 the verdict is too bad (see --fail-on), "
    "2 mlaudit could not do its job.",
)
@click.version_option(__version__, "-V", "--version", prog_name="mlaudit")
def mlaudit() -> None:
    """Review machine-learning code without running it.

    Finds leakage, misuse of the test set, missing seeds, hard-coded hyperparameters and unhandled
    imbalance in Python scripts and notebooks, and gives a verdict.
    """


def _meant(word: str) -> str:
    if Path(word).exists():
        return f"; did you mean: mlaudit review {word}"
    from mlaudit.config.load import nearest

    return nearest(word, COMMANDS)
