"""`mlaudit review`: what it asks of the engine, what it writes, and how it exits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.config.schema import FailOn, Profile
from mlaudit.engine.review import UsageProblem
from mlaudit.model.review import Coverage, FileCoverage, Recommendation, Review, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Invoke = Callable[..., Result]
    Prepare = Callable[[Review], list[dict[str, Any]]]

LEAK = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

loans = pd.read_csv("loans.csv")
X, y = loans.drop(columns="paid"), loans["paid"]
X = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1, stratify=y)
model = LogisticRegression().fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
"""


def judged(review: Review, recommendation: Recommendation) -> Review:
    return replace(review, verdict=Verdict(recommendation, review.verdict.confidence))


@pytest.mark.parametrize(
    ("recommendation", "fail_on", "code"),
    [
        (Recommendation.NEEDS_REWORK, "needs-rework", 1),
        (Recommendation.NEEDS_REWORK, "conditional", 1),
        (Recommendation.NEEDS_REWORK, "never", 0),
        (Recommendation.CONDITIONAL, "needs-rework", 0),
        (Recommendation.CONDITIONAL, "conditional", 1),
        (Recommendation.APPROVE, "conditional", 0),
    ],
)
def test_the_verdict_decides_the_exit(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
    recommendation: Recommendation,
    fail_on: str,
    code: int,
) -> None:
    prepared(judged(review, recommendation))
    assert invoke("review", "--fail-on", fail_on).exit_code == code


def test_needs_rework_fails_by_default(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    prepared(review)
    assert invoke("review").exit_code == 1
    prepared(judged(review, Recommendation.CONDITIONAL))
    assert invoke("review").exit_code == 0


@pytest.mark.parametrize("what", ["with_failure", "with_lost_file"])
def test_incomplete_work_exits_2_and_still_tells_the_findings(
    invoke: Invoke,
    prepared: Prepare,
    request: pytest.FixtureRequest,
    what: str,
) -> None:
    prepared(request.getfixturevalue(what))
    result = invoke("review", "--fail-on", "never")
    assert result.exit_code == 2
    assert "train.py:3:5: LEAK001" in result.stdout
    assert invoke("review", "--fail-on", "never", "--keep-going").exit_code == 0
    assert invoke("review", "--keep-going").exit_code == 1


def test_a_partly_read_file_does_not_exit_2(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    files = (FileCoverage("a.ipynb", "partial", 3, 1, ("cell 2: invalid syntax",)),)
    partial = replace(review, coverage=Coverage(complete=False, files=files))
    prepared(judged(partial, Recommendation.CONDITIONAL))
    assert invoke("review").exit_code == 0


def test_the_engine_is_asked_for_paths_and_settings(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    asked = prepared(review)
    Path("mlaudit.toml").write_text('profile = "research"\nignore = ["CONF"]\n')
    invoke("review", "a.py", "b", "--ignore", "SEED001,SEED002", "--exclude", "old/")
    assert asked[0]["paths"] == ("a.py", "b")
    config = asked[0]["config"]
    assert config.profile is Profile.RESEARCH
    assert config.ignore == ("CONF", "SEED001", "SEED002")
    assert config.exclude == ("old/",)
    invoke("review", "--no-config", "--profile", "production", "--select", "LEAK")
    assert asked[1]["paths"] == (".",)
    assert asked[1]["config"].profile is Profile.PRODUCTION
    assert asked[1]["config"].select == ("LEAK",)
    assert asked[1]["config"].ignore == ()


def test_the_configuration_of_the_first_path_governs(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    asked = prepared(review)
    Path("project").mkdir()
    Path("project/mlaudit.toml").write_text('fail-on = "never"\n')
    assert invoke("review", "project/train.py").exit_code == 0
    assert asked[0]["config"].fail_on is FailOn.NEVER
    assert invoke("review", "train.py").exit_code == 1
    assert invoke("review", "train.py", "--config", "project/mlaudit.toml").exit_code == 0


def test_standard_input_is_reviewed_under_a_name(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    asked = prepared(review)
    invoke("review", "-", "--stdin-filename", "src/train.py", input="\ufeffx = 'é'\n")
    assert asked[0]["stdin"] == "x = 'é'\n"
    assert asked[0]["stdin_name"] == "src/train.py"
    result = invoke("review", "-", input=b"\xff\xfe")
    assert (result.exit_code, result.stderr) == (2, "Error: standard input is not UTF-8 text\n")


def test_formats(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    prepared(review)
    assert invoke("review").stdout.startswith("train.py:3:5: LEAK001 the scaler")
    assert "Invalidates the result (1)" in invoke("review", "--format", "text").stdout
    assert invoke("review", "--format", "markdown").stdout.startswith("# ⛔ NEEDS-REWORK")
    parsed = json.loads(invoke("review", "--format", "json").stdout)
    assert parsed["findings"][0]["code"] == "LEAK001"
    assert invoke("review", "--statistics").stdout.startswith("1 LEAK001 fit-before-split\n")
    assert invoke("review", "-q").stdout == (
        "train.py:3:5: LEAK001 the scaler has seen the test rows\n"
    )


@pytest.mark.parametrize(
    ("name", "start"), [("r.md", "# ⛔"), ("r.json", "{"), ("r.txt", "train.py:3:5")]
)
def test_a_file_gets_the_format_of_its_name(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
    name: str,
    start: str,
) -> None:
    prepared(review)
    result = invoke("review", "--output", name)
    assert Path(name).read_text(encoding="utf-8").startswith(start)
    assert result.stdout == ""
    assert result.stderr == (
        f"NEEDS-REWORK (confidence high): 1 error in 2 files\nwritten to {name}\n"
    )
    assert invoke("review", "-q", "--output", name).stderr == ""


def test_a_file_that_cannot_be_written_is_one_line(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
) -> None:
    prepared(review)
    result = invoke("review", "--output", "gone/r.md")
    assert result.exit_code == 2
    assert result.stderr == "Error: gone/r.md: No such file or directory\n"


@pytest.mark.parametrize(
    ("options", "environment", "colours"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_follow_the_option_and_the_environment(
    invoke: Invoke,
    prepared: Prepare,
    review: Review,
    options: list[str],
    environment: dict[str, str],
    colours: bool,
) -> None:
    prepared(review)
    result = invoke("review", "--format", "text", *options, env=environment, color=True)
    assert ("\x1b[" in result.stdout) is colours


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.py"], "missing.py: no such file or folder"),
        (["--config", "none.toml"], "none.toml: No such file or directory"),
        (
            ["--select", "LEAK0O1"],
            '--select: no rule answers to "LEAK0O1"; did you mean "LEAK001"?',
        ),
        (["--fail-on", "sometimes"], "Invalid value for '--fail-on'"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_wrong_usage_is_one_line_and_exits_2(
    invoke: Invoke, arguments: list[str], message: str
) -> None:
    Path("train.py").write_text("x = 1\n")
    result = invoke("review", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_wrong_configuration_is_one_line_and_exits_2(invoke: Invoke) -> None:
    Path("train.py").write_text("x = 1\n")
    Path("mlaudit.toml").write_text('\nselekt = ["LEAK"]\n')
    result = invoke("review", "train.py")
    assert result.exit_code == 2
    assert result.stderr == (
        'Error: mlaudit.toml:2: unknown key "selekt"; did you mean "select"?\n'
    )


def test_what_the_engine_refuses_is_one_line(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Review:
        raise UsageProblem("docs: no .py or .ipynb file to review")

    monkeypatch.setattr("mlaudit.engine.review.review", refuse)
    result = invoke("review", "docs")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: docs: no .py or .ipynb file to review\n",
    )


def test_a_real_leak_is_found_at_its_place(invoke: Invoke) -> None:
    Path("train.py").write_text(LEAK)
    result = invoke("review", "train.py")
    assert result.exit_code == 1
    assert "train.py:9:5: LEAK001 " in result.stdout
    fixed = LEAK.replace("X = StandardScaler().fit_transform(X)\n", "")
    assert "LEAK001" not in invoke("review", "-", input=fixed).stdout


def test_the_frame_of_a_real_leak_shows_all_its_places(invoke: Invoke) -> None:
    Path("train.py").write_text(LEAK)
    shown = invoke("review", "train.py", "--format", "text", "--select", "LEAK001").stdout
    for label in ("fitted here", "split here", "trained here", "scored here"):
        assert label in shown
    assert "help: Split first" in shown
