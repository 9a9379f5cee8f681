"""Where output goes, and whether it may have colours."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_DEFAULT_WIDTH = 100

color_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours in the output; auto heeds NO_COLOR and FORCE_COLOR.",
)


def on_terminal() -> bool:
    """Say whether standard output is a terminal."""
    return sys.stdout.isatty()


def colored(choice: str) -> bool:
    """Decide about colours: the option, then NO_COLOR, then FORCE_COLOR, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return on_terminal() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Give the columns of the terminal; 100 when there is none."""
    import shutil

    return shutil.get_terminal_size((_DEFAULT_WIDTH, 24)).columns


class PipeClosed(Exception):  # noqa: N818 - nothing is wrong: the reader has seen enough
    """Nobody reads standard output any more."""


def write(text: str) -> None:
    """Write to standard output; what its encoding lacks becomes a question mark.

    Raises `PipeClosed` when nobody reads it.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = text.encode(encoding, "replace").decode(encoding)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise PipeClosed from None
