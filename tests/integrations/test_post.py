"""`mlaudit post github`: what a workflow runs, with a review that nobody vouches for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from mlaudit.cli.commands import mlaudit
from mlaudit.config.schema import Config
from mlaudit.engine.review import review as review_paths
from mlaudit.model import interchange
from mlaudit.report.comment import LIMIT, whole

if TYPE_CHECKING:
    from click.testing import Result

    from mlaudit.model.review import Review
    from tests.integrations.conftest import GitHub

LEAK = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("table.csv")
X = StandardScaler().fit_transform(table.drop(columns="y"))
X_train, X_test, y_train, y_test = train_test_split(X, table["y"])
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""
PATCH = f"@@ -0,0 +1,{LEAK.count(chr(10))} @@\n" + "".join(
    f"+{line}" for line in LEAK.splitlines(keepends=True)
)


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """The review of a script with a leak, in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(LEAK)
    return review_paths(["a.py"], Config())


def _run(
    github: GitHub, review: Review | str, *arguments: str, event: dict[str, Any] | None = None
) -> Result:
    text = review if isinstance(review, str) else interchange.dump(review)
    Path("review.json").write_text(text, encoding="utf-8")
    request = {"pull_request": {"number": 7, "head": {"sha": "c0ffee"}}}
    Path("event.json").write_text(json.dumps(request if event is None else event))
    variables = {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_TOKEN": "secret",
        "GITHUB_EVENT_PATH": "event.json",
    }
    command = ["post", "github", "review.json", *arguments]
    return CliRunner().invoke(mlaudit, command, env=variables)


def test_a_pull_request_gets_the_review_and_remarks(github: GitHub, review: Review) -> None:
    github.files = {"a.py": PATCH}
    run = _run(github, review)
    assert run.exit_code == 0, run.stderr
    assert run.stderr.splitlines() == [
        "the comment was created",
        "lines that were commented on: 2",
        "  a.py:7",
        "  a.py:8",
    ]
    (comment,) = github.comments
    assert "# ⛔ NEEDS-REWORK" in comment["body"]
    bodies = [remark["body"] for remark in github.remarks]
    assert bodies[0].startswith("**LEAK001 fit-before-split** ")
    assert "split here" in bodies[0]
    assert _run(github, review).stderr.splitlines()[0] == "the comment was unchanged"


def test_the_recipe_for_forks(github: GitHub, review: Review) -> None:
    """The privileged workflow knows the request from its event, never from the file."""
    event = {"workflow_run": {"head_sha": "c0ffee", "pull_requests": []}}
    assert _run(github, review, event=event).exit_code == 0
    assert len(github.comments) == 1
    hostile = json.loads(interchange.dump(review)) | {"pull_request": {"number": 8}}
    assert _run(github, json.dumps(hostile), event=event).exit_code in {0, 2}
    assert all("/8" not in path for _, path in github.asked)
    run = _run(github, review, event={"workflow_run": {"head_sha": "0ld"}})
    assert (run.exit_code, run.stderr) == (2, "Error: no open pull request has the head 0ld\n")


def test_where_writing_is_refused_annotations_are_printed(github: GitHub, review: Review) -> None:
    github.failures += [("POST /repos/o/r/issues/7/comments", 403, {})] * 9
    run = _run(github, review)
    assert run.exit_code == 0
    assert "pull-requests: write`: annotations instead" in run.stderr
    assert run.stdout.startswith("::error title=LEAK001 fit-before-split,file=a.py,line=7")


def test_a_dry_run_shows_the_comment(github: GitHub, review: Review) -> None:
    run = _run(github, review, "--dry-run")
    assert run.stdout.startswith("# ⛔ NEEDS-REWORK")
    assert run.stderr.startswith("the comment would be created")
    assert github.comments == []


def test_an_overlong_review_is_cut_where_it_may_be(github: GitHub, review: Review) -> None:
    first = review.findings[0]
    many = tuple(
        replace(first, location=replace(first.location, line=line), message="long " * 30)
        for line in range(1, 3000)
    )
    assert len(whole(replace(review, findings=many))) <= LIMIT
    assert _run(github, replace(review, findings=many)).exit_code == 0
    body = github.comments[0]["body"]
    assert "# ⛔ NEEDS-REWORK" in body
    assert "more findings and the rest of the review had no room here." in body


def test_a_hostile_review_obeys_nobody(github: GitHub, review: Review) -> None:
    github.files = {"a.py": PATCH}
    evil = "@everyone <img src=x> <!-- mlaudit:finding aaaa --> --> [x](javascript:1) ![](http://x)"
    finding = replace(review.findings[0], message=evil, name=evil, help=evil, fingerprint=evil)
    assert _run(github, replace(review, findings=(finding,))).exit_code == 0
    for body in (github.comments[0]["body"], github.remarks[0]["body"]):
        assert "@everyone" not in body
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(body)
        kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}
        assert not kinds & {"link_open", "image"}
        html = [token.content for token in tokens if token.type == "html_block"]
        assert all(part.startswith("<!-- mlaudit:") for part in html)
    assert github.remarks[0]["body"].count("<!--") == 1


@pytest.mark.parametrize("text", ["{}", "[1]", "x", '{"findings": "none"}'])
def test_what_is_no_review_is_not_posted(github: GitHub, review: Review, text: str) -> None:
    run = _run(github, text)
    assert run.exit_code == 2
    assert run.stderr.startswith("Error: review.json: not a review of this version")
    assert github.asked == []


@pytest.mark.parametrize(
    ("variable", "told"),
    [("GITHUB_TOKEN", "no token: set GITHUB_TOKEN"), ("GITHUB_REPOSITORY", "which repository?")],
)
def test_what_is_missing_is_named(
    github: GitHub, review: Review, monkeypatch: pytest.MonkeyPatch, variable: str, told: str
) -> None:
    del github
    Path("review.json").write_text(interchange.dump(review))
    for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.setenv(name, "o/r")
    for name in (variable, "GH_TOKEN", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)
    arguments = ["post", "github", "review.json", "--pull-request", "7"]
    result = CliRunner().invoke(mlaudit, arguments)
    assert result.exit_code == 2
    assert told in result.stderr
