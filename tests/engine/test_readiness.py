"""The deployment check list passes only on evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.engine.description import Description
from mlaudit.engine.readiness import readiness
from mlaudit.model.finding import Confidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.model.review import Status

if TYPE_CHECKING:
    from pathlib import Path

HERE = Location("train.py", 9)


def finding(family: str, severity: Severity = Severity.ERROR, line: int = 3) -> Finding:
    place = Location("train.py", line)
    return Finding("XX001", "n", family, "m", severity, Confidence.HIGH, place)


def items(
    told: Description, folder: Path, *found: Finding, complete: bool = True
) -> dict[str, tuple[Status, str]]:
    lines = readiness([told], found, [folder], complete=complete)
    return {line.item: (line.status, line.evidence) for line in lines}


def test_nothing_is_asked_where_nothing_learns(tmp_path: Path) -> None:
    assert items(Description(), tmp_path) == {}


def test_held_out_scores_pass(tmp_path: Path) -> None:
    told = Description(learns=True, independent=[HERE], evaluations={HERE: True})
    status, evidence = items(told, tmp_path)["independent test"]
    assert status is Status.PASS
    assert "train.py:9:1" in evidence


def test_a_leak_fails_the_independent_test(tmp_path: Path) -> None:
    told = Description(learns=True, independent=[HERE])
    leaks = [finding("leakage", line=line) for line in (1, 2, 3, 4, 4)]
    assert items(told, tmp_path, *leaks)["independent test"] == (
        Status.FAIL,
        "XX001 at train.py:1:1, train.py:2:1, train.py:3:1 and 1 more",
    )


def test_unfollowed_evaluations_leave_the_independent_test_open(tmp_path: Path) -> None:
    told = Description(learns=True, evaluations={HERE: False})
    assert items(told, tmp_path)["independent test"][0] is Status.UNKNOWN


def test_unfollowed_trainings_leave_the_independent_test_open(tmp_path: Path) -> None:
    told = Description(learns=True, trainings={HERE: False})
    assert items(told, tmp_path)["independent test"][0] is Status.UNKNOWN


def test_a_held_out_score_that_nobody_reports_leaves_it_open(tmp_path: Path) -> None:
    told = Description(learns=True, evaluations={HERE: True}, held_out=[HERE])
    status, evidence = items(told, tmp_path)["independent test"]
    assert status is Status.UNKNOWN
    assert "train.py:9:1" in evidence


def test_nothing_is_asked_of_tests(tmp_path: Path) -> None:
    assert items(Description(learns=True, is_test=True), tmp_path) == {}


def test_no_held_out_score_fails(tmp_path: Path) -> None:
    told = Description(learns=True, evaluations={HERE: True})
    assert items(told, tmp_path)["independent test"][0] is Status.FAIL


@pytest.mark.parametrize(
    ("family", "item"),
    [
        ("reproducibility", "random seeds fixed"),
        ("configuration", "settings kept in configuration"),
    ],
)
def test_silence_is_evidence_only_when_everything_was_examined(
    tmp_path: Path, family: str, item: str
) -> None:
    told = Description(learns=True)
    assert items(told, tmp_path)[item][0] is Status.PASS
    assert items(told, tmp_path, complete=False)[item][0] is Status.UNKNOWN
    against = finding(family, Severity.INFO)
    assert items(told, tmp_path, against)[item] == (Status.FAIL, "XX001 at train.py:3:1")


@pytest.mark.parametrize(
    ("stored", "prepares", "model", "preprocessing"),
    [
        ({"model": [HERE]}, True, Status.PASS, Status.FAIL),
        ({"model": [HERE], "preprocessing": [HERE]}, True, Status.PASS, Status.PASS),
        ({"model": [HERE]}, False, Status.PASS, Status.UNKNOWN),
        ({}, True, Status.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_what_is_saved(
    tmp_path: Path,
    stored: dict[str, list[Location]],
    prepares: bool,
    model: Status,
    preprocessing: Status,
) -> None:
    told = Description(learns=True, stored=stored, prepares=prepares)
    found = items(told, tmp_path)
    assert found["model saved"][0] is model
    assert found["preprocessing saved with the model"][0] is preprocessing


@pytest.mark.parametrize(
    ("files", "status", "evidence"),
    [
        ({}, Status.FAIL, "no lock file and no pinned requirements"),
        ({"uv.lock": ""}, Status.PASS, "uv.lock"),
        ({"requirements.txt": "numpy==1.2\n# why\n-r more.txt\n"}, Status.PASS, "requirements.txt"),
        (
            {"requirements.txt": "numpy==1.2\ntorch>=2 # any\n"},
            Status.FAIL,
            "requirements.txt does not pin torch",
        ),
        ({"requirements.txt": "# none\n"}, Status.FAIL, "no lock file and no pinned requirements"),
        (
            {"requirements-dev.txt": "x", "requirements.txt": "y @ https://a.example/y.whl"},
            Status.PASS,
            "requirements.txt",
        ),
    ],
)
def test_dependencies(tmp_path: Path, files: dict[str, str], status: Status, evidence: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = items(Description(learns=True), tmp_path)
    assert found["dependencies pinned"] == (status, evidence)


def test_what_code_cannot_tell_stays_open(tmp_path: Path) -> None:
    found = items(Description(learns=True), tmp_path)
    assert found["monitoring in operation"][0] is Status.UNKNOWN
    assert found["prediction latency measured"][0] is Status.UNKNOWN
