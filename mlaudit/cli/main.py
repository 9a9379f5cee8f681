"""Starts and ends the command `mlaudit`, whatever goes wrong between."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from mlaudit.cli import standins

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED = 130
_PIPE_CLOSED = 141
_UNABLE = 2
# A review makes few cycles of garbage and many objects: looking rarely takes a tenth less time,
# and a small file is done before the first look.
_COLLECT_EVERY = 50_000


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
    standins.imported()  # only here, so that the collector lets their many objects be
    import click

    from mlaudit.cli.commands import mlaudit
    from mlaudit.cli.terminal import PipeClosed

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


def _silence_output() -> None:
    """Keep the interpreter from writing to the closed pipe once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_crash(error: Exception) -> None:
    import traceback
    from pathlib import Path

    import click

    if os.environ.get("MLAUDIT_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    text = " ".join(f"{type(error).__name__}: {error}".split())
    click.echo(
        f"Error: mlaudit crashed at {where}: {text} (MLAUDIT_DEBUG=1 shows the traceback)", err=True
    )
