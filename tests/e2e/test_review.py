"""Paths in, review out."""

from __future__ import annotations

from typing import Any

import pytest

from mlaudit.config.schema import Config, ConfigError
from mlaudit.engine.review import UsageProblem, review
from mlaudit.model.finding import Severity
from mlaudit.model.interchange import dump, load
from mlaudit.model.review import Recommendation, Review

ONE_RULE = Config(select=("LEAK001",))


def places(result: Review) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.location)) for finding in result.findings]


def test_a_careful_program_is_approved(tree: Any, careful: str) -> None:
    tree({"train.py": careful})
    result = review(["train.py"], Config())
    assert places(result) == []
    assert result.verdict.recommendation is Recommendation.APPROVE
    assert result.coverage.complete
    assert (result.coverage.evaluations, result.coverage.evaluations_followed) == (1, 1)


def test_a_leak_is_found_at_its_place_with_its_witness(tree: Any, leaking: str) -> None:
    tree({"train.py": leaking})
    result = review(["train.py"], Config())
    assert places(result) == [("LEAK001", "train.py:11:5")]
    (finding,) = result.findings
    roles = {evidence.role: evidence.location.line for evidence in finding.evidence}
    assert roles["split here"] == 12
    assert result.verdict.recommendation is Recommendation.NEEDS_REWORK
    assert result.verdict.reasons[0].findings == (finding.fingerprint,)
    assert finding.excerpts[0].lines[finding.location.line - finding.excerpts[0].first_line] == (
        "X = StandardScaler().fit_transform(X)"
    )
    assert [advice.codes for advice in result.recommendations] == [("LEAK001",)]
    assert [flow.code for flow in result.pipelines[0].flows if flow.code] == ["LEAK001"]


def test_the_interchange_gives_back_what_went_in(tree: Any, leaking: str) -> None:
    tree({"train.py": leaking})
    result = review(["train.py"], Config())
    assert load(dump(result)) == result


def test_the_fingerprint_survives_edits_elsewhere(tree: Any, leaking: str) -> None:
    tree({"train.py": leaking})
    before = review(["train.py"], ONE_RULE).findings[0]
    edited = '"""A docstring."""\n\nimport os\n' + leaking.replace(
        "fit_transform(X)", "fit_transform(\n    X  # all of them\n)"
    )
    tree({"train.py": edited})
    after = review(["train.py"], ONE_RULE).findings[0]
    assert after.location.line != before.location.line
    assert after.fingerprint == before.fingerprint


def test_a_notebook_is_reported_by_cell(tree: Any, notebook: Any, leaking: str) -> None:
    head, tail = leaking.split("from sklearn.preprocessing")
    text = notebook(head, "from sklearn.preprocessing" + tail)
    folder = tree({"train.ipynb": text})
    (finding,) = review(["train.ipynb"], ONE_RULE).findings
    place = finding.location
    assert (place.cell, place.cell_id, place.line) == (2, "cell-2", 2)
    stored = (folder / "train.ipynb").read_text().splitlines()
    assert "StandardScaler().fit_transform" in stored[(place.physical_line or 0) - 1]
    assert finding.excerpts[0].cell == 2


def test_folders_files_and_standard_input_together(tree: Any, leaking: str, careful: str) -> None:
    tree({"a/train.py": leaking, "b.py": careful})
    told: list[tuple[int, int, str]] = []
    result = review(
        ["a", "b.py", "-"],
        ONE_RULE,
        stdin=leaking,
        stdin_name="typed.py",
        progress=lambda *now: told.append(now),
    )
    assert [file.path for file in result.coverage.files] == ["a/train.py", "b.py", "typed.py"]
    assert {path for _, path in places(result)} == {"a/train.py:11:5", "typed.py:11:5"}
    assert told == [(0, 3, "a/train.py"), (1, 3, "b.py"), (2, 3, "typed.py")]


def test_a_notebook_by_standard_input(tree: Any, notebook: Any, leaking: str) -> None:
    tree({})
    result = review(["-"], ONE_RULE, stdin=notebook(leaking))
    assert [finding.location.cell for finding in result.findings] == [1]


def test_a_leak_across_files_is_found_once(tree: Any, leaking: str) -> None:
    helper = (
        "from sklearn.preprocessing import StandardScaler\n\n\n"
        "def scale(X):\n    return StandardScaler().fit_transform(X)\n"
    )
    program = leaking.replace("StandardScaler().fit_transform(X)", "scale(X)").replace(
        "from sklearn.preprocessing import StandardScaler", "from helpers import scale"
    )
    tree({"helpers.py": helper, "train.py": program, "again.py": program})
    result = review(["."], ONE_RULE)
    assert places(result) == [("LEAK001", "helpers.py:5:12")]
    (finding,) = result.findings
    assert finding.excerpts[0].path == "helpers.py"
    assert {excerpt.path for excerpt in finding.excerpts[1:]} < {"train.py", "again.py"}


def test_suppressions_are_counted_and_idle_ones_noted(tree: Any, leaking: str) -> None:
    quiet = leaking.replace(
        "fit_transform(X)\n", "fit_transform(X)  # mlaudit: ignore[LEAK001] constants only\n"
    )
    idle = quiet + "# mlaudit: ignore-file[SEED001] nothing here is random\n"
    tree({"train.py": idle})
    result = review(["train.py"], Config())
    assert result.findings == ()
    assert result.summary.suppressed == 1
    assert result.verdict.recommendation is Recommendation.APPROVE
    (note,) = result.coverage.files[0].notes
    assert "SEED001" in note


def test_a_suppression_in_a_helper_works_through_its_importers(tree: Any, leaking: str) -> None:
    helper = (
        "from sklearn.preprocessing import StandardScaler\n\n\ndef scale(X):\n"
        "    return StandardScaler().fit_transform(X)  # mlaudit: ignore[LEAK001] constants\n"
    )
    program = leaking.replace("StandardScaler().fit_transform(X)", "scale(X)").replace(
        "from sklearn.preprocessing import StandardScaler", "from helpers import scale"
    )
    tree({"helpers.py": helper, "train.py": program})
    result = review(["."], Config())
    assert places(result) == []
    assert result.summary.suppressed == 1
    assert [file.notes for file in result.coverage.files] == [(), ()]


def test_configuration_selects_ignores_and_grades(tree: Any, leaking: str) -> None:
    tree({"train.py": leaking, "old/train.py": leaking})
    config = Config(
        select=("LEAK001",),
        severity={"LEAK001": Severity.WARNING},
        per_file_ignores={"old/*": ("LEAK",)},
    )
    result = review(["."], config)
    assert places(result) == [("LEAK001", "train.py:11:5")]
    assert result.findings[0].severity is Severity.WARNING
    assert result.verdict.recommendation is Recommendation.CONDITIONAL
    assert result.coverage.rules == ("LEAK001",)


def test_the_same_review_every_time_and_in_any_order(tree: Any, leaking: str, careful: str) -> None:
    tree({"b/train.py": leaking, "a/train.py": careful, "a/more.py": leaking})
    first = dump(review(["."], Config()))
    assert dump(review(["."], Config())) == first
    assert dump(review(["b", "a/train.py", "a"], Config())) == first


def test_a_file_given_twice_is_reviewed_once(tree: Any, leaking: str) -> None:
    tree({"train.py": leaking})
    result = review(["train.py", ".", "./train.py"], ONE_RULE)
    assert result.summary.files == 1


def test_what_is_no_machine_learning_is_said_to_be_none(tree: Any) -> None:
    tree({"tool.py": "import os\nprint(os.getcwd())\n"})
    result = review(["."], Config())
    assert result.coverage.files[0].status == "no machine learning found"
    assert result.verdict.recommendation is Recommendation.APPROVE
    assert "nothing to judge" in result.verdict.reasons[0].text
    assert result.readiness == ()


@pytest.mark.parametrize("made", ["SVD()", "svd"], ids=["at once", "by name"])
def test_a_training_by_an_unknown_library_is_a_gap(tree: Any, made: str) -> None:
    tree({"rank.py": f"from surprise import SVD; svd = SVD()\n{made}.fit(ratings)\n"})
    result = review(["rank.py"], Config())
    assert result.verdict.recommendation is Recommendation.CONDITIONAL
    assert not result.coverage.complete
    (note,) = result.coverage.notes
    assert note.startswith("rank.py:2:1: which model learns here")


def test_a_helper_without_imports_of_its_own_is_followed(tree: Any, leaking: str) -> None:
    program = leaking.replace("StandardScaler().fit_transform(X)", "scale(X, StandardScaler())")
    program = "from helpers import scale\n" + program
    tree({"helpers.py": "def scale(X, by):\n    return by.fit_transform(X)\n", "train.py": program})
    assert places(review(["train.py"], ONE_RULE)) == [("LEAK001", "helpers.py:2:12")]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "no path was given"),
        (["gone.py"], "gone.py: no such file or folder"),
        (["gone.py", "lost"], "no such files or folders: gone.py, lost"),
        (["empty"], "empty: no .py or .ipynb file to review"),
        (["-"], "nothing came by standard input"),
    ],
)
def test_usage_problems_are_one_line(tree: Any, paths: list[str], message: str) -> None:
    (tree({}) / "empty").mkdir()
    with pytest.raises(UsageProblem) as caught:
        review(paths, Config())
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_an_excluded_file_that_is_named_is_no_mistake(tree: Any, leaking: str) -> None:
    tree({"old.py": leaking})
    assert review(["old.py"], Config(exclude=("old.py",))).summary.files == 0


def test_unknown_rules_are_refused(tree: Any, careful: str) -> None:
    tree({"train.py": careful})
    with pytest.raises(ConfigError, match="LEAK999"):
        review(["train.py"], Config(select=("LEAK999",)))
