"""Comments on a GitHub pull request: one that is kept up to date, and a few on changed lines.

Nothing is posted twice: comments carry hidden marks, and only our own are looked at.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mlaudit.integrations.git import added_lines
from mlaudit.model.frozen import field, frozen, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest

ACTIONS = "github-actions[bot]"
_MOST_WAIT = 60
_STATE = re.compile(r"<!-- mlaudit:state (\w+) ([\w-]+) ([\w.-]*) -->")
_FINDING = re.compile(r"<!-- mlaudit:finding ([0-9a-f]+) -->")
_FORBIDDEN = {403, 404}


class GitHubError(Exception):
    """The comments could not be posted; the message is one line that names the remedy."""


class RefusedError(GitHubError):
    """The token may not write here, as on pull requests from forks."""


@frozen
class Target:
    """A pull request, and by which right to write to it.

    `commit` is the one that was reviewed.  Without a number, the open pull request whose head it is
    is meant: the events of workflows that run for forks do not name it.
    """

    repository: str
    number: int | None
    token: str
    commit: str = ""
    url: str = "https://api.github.com"
    key: str = "review"


@frozen
class Remark:
    """A comment for a line of a file; the fingerprint tells whether it was posted before."""

    path: str
    line: int
    fingerprint: str
    body: str


@record
class Posted:
    """What was done, or would have been done in a dry run."""

    comment: str = ""
    removed: int = 0
    remarks: list[Remark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def post(
    target: Target, text: str, verdict: str, remarks: Sequence[Remark], *, most: int, dry: bool
) -> Posted:
    """Bring the comments of a pull request up to date.

    Of the remarks at most `most` are posted, in their order, and only on lines that the pull
    request adds.  With `dry` everything is read and nothing written.
    Raises `RefusedError` where the token may not write, and `GitHubError` for what else goes wrong.
    """
    import github
    import requests

    done = Posted()
    try:
        with _client(target) as client:
            pull = _pull(client, target)
            author = _author(client)
            _keep(pull, target, author, text, verdict, done, dry=dry)
            _remark(pull, target, author, remarks, done, most=most, dry=dry)
    except github.GithubException as error:
        told = error.data.get("message") if isinstance(error.data, dict) else None
        message = f"GitHub answered {error.status}: {told or 'nothing more'}"
        if error.status in _FORBIDDEN and not _limited(error):
            raise RefusedError(f"{message}; the token needs `pull-requests: write`") from None
        raise GitHubError(message) from None
    except requests.RequestException as error:
        raise GitHubError(f"GitHub cannot be reached: {type(error).__name__}") from None
    return done


def _client(target: Target) -> Any:
    import logging

    from github import Auth, Github, GithubRetry, set_log_level

    set_log_level(logging.ERROR)  # or each retry is printed
    retry = GithubRetry(total=4, backoff_factor=0.5, secondary_rate_wait=_MOST_WAIT)
    token = Auth.Token(target.token)
    options: dict[str, Any] = {"per_page": 100, "timeout": 30, "lazy": True}
    return Github(auth=token, base_url=target.url, retry=retry, **options)


def _pull(client: Any, target: Target) -> PullRequest:
    repository = client.get_repo(target.repository)
    if target.number is not None:
        found: PullRequest = repository.get_pull(target.number)
        return found
    for open_ in repository.get_pulls(state="open", sort="updated", direction="desc"):
        if open_.head.sha == target.commit:
            return open_  # type: ignore[no-any-return]
    raise GitHubError(f"no open pull request has the head {target.commit}")


def _limited(error: Any) -> bool:
    import github

    return isinstance(error, github.RateLimitExceededException)


def _author(client: Any) -> str:
    """Name whose comments are ours; the token of a workflow may not ask who it is."""
    import github

    try:
        return str(client.get_user().login)
    except github.GithubException as error:
        if error.status in _FORBIDDEN | {401} and not _limited(error):
            return ACTIONS
        raise


def _keep(
    pull: PullRequest,
    target: Target,
    author: str,
    text: str,
    verdict: str,
    done: Posted,
    *,
    dry: bool,
) -> None:
    """Write the one comment, or bring it up to date; remove copies that two runs have made."""
    own = _own(pull, target, author)
    body = _body(target, text, verdict, own[0].body if own else "")
    if own and _digest(own[0].body) == _digest(body):
        done.comment = "unchanged"
    elif own:
        done.comment = "updated"
        if not dry and not _edited(own[0], body):
            own = []
    if not own:
        done.comment = "created"
        if not dry:
            pull.create_issue_comment(body)
            own = _own(pull, target, author)
    done.removed = len(own[1:])
    for copy in [] if dry else own[1:]:
        _deleted(copy)


def _own(pull: PullRequest, target: Target, author: str) -> list[IssueComment]:
    """Find our comments, the oldest first; others may have copied the mark."""
    mark = _mark(target)
    found = [
        comment
        for comment in pull.get_issue_comments()
        if comment.user.login == author and comment.body.startswith(mark)
    ]
    return sorted(found, key=lambda comment: comment.id)


def _edited(comment: IssueComment, body: str) -> bool:
    """Change a comment; False if somebody has deleted it meanwhile."""
    import github

    try:
        comment.edit(body)
    except github.UnknownObjectException:
        return False
    return True


def _deleted(comment: IssueComment) -> None:
    import github

    try:
        comment.delete()
    except github.UnknownObjectException:
        return


def _mark(target: Target) -> str:
    return f"<!-- mlaudit:{target.key} -->"


def _body(target: Target, text: str, verdict: str, before: str) -> str:
    """Write the comment: the mark, the state, the review, and what the verdict was before."""
    digest = sha256(text.encode()).hexdigest()[:16]
    commit = target.commit[:10] or "-"
    body = f"{_mark(target)}\n<!-- mlaudit:state {digest} {verdict} {commit} -->\n{text}"
    known = _STATE.search(before)
    if known is None or known[2] == verdict:
        return body
    at = f" at {known[3]}" if known[3] != "-" else ""
    return f"{body}\n<sub>Before: {known[2]}{at}</sub>\n"


def _digest(body: str) -> str:
    known = _STATE.search(body)
    return known[1] if known else ""


def _remark(
    pull: PullRequest,
    target: Target,
    author: str,
    remarks: Sequence[Remark],
    done: Posted,
    *,
    most: int,
    dry: bool,
) -> None:
    """Comment on changed lines, in one review that neither approves nor requests changes."""
    if not (most and remarks):
        return
    if target.commit and pull.head.sha != target.commit:
        done.notes.append("the pull request has newer commits: no lines were commented on")
        return
    known = _known(pull, author)
    added = {file.filename: set(added_lines(file.patch or "")) for file in pull.get_files()}
    fresh = [
        remark
        for remark in remarks
        if _identity(remark) not in known and remark.line in added.get(remark.path, ())
    ]
    done.remarks = fresh[:most]
    if done.remarks and not dry:
        comments: list[Any] = [
            {"path": each.path, "line": each.line, "side": "RIGHT", "body": _marked(each)}
            for each in done.remarks
        ]
        pull.create_review(event="COMMENT", comments=comments)


def _known(pull: PullRequest, author: str) -> set[str]:
    """Gather the remarks that stand on the pull request already."""
    bodies: Iterable[str] = (
        comment.body for comment in pull.get_review_comments() if comment.user.login == author
    )
    return {mark for body in bodies for mark in _FINDING.findall(body)}


def _marked(remark: Remark) -> str:
    return f"{remark.body}\n\n<!-- mlaudit:finding {_identity(remark)} -->"


def _identity(remark: Remark) -> str:
    """Hash the fingerprint: a review that nobody vouches for may have put anything there."""
    return sha256(remark.fingerprint.encode()).hexdigest()[:32]
