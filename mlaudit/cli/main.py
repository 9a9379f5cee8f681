"""The command `mlaudit`: its subcommands, and what happens when one cannot go on."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from mlaudit import __version__
from mlaudit.cli.terminal import PipeClosed

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("review", "explain", "rules", "config")
_INTERRUPTED = 130
_PIPE_CLOSED = 141
_UNABLE = 2
# A review makes few cycles of garbage and many objects: looking rarely takes a tenth less time.
_COLLECT_EVERY = 10_000


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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; whatever goes wrong is one line and never a traceback.

    MLAUDIT_DEBUG=1 shows the traceback of a crash.
    """
    gc.set_threshold(_COLLECT_EVERY)
    code = _run(arguments)
    if arguments is None and not os.environ.get("MLAUDIT_DEBUG"):
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End at once: taking the interpreter apart in good order takes as long as starting it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return  # the ordinary exit reports what could not be written
    os._exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = mlaudit.main(arguments, prog_name="mlaudit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return _UNABLE
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return _INTERRUPTED
    except PipeClosed:
        _silence_output()
        return _PIPE_CLOSED
    except Exception as error:
        _tell_crash(error)
        return _UNABLE
    return result if isinstance(result, int) else 0


def _meant(word: str) -> str:
    if Path(word).exists():
        return f"; did you mean: mlaudit review {word}"
    from mlaudit.config.load import nearest

    return nearest(word, COMMANDS)


def _silence_output() -> None:
    """Keep the interpreter from writing to the closed pipe once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_crash(error: Exception) -> None:
    import traceback

    if os.environ.get("MLAUDIT_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    text = " ".join(f"{type(error).__name__}: {error}".split())
    click.echo(
        f"Error: mlaudit crashed at {where}: {text} (MLAUDIT_DEBUG=1 shows the traceback)", err=True
    )
