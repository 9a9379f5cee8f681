"""The formats of a review: `--format`, and where the text goes."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import Unable
from mlaudit.cli.terminal import colored, on_terminal, width, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.model.review import Review

FORMATS = (
    "text", "concise", "json", "jsonl", "markdown", "html", "sarif", "github", "gitlab", "junit",
    "rdjson",
)  # fmt: skip
_BY_SUFFIX = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".sarif": "sarif",
    ".xml": "junit",
}
# They show the findings and the verdict, and nothing that only the details tell.
_BRIEF = {"concise", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson"}
_SUMMARY = "GITHUB_STEP_SUMMARY"
_SUMMARY_LIMIT = 1024 * 1024


def format_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format`, `--output` and `--statistics` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        help="How the review is written. [default: text on a terminal, else concise]",
    ),
    click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to a file; .md, .html, .json, .jsonl, .sarif and .xml choose their format.",
    ),
    click.option("--statistics", is_flag=True, help="Count the findings of each rule instead."),
)


def needs_details(form: str | None, output: Path | None) -> bool:
    """Say whether what will be written tells more than the findings and the verdict."""
    form = form or _fitting(output)
    return form not in _BRIEF or (form == "github" and bool(os.environ.get(_SUMMARY)))


def deliver(
    review: Review,
    form: str | None,
    output: Path | None,
    *,
    statistics: bool = False,
    color: str = "auto",
    quiet: bool = False,
    verbose: bool = False,
) -> None:
    """Write a review in a format to standard output or to a file."""
    form = form or _fitting(output)
    if statistics and form in {"text", "concise"}:
        form = "statistics"
    text = rendered(review, form, color if output is None else "never", quiet, verbose)
    if output is None:
        write(text)
    else:
        _save(output, text)
        if not quiet:
            _tell(review, output)
    if form == "github":
        _summarize(review)


def rendered(review: Review, form: str, color: str, quiet: bool, verbose: bool) -> str:
    """Import the renderer that is asked for, and no other."""
    renderer = importlib.import_module(f"mlaudit.report.{form}")
    options: dict[str, Any] = {}
    if form == "text":
        options = {"width": width(), "color": colored(color), "verbose": verbose}
    elif form in {"concise", "statistics"}:
        options = {"summary": not quiet}
    text: str = renderer.render(review, **options)
    return text


def _fitting(output: Path | None) -> str:
    if output is not None:
        return _BY_SUFFIX.get(output.suffix.lower(), "concise")
    return "text" if on_terminal() else "concise"


def _save(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Unable(f"{output}: {error.strerror or error}") from None


def _tell(review: Review, output: Path) -> None:
    from mlaudit.report.concise import verdict

    click.echo(f"{verdict(review)}\nwritten to {output}", err=True)


def _summarize(review: Review) -> None:
    """Add the review to the summary page of a workflow's step, where a runner offers one."""
    page = os.environ.get(_SUMMARY)
    if not page:
        return
    text = rendered(review, "markdown", "never", quiet=True, verbose=False)
    if len(text.encode()) > _SUMMARY_LIMIT:
        text = rendered(review, "statistics", "never", quiet=False, verbose=False)
        text = f"```text\n{text}```\n"
    try:
        with Path(page).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise Unable(f"{page}: {error.strerror or error}") from None
