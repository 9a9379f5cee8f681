"""`mlaudit post`: a stored review as comments where the code is discussed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import Unable
from mlaudit.cli.render import load
from mlaudit.cli.terminal import write

if TYPE_CHECKING:
    from mlaudit.integrations.github import Posted, Remark, Target
    from mlaudit.model.review import Review


@click.group("post", short_help="Post a stored review as comments on a pull request.")
def command() -> None:
    """Post a stored review as comments."""


@command.command("github")
@click.argument("file", metavar="REVIEW.json")
@click.option(
    "--repository", metavar="OWNER/NAME", envvar="GITHUB_REPOSITORY", help="[$GITHUB_REPOSITORY]"
)
@click.option("--pull-request", type=int, metavar="NUMBER", help="[default: that of the event]")
@click.option("--commit", metavar="SHA", help="The commit reviewed. [default: that of the event]")
@click.option(
    "--inline",
    type=click.IntRange(0, 30),
    default=10,
    show_default=True,
    help="The most comments on changed lines.",
)
@click.option(
    "--key", default="review", show_default=True, help="Tells several reviews of one request apart."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would be written.")
def github(
    file: str,
    repository: str | None,
    pull_request: int | None,
    commit: str | None,
    inline: int,
    key: str,
    dry_run: bool,
) -> None:
    """Comment on a pull request: one comment with the review, and a few on changed lines.

    Run it again and the comment is brought up to date; nothing is posted twice.  The token comes
    from $GITHUB_TOKEN.  REVIEW.json is not trusted, the pull request is that of the workflow's
    event.  Where the token may not write, annotations are printed instead.
    """
    review = load(file)
    target = _target(repository, pull_request, commit, key)
    posted = _post(review, target, inline, dry=dry_run)
    if posted is None:
        return
    if dry_run:
        write(_text(review))
    was, were = ("would be", "would be") if dry_run else ("was", "were")
    lines = [f"the comment {was} {posted.comment}"]
    if posted.removed:
        lines.append(f"copies of it that {were} removed: {posted.removed}")
    lines.append(f"lines that {were} commented on: {len(posted.remarks)}")
    lines += [f"  {remark.path}:{remark.line}" for remark in posted.remarks]
    click.echo("\n".join([*lines, *posted.notes]), err=True)


def _post(review: Review, target: Target, most: int, *, dry: bool) -> Posted | None:
    """Post, or print annotations where that is refused."""
    try:
        from mlaudit.integrations.github import GitHubError, RefusedError, post

        return post(
            target,
            _text(review),
            review.verdict.recommendation,
            _remarks(review),
            most=most,
            dry=dry,
        )
    except ModuleNotFoundError as error:
        raise Unable(f'{error.name} is missing: pip install "mlaudit[github]"') from None
    except RefusedError as error:
        from mlaudit.report import github as annotations

        click.echo(f"{error}: annotations instead", err=True)
        write(annotations.render(review))
        return None
    except GitHubError as error:
        raise Unable(str(error)) from None


def _text(review: Review) -> str:
    from mlaudit.report.comment import whole

    return whole(review)


def _remarks(review: Review) -> list[Remark]:
    """Take one remark for a line: the severest finding there, and each rule's first before more."""
    from mlaudit.integrations.github import Remark
    from mlaudit.report.comment import remark
    from mlaudit.report.places import lines, severest_first

    seen: set[str] = set()
    taken: set[tuple[str, int]] = set()
    first: list[Remark] = []
    more: list[Remark] = []
    for finding in severest_first(review.findings):
        path, line = finding.location.path.removeprefix("./"), lines(finding.location)[1]
        if (path, line) in taken:
            continue
        taken.add((path, line))
        made = Remark(path, line, finding.fingerprint, remark(finding))
        (more if finding.code in seen else first).append(made)
        seen.add(finding.code)
    return first + more


def _target(repository: str | None, number: int | None, commit: str | None, key: str) -> Target:
    from mlaudit.integrations.github import Target

    event = _event()
    request = event.get("pull_request") or {}
    run = event.get("workflow_run") or {}
    if not request and run.get("pull_requests"):
        request = run["pull_requests"][0]
    number = number or request.get("number")
    commit = commit or (request.get("head") or {}).get("sha") or run.get("head_sha") or ""
    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")
    if not repository:
        raise Unable("which repository? give --repository OWNER/NAME")
    if not (number or commit):
        raise Unable("which pull request? give --pull-request NUMBER")
    if not token:
        raise Unable("no token: set GITHUB_TOKEN")
    url = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    return Target(repository, number, token, str(commit), url, key)


def _event() -> dict[str, Any]:
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unable(f"{path}: {error}") from None
    return event if isinstance(event, dict) else {}
