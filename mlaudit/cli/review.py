"""`mlaudit review`: the main command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli import fixing
from mlaudit.cli.options import Unable, configurable, configure, entries, working
from mlaudit.cli.progress import Bar
from mlaudit.cli.rendering import deliver, format_options, needs_details
from mlaudit.cli.terminal import color_option, write
from mlaudit.config.schema import Config, ConfigError, FailOn
from mlaudit.model.review import Recommendation

if TYPE_CHECKING:
    from mlaudit.engine.fixes import Mended, Workshop
    from mlaudit.integrations.git import Change
    from mlaudit.model.review import Review

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
  1  the verdict is at or above --fail-on, or --baseline-strict fails
  2  mlaudit could not do its job: wrong usage or configuration, a file that
     could not be examined, a rule that crashed (unless --keep-going)""",
)
@click.argument("paths", nargs=-1)
@format_options
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
@working
@click.option(
    "--baseline",
    metavar="FILE",
    help="Judge only findings that this file, made by `mlaudit baseline`, does not know.",
)
@click.option(
    "--baseline-strict",
    is_flag=True,
    default=None,
    help="Exit with 1 when entries of the baseline are no longer found.",
)
@click.option(
    "--changed-since",
    metavar="REVISION",
    help="Judge only findings with a place in lines changed since the merge base with REVISION.",
)
@click.option(
    "--probe", "probed", is_flag=True, help="Run the program of the configuration's table `probe`."
)
@click.option("--keep-going", is_flag=True, default=None, help="Incomplete work does not exit 2.")
@click.option("--stdin-filename", metavar="NAME", help="The name that standard input goes by.")
@fixing.fix_options
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no verdict, no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Every code frame, and what else is known.")
def command(
    paths: tuple[str, ...],
    form: str | None,
    output: Path | None,
    file: Path | None,
    isolated: bool,
    changed_since: str | None,
    stdin_filename: str | None,
    jobs: int | None,
    probed: bool,
    statistics: bool,
    diff: bool,
    fix: bool,
    unsafe_fixes: bool,
    offer_fixes: bool,
    color: str,
    quiet: bool,
    verbose: bool,
    **settings: Any,
) -> None:
    """Review PATHS: scripts, notebooks and folders (default: this folder), or - for standard input.

    The code is read, never run, but for the one program that --probe runs.
    """
    paths = paths or (".",)
    config = configure(_start(paths, stdin_filename), file, isolated, **settings)
    change = _change(changed_since) if changed_since is not None else None
    details = needs_details(form, output)
    request = _Request(paths, config, stdin_filename, change, jobs, quiet, probed, details)
    review = request.review()
    if diff:
        request.show(review, unsafe=unsafe_fixes)
        click.get_current_context().exit(exit_code(review, config))
    if fix:
        review = request.mend(review, unsafe=unsafe_fixes)
    if offer_fixes:
        review = request.workshop(unsafe=unsafe_fixes).offered(review)
    deliver(
        review,
        form,
        output,
        statistics=statistics,
        color=color,
        quiet=quiet,
        verbose=verbose,
    )
    if config.baseline_strict and review.gate.stale:
        number = len(review.gate.stale)
        entries = "1 entry is" if number == 1 else f"{number} entries are"
        remedy = "`mlaudit baseline --prune` drops what is not"
        click.echo(f"{config.baseline}: {entries} no longer found; {remedy}", err=True)
    click.get_current_context().exit(exit_code(review, config))


def exit_code(review: Review, config: Config) -> int:
    """Give 2 when something could not be examined, 1 when the verdict is too bad, else 0.

    1 also when the baseline must not hold what is no longer found, and does.
    """
    lost = any(file.status == "not examined" for file in review.coverage.files)
    if (review.errors or lost) and not config.keep_going:
        return 2
    stale = config.baseline_strict and review.gate.stale
    return int(bool(stale) or review.verdict.recommendation in _FAILING[config.fail_on])


def _start(paths: tuple[str, ...], stdin_filename: str | None) -> Path:
    first = next((path for path in paths if path != _STDIN), None)
    return Path(first or stdin_filename or ".")


class _Request:
    """What is to be reviewed, and how: once, and again when files were mended."""

    def __init__(
        self,
        paths: tuple[str, ...],
        config: Config,
        stdin_filename: str | None,
        change: Change | None,
        jobs: int | None,
        quiet: bool,
        probed: bool,
        details: bool,
    ):
        self._probed = probed
        self._details = details
        self._paths = paths
        self._config = config
        self._change = change
        self._jobs = jobs or 0
        self._quiet = quiet
        self._stdin = _read_stdin() if _STDIN in paths else None
        self._stdin_name = stdin_filename or _STDIN

    def review(self) -> Review:
        """Review; raises `Unable` for what the user must mend first."""
        from mlaudit.engine.inputs import remembering
        from mlaudit.engine.review import UsageProblem, review

        try:
            if self._probed:
                return self._with_a_run()
            with Bar(wanted=not self._quiet) as progress:
                return review(
                    self._paths,
                    self._config,
                    stdin=self._stdin,
                    stdin_name=self._stdin_name,
                    progress=progress,
                    change=self._change,
                    cache=remembering(self._config),
                    jobs=self._jobs,
                    details=self._details,
                )
        except UsageProblem as problem:
            raise Unable(problem.message) from None
        except ConfigError as error:
            raise Unable(str(error)) from None

    def _with_a_run(self) -> Review:
        """Review with what a run of the configured program shows."""
        from mlaudit.cli.probing import configured
        from mlaudit.engine.probed import probe
        from mlaudit.probe.job import ProbeError

        if self._stdin is not None:
            raise Unable("--probe: standard input cannot be run")
        job, allowed = configured(self._config)
        try:
            return probe(job, self._config, self._paths, allowed=allowed, change=self._change)
        except ProbeError as error:
            raise Unable(f"--probe: {error}") from None

    def workshop(self, *, unsafe: bool) -> Workshop:
        """Give what finds fixes for the findings of the review."""
        from mlaudit.engine.fixes import Workshop

        return Workshop(
            self._paths,
            self._config,
            stdin=self._stdin,
            stdin_name=self._stdin_name,
            unsafe=unsafe,
        )

    def show(self, review: Review, *, unsafe: bool) -> None:
        """Write what fixes would change."""
        mended = list(self.workshop(unsafe=unsafe).mended(review))
        write(fixing.show(mended))
        self._tell(mended, done=False)

    def mend(self, review: Review, *, unsafe: bool) -> Review:
        """Make the fixes, and review what is left."""
        mended = list(self.workshop(unsafe=unsafe).mended(review))
        fixing.save(mended)
        self._tell(mended, done=True)
        return self.review() if mended else review

    def _tell(self, mended: list[Mended], *, done: bool) -> None:
        if not self._quiet:
            click.echo(fixing.told(mended, done=done), err=True)


def _change(revision: str) -> Change:
    from mlaudit.integrations.git import GitError, since

    try:
        return since(revision, Path())
    except GitError as error:
        raise Unable(f"--changed-since: {error}") from None


def _read_stdin() -> str:
    raw = sys.stdin.buffer.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unable("standard input is not UTF-8 text") from None
