"""`mlaudit baseline`: remember today's findings, so that only new ones count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import Unable, configurable, configure, entries, working
from mlaudit.cli.progress import Bar
from mlaudit.config.schema import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.config.schema import Config
    from mlaudit.engine.baseline import Entry

DEFAULT = ".mlaudit-baseline.json"


@click.command("baseline", short_help="Remember today's findings, so that only new ones count.")
@click.argument("paths", nargs=-1)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The baseline. [default: the one that is configured, else {DEFAULT}]",
)
@click.option("--prune", is_flag=True, help="Only drop entries that are no longer found.")
@configurable
@click.option(
    "--exclude",
    metavar="PATTERNS",
    multiple=True,
    callback=entries,
    help="Leave out files and folders, with patterns as in a .gitignore.",
)
@working
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def command(
    paths: tuple[str, ...],
    output: Path | None,
    prune: bool,
    file: Path | None,
    isolated: bool,
    jobs: int | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Review PATHS (default: this folder) and write the findings down as known ones.

    A later `mlaudit review --baseline FILE` judges only what is new.  Commit the file: it can be
    read, and shrinks as findings are mended.  Entries of files that are not among PATHS stay.
    """
    from mlaudit.engine.inputs import place

    paths = paths or (".",)
    config = configure(Path(paths[0]), file, isolated, **settings)
    target = output or (place(config, "baseline") if config.baseline else Path(DEFAULT))
    remember(paths, config, target, jobs=jobs or 0, prune=prune, quiet=quiet)
    if not (quiet or config.baseline):
        click.echo(f'use it: --baseline {target}, or baseline = "{target}"', err=True)


def remember(
    paths: Sequence[str],
    config: Config,
    target: Path,
    *,
    jobs: int = 0,
    prune: bool = False,
    quiet: bool = False,
) -> None:
    """Review and write a baseline; raises `Unable` when that cannot be done."""
    from mlaudit.engine.baseline import dump

    before, after = _renewed(paths, config, target, jobs, prune=prune, quiet=quiet)
    try:
        target.write_text(dump(after), encoding="utf-8", newline="\n")
    except OSError as error:
        raise Unable(f"{target}: {error.strerror or error}") from None
    if not quiet:
        click.echo(_told(target, before, after), err=True)


def _renewed(
    paths: Sequence[str], config: Config, target: Path, jobs: int, *, prune: bool, quiet: bool
) -> tuple[Sequence[Entry], Sequence[Entry]]:
    from mlaudit.engine.baseline import read, renewed
    from mlaudit.engine.examine import examine
    from mlaudit.engine.inputs import UsageProblem, remembering

    try:
        before = read(target) if prune or target.exists() else ()
        with Bar(wanted=not quiet) as progress:
            examined = examine(
                paths,
                config,
                progress=progress,
                cache=remembering(config),
                jobs=jobs,
                details=False,
            )
    except UsageProblem as problem:
        raise Unable(problem.message) from None
    except ConfigError as error:
        raise Unable(str(error)) from None
    return before, renewed(examined, before, grow=not prune)


def _told(target: Path, before: Sequence[Entry], after: Sequence[Entry]) -> str:
    old, new = ({entry.fingerprint for entry in entries} for entries in (before, after))
    known = f"{len(new)} known finding{'' if len(new) == 1 else 's'}"
    return f"{target}: {known} ({len(new - old)} added, {len(old - new)} dropped)"
