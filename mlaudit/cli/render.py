"""`mlaudit render`: a stored review in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlaudit.cli.options import Unable
from mlaudit.cli.rendering import deliver, format_options
from mlaudit.cli.terminal import color_option

if TYPE_CHECKING:
    from mlaudit.model.review import Review

_STDIN = "-"


@click.command("render", short_help="Write a stored review in another format.")
@click.argument("file", metavar="REVIEW.json")
@format_options
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no verdict.")
@click.option("-v", "--verbose", is_flag=True, help="Every code frame, and what else is known.")
def command(
    file: str,
    form: str | None,
    output: Path | None,
    statistics: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Write a review that `mlaudit review --format json` stored (or - for standard input)."""
    deliver(
        load(file),
        form,
        output,
        statistics=statistics,
        color=color,
        quiet=quiet,
        verbose=verbose,
    )


def load(file: str) -> Review:
    """Read a stored review; raises `Unable` if it cannot be read or is none."""
    from pydantic import ValidationError

    from mlaudit.model import interchange

    try:
        raw = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
        return interchange.load(raw)
    except OSError as error:
        raise Unable(f"{file}: {error.strerror or error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        where = f" at {place}" if place else ""
        raise Unable(f"{file}: not a review of this version{where}: {first['msg']}") from None
