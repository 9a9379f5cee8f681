"""Posting to a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.integrations.github import (
    GitHubError,
    Posted,
    RefusedError,
    Remark,
    Target,
    post,
)

if TYPE_CHECKING:
    from tests.integrations.conftest import GitHub

PATCH = """\
@@ -1,2 +1,4 @@
 import pandas
+import numpy
+import sklearn
 x = 1
@@ -9 +11 @@
-y
+z"""
REMARKS = [
    Remark("a.py", 2, "aa", "on an added line"),
    Remark("a.py", 4, "bb", "on a line of context"),
    Remark("a.py", 11, "cc", "on a changed line"),
    Remark("b.py", 2, "dd", "in a file that is not changed"),
]


def _target(github: GitHub, **changes: Any) -> Target:
    known: dict[str, Any] = {"commit": "c0ffee", "url": github.url, "token": "secret"}
    return Target("o/r", 7, **(known | changes))


def _post(
    github: GitHub,
    text: str = "the review",
    verdict: str = "NEEDS-REWORK",
    *,
    most: int = 10,
    dry: bool = False,
    **changes: str,
) -> Posted:
    return post(_target(github, **changes), text, verdict, REMARKS, most=most, dry=dry)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a client that is told to wait wait for less."""
    monkeypatch.setattr("mlaudit.integrations.github._MOST_WAIT", 0)
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_the_first_post_comments_once_and_on_added_lines(github: GitHub) -> None:
    github.files = {"a.py": PATCH}
    posted = _post(github)
    assert posted.comment == "created"
    (comment,) = github.comments
    assert comment["body"].startswith("<!-- mlaudit:review -->\n")
    assert comment["body"].endswith("the review")
    (review,) = github.reviews
    assert review["event"] == "COMMENT"
    assert [(each["path"], each["line"]) for each in review["comments"]] == [
        ("a.py", 2),
        ("a.py", 11),
    ]


def test_the_second_post_of_the_same_writes_nothing(github: GitHub) -> None:
    github.files = {"a.py": PATCH}
    _post(github)
    github.asked.clear()
    posted = _post(github)
    assert (posted.comment, posted.remarks) == ("unchanged", [])
    assert {method for method, _ in github.asked} == {"GET"}


def test_after_a_fix_the_comment_is_brought_up_to_date(github: GitHub) -> None:
    _post(github)
    posted = _post(github, "all is well", "APPROVE", commit="c0ffee")
    assert posted.comment == "updated"
    (comment,) = github.comments
    assert "all is well" in comment["body"]
    assert "the review" not in comment["body"]
    assert comment["body"].endswith("<sub>Before: NEEDS-REWORK at c0ffee</sub>\n")


def test_only_our_own_marks_count(github: GitHub) -> None:
    github.files = {"a.py": PATCH}
    copied = "<!-- mlaudit:review -->\n<!-- mlaudit:state 0 APPROVE - -->\n"
    github.comment(copied, author="somebody")
    github.comment(f"see: {copied}")
    _post(github)
    github.remarks = [each | {"user": {"login": "somebody"}} for each in github.remarks]
    del github.comments[2:]
    posted = _post(github)
    assert posted.comment == "created"
    assert [one["body"][:8] for one in github.comments] == ["<!-- mla", "see: <!-", "<!-- mla"]
    assert [remark.fingerprint for remark in posted.remarks] == ["aa", "cc"]


def test_two_keys_keep_two_comments(github: GitHub) -> None:
    assert _post(github, key="models").comment == "created"
    assert _post(github, key="notebooks").comment == "created"
    assert _post(github, key="models").comment == "unchanged"


def test_comments_beyond_the_first_page_are_found(github: GitHub) -> None:
    _post(github)
    (ours,) = github.comments
    github.comments = []
    for number in range(230):
        github.comment(f"talk {number}", author="somebody")
    github.comments.append(ours)
    assert _post(github).comment == "unchanged"


def test_copies_made_by_two_runs_at_once_are_removed(github: GitHub) -> None:
    def other_run(state: GitHub, method: str, path: str) -> None:
        if method == "POST" and path.endswith("/issues/7/comments"):
            state.before = None
            state.comment("<!-- mlaudit:review -->\nof the other run")

    github.before = other_run
    posted = _post(github)
    assert posted.removed == 1
    assert len(github.comments) == 1
    assert _post(github).comment == "updated"
    assert len(github.comments) == 1


def test_a_comment_deleted_meanwhile_is_made_anew(github: GitHub) -> None:
    def deleted(state: GitHub, method: str, _: str) -> None:
        if method == "PATCH":
            state.before = None
            state.comments.clear()

    _post(github)
    github.before = deleted
    assert _post(github, "another").comment == "created"
    assert len(github.comments) == 1


def test_no_more_remarks_than_asked_for(github: GitHub) -> None:
    github.files = {"a.py": PATCH}
    assert len(_post(github, most=1).remarks) == 1
    assert [remark.fingerprint for remark in _post(github, most=1).remarks] == ["cc"]
    assert _post(github, most=0).remarks == []


def test_lines_of_an_older_commit_are_left_alone(github: GitHub) -> None:
    github.files = {"a.py": PATCH}
    posted = _post(github, commit="0ld")
    assert posted.notes == ["the pull request has newer commits: no lines were commented on"]
    assert github.reviews == []


def test_a_dry_run_only_reads(github: GitHub) -> None:
    github.files = {"a.py": PATCH}
    posted = _post(github, dry=True)
    assert posted.comment == "created"
    assert len(posted.remarks) == 2
    assert {method for method, _ in github.asked} == {"GET"}


@pytest.mark.parametrize(
    "failure",
    [
        ("GET /repos/o/r/issues/7/comments", 502, {}),
        ("GET /repos/o/r/pulls/7", 503, {}),
        ("POST /repos/o/r/issues/7/comments", 403, {"Retry-After": "0"}),
        ("GET /repos/o/r/pulls/7/files", 403,
         {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}),
    ],
)  # fmt: skip
def test_what_passes_is_tried_again(
    github: GitHub, failure: tuple[str, int, dict[str, str]]
) -> None:
    github.failures.append(failure)
    github.files = {"a.py": PATCH}
    assert _post(github).comment == "created"
    assert github.failures == []
    assert len(github.comments) == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_token_that_may_not_write_is_told_apart(github: GitHub, status: int) -> None:
    github.failures += [("POST /repos/o/r/issues/7/comments", status, {})] * 9
    with pytest.raises(RefusedError, match=f"GitHub answered {status}.*pull-requests: write"):
        _post(github)


def test_a_wrong_token(github: GitHub) -> None:
    with pytest.raises(GitHubError, match="GitHub answered 401: Bad credentials"):
        _post(github, token="wrong")


def test_an_unreachable_server(github: GitHub) -> None:
    with pytest.raises(GitHubError, match="GitHub cannot be reached"):
        _post(github, url="http://127.0.0.1:9")
