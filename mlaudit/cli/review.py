"""`mlaudit review`: the main command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import Unable, configurable, configure, entries
from mlaudit.cli.progress import Bar
from mlaudit.cli.terminal import color_option, colored, on_terminal, width, write
from mlaudit.config.schema import Config, ConfigError, FailOn
from mlaudit.model.review import Recommendation

if TYPE_CHECKING:
    from mlaudit.model.review import Review

FORMATS = ("text", "concise", "json", "markdown")
_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".json": "json"}
_FAILING = {
    FailOn.NEEDS_REWORK: {Recommendation.NEEDS_REWORK},
    FailOn.CONDITIONAL: {Recommendation.NEEDS_REWORK, Recommendation.CONDITIONAL},
    FailOn.NEVER: set(),
}
_STDIN = "-"


@click.command(
    "review",
    short_help="Review scripts, notebooks and folders.",
    epilog="""\b
Exit codes:
  0  acceptable
  1  the verdict is at or above --fail-on
  2  mlaudit could not do its job: wrong usage or configuration, a file that
     could not be examined, a rule that crashed (unless --keep-going)""",
)
@click.argument("paths", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="How the review is written. [default: text on a terminal, else concise]",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file; .md and .json choose their format.",
)
@click.option(
    "--fail-on",
    type=click.Choice([verdict.value for verdict in FailOn]),
    help="The mildest verdict that exits with 1. [default: needs-rework]",
)
@configurable
@click.option(
    "--exclude",
    metavar="PATTERNS",
    multiple=True,
    callback=entries,
    help="Leave out files and folders, with patterns as in a .gitignore.",
)
@click.option("--keep-going", is_flag=True, default=None, help="Incomplete work does not exit 2.")
@click.option("--stdin-filename", metavar="NAME", help="The name that standard input goes by.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead.")
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no verdict, no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Every code frame, and what else is known.")
def command(
    paths: tuple[str, ...],
    form: str | None,
    output: Path | None,
    file: Path | None,
    isolated: bool,
    stdin_filename: str | None,
    statistics: bool,
    color: str,
    quiet: bool,
    verbose: bool,
    **settings: Any,
) -> None:
    """Review PATHS: scripts, notebooks and folders (default: this folder), or - for standard input.

    The code is read, never run.
    """
    paths = paths or (".",)
    config = configure(_start(paths, stdin_filename), file, isolated, **settings)
    review = _review(paths, config, stdin_filename, quiet=quiet)
    if form is None:
        form = _fitting(output)
    if statistics and form in {"text", "concise"}:
        form = "statistics"
    text = _render(review, form, color if output is None else "never", quiet, verbose)
    if output is None:
        write(text)
    else:
        _save(output, text)
        if not quiet:
            _tell(review, output)
    click.get_current_context().exit(exit_code(review, config))


def exit_code(review: Review, config: Config) -> int:
    """Give 2 when something could not be examined, 1 when the verdict is too bad, else 0."""
    lost = any(file.status == "not examined" for file in review.coverage.files)
    if (review.errors or lost) and not config.keep_going:
        return 2
    return int(review.verdict.recommendation in _FAILING[config.fail_on])


def _start(paths: tuple[str, ...], stdin_filename: str | None) -> Path:
    first = next((path for path in paths if path != _STDIN), None)
    return Path(first or stdin_filename or ".")


def _review(
    paths: tuple[str, ...], config: Config, stdin_filename: str | None, *, quiet: bool
) -> Review:
    from mlaudit.engine.review import UsageProblem, review

    stdin = _read_stdin() if _STDIN in paths else None
    try:
        with Bar(wanted=not quiet) as progress:
            return review(
                paths, config, stdin=stdin, stdin_name=stdin_filename or _STDIN, progress=progress
            )
    except UsageProblem as problem:
        raise Unable(problem.message) from None
    except ConfigError as error:
        raise Unable(str(error)) from None


def _read_stdin() -> str:
    raw = sys.stdin.buffer.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unable("standard input is not UTF-8 text") from None


def _fitting(output: Path | None) -> str:
    if output is not None:
        return _BY_SUFFIX.get(output.suffix.lower(), "concise")
    return "text" if on_terminal() else "concise"


def _render(review: Review, form: str, color: str, quiet: bool, verbose: bool) -> str:
    """Import the renderer that is asked for, and no other."""
    if form == "text":
        from mlaudit.report import text

        return text.render(review, width=width(), color=colored(color), verbose=verbose)
    if form == "json":
        from mlaudit.report import json

        return json.render(review)
    if form == "markdown":
        from mlaudit.report import markdown

        return markdown.render(review)
    if form == "statistics":
        from mlaudit.report import statistics

        return statistics.render(review, summary=not quiet)
    from mlaudit.report import concise

    return concise.render(review, summary=not quiet)


def _save(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Unable(f"{output}: {error.strerror or error}") from None


def _tell(review: Review, output: Path) -> None:
    from mlaudit.report.concise import verdict

    click.echo(f"{verdict(review)}\nwritten to {output}", err=True)
