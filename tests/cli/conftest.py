"""A folder to work in, and an engine that gives a prepared review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import mlaudit.engine.review as engine
from mlaudit.model.finding import Confidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.model.review import (
    Coverage,
    Data,
    Evaluation,
    Failure,
    FileCoverage,
    Problem,
    Recommendation,
    Review,
    Summary,
    Tool,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without the colours of the surroundings."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "MLAUDIT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def invoke() -> Callable[..., Result]:
    """Run the command line in this process."""
    from mlaudit.cli.commands import mlaudit

    def run(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(mlaudit, list(arguments), **options)

    return run


@pytest.fixture
def review() -> Review:
    """A review that needs rework, of two files."""
    finding = Finding(
        "LEAK001",
        "fit-before-split",
        "leakage",
        "the scaler has seen the test rows",
        Severity.ERROR,
        Confidence.HIGH,
        Location("train.py", 3, 5),
        fingerprint="f1",
    )
    return Review(
        tool=Tool("mlaudit", "0"),
        verdict=Verdict(Recommendation.NEEDS_REWORK, Confidence.HIGH),
        summary=Summary(findings=1, files=2),
        problem=Problem(),
        models=(),
        data=Data(),
        evaluation=Evaluation(),
        findings=(finding,),
        recommendations=(),
        readiness=(),
        coverage=Coverage(
            files=(FileCoverage("train.py", "examined"), FileCoverage("b.py", "examined"))
        ),
    )


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Callable[[Review], list[dict[str, Any]]]:
    """Let the engine give a prepared review; the list returned fills with what it was asked."""

    def prepare(review: Review) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []

        def answer(paths: Any, config: Any, **options: Any) -> Review:
            asked.append({"paths": paths, "config": config, **options})
            return review

        monkeypatch.setattr(engine, "review", answer)
        return asked

    return prepare


@pytest.fixture
def with_failure(review: Review) -> Review:
    """The review after a rule has crashed."""
    return replace(review, errors=(Failure("train.py", "KeyError: 'x'", "IMBA001"),))


@pytest.fixture
def with_lost_file(review: Review) -> Review:
    """The review when one file could not be examined at all."""
    lost = FileCoverage("b.py", "not examined", notes=("is Python 2",))
    return replace(review, coverage=Coverage(complete=False, files=(lost,)))
