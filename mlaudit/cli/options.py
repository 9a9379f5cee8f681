"""The options that decide the configuration, for every command that needs one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.config.load import load, with_options
from mlaudit.config.schema import Config, ConfigError, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.shell_completion import CompletionItem


class Unable(click.ClickException):
    """The command cannot do its job; the message is one line that names the remedy."""

    exit_code = 2


def configurable(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the configuration to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def working(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how the work is done, which changes nothing of its result."""
    for option in reversed(_WORK_OPTIONS):
        command = option(command)
    return command


def configure(start: Path | None, file: Path | None, isolated: bool, **options: Any) -> Config:
    """Read the configuration that governs a path, with the options of the command line over it.

    Raises `Unable` when the configuration is wrong.
    """
    try:
        found = Config() if isolated else load(start, file=file)
        return with_options(found, options)
    except ConfigError as error:
        raise Unable(str(error)) from None


def entries(
    _ctx: click.Context, _parameter: click.Parameter, given: Sequence[str]
) -> tuple[str, ...]:
    """Split values at commas, so that `--ignore A,B` says what `--ignore A --ignore B` says."""
    return tuple(part.strip() for value in given for part in value.split(",") if part.strip())


def complete_rule(
    _ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the code or the name of a rule."""
    from click.shell_completion import CompletionItem

    from mlaudit.rulekit.registry import rules

    metas = [known.meta for known in rules().values()]
    by_code = [CompletionItem(meta.code, help=meta.name) for meta in metas]
    by_name = [CompletionItem(meta.name, help=meta.code) for meta in metas]
    return [item for item in by_code + by_name if item.value.startswith(incomplete)]


def _rules_option(flag: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        flag,
        metavar="RULES",
        multiple=True,
        callback=entries,
        help=text,
        shell_complete=complete_rule,
    )


_OPTIONS = (
    click.option(
        "--profile",
        type=click.Choice([profile.value for profile in Profile]),
        help="How much is asked of the code. [default: exploration]",
    ),
    _rules_option("--select", "Only these rules: codes, names, families or beginnings of codes."),
    _rules_option(
        "--extend-select",
        "These rules too; one named by its code or name is on whatever the profile.",
    ),
    _rules_option("--ignore", "Not these rules."),
    click.option(
        "--config",
        "file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Read this configuration instead of the nearest mlaudit.toml or pyproject.toml.",
    ),
    click.option("--no-config", "isolated", is_flag=True, help="Read no configuration."),
)

_WORK_OPTIONS = (
    click.option(
        "--cache/--no-cache",
        default=None,
        envvar="MLAUDIT_CACHE",
        help="Whether to remember what files were found to hold. [default: yes]",
    ),
    click.option(
        "--jobs",
        "-j",
        metavar="N",
        type=click.IntRange(1),
        envvar="MLAUDIT_JOBS",
        help="Examine files in N processes. [default: one a core where there are many files]",
    ),
    click.option(
        "--cache-dir",
        metavar="FOLDER",
        envvar="MLAUDIT_CACHE_DIR",
        help="Where. [default: .mlaudit_cache, beside the configuration]",
    ),
)
