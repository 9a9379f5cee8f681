"""Descriptions of single files become the sections of one review."""

from __future__ import annotations

from mlaudit.engine import coverage, overview
from mlaudit.engine.description import Description
from mlaudit.model.location import Location
from mlaudit.model.review import DataSplit, ModelCard

HERE, THERE = Location("a.py", 3), Location("b.py", 5)


def card(name: str = "SVC", *fitted: Location) -> ModelCard:
    return ModelCard(name, "lib", "predictor", None, HERE, fitted_at=fitted)


def test_what_several_files_tell_is_told_once() -> None:
    one = Description(tasks=["classification"], targets=["bought"], frameworks=["lib"])
    problem = overview.problem([one, one])
    assert (problem.task, problem.target) == ("classification", "bought")
    assert problem.frameworks == ("lib",)


def test_a_model_that_two_files_speak_of_has_one_card() -> None:
    told = [Description(models=[card("SVC", HERE)]), Description(models=[card("SVC", THERE)])]
    (joined,) = overview.models(told)
    assert joined.fitted_at == (HERE, THERE)


def test_nothing_is_asked_where_nothing_learns() -> None:
    assert overview.problem([Description(frameworks=["lib"])]).questions == ()


def test_nothing_is_asked_of_tests() -> None:
    assert overview.problem([Description(learns=True, is_test=True)]).questions == ()


def test_what_the_code_does_not_tell_is_asked() -> None:
    told = Description(learns=True, models=[card()], splits=[DataSplit("split", HERE)])
    questions = " ".join(overview.problem([told]).questions)
    for words in ("business metric", "target", "ordered in time", "one person", "Why SVC"):
        assert words in questions


def test_clustering_has_no_target_to_ask_for() -> None:
    told = Description(learns=True, tasks=["clustering"])
    assert not any("target" in question for question in overview.problem([told]).questions)
    told.tasks.append("regression")
    assert any("target" in question for question in overview.problem([told]).questions)


def test_what_the_code_tells_is_not_asked() -> None:
    told = Description(
        learns=True,
        tasks=["regression"],
        targets=["price"],
        models=[card("SVR"), card("Ridge")],
        splits=[DataSplit("split", HERE, shuffled=False)],
    )
    questions = " ".join(overview.problem([told]).questions)
    for words in ("the target", "What is predicted", "ordered in time", "Why ", "rarest"):
        assert words not in questions


def test_training_without_evaluation_is_said() -> None:
    assert overview.evaluation([Description(models=[card("SVC", HERE)])]).scheme == (
        "none: models are trained, and no evaluation of them was recognised"
    )
    judged = Description(models=[card("SVC", HERE)], evaluations={HERE: False})
    assert "could not be followed" in overview.evaluation([judged]).scheme
    assert overview.evaluation([Description()]).scheme == "none found"


def test_many_schemes_are_counted() -> None:
    told = Description(schemes=[f"way {number}" for number in range(9)])
    assert overview.evaluation([told]).scheme.endswith("way 5; and 3 more")


def test_followed_in_one_file_is_followed() -> None:
    assert coverage.followed([{HERE: False, THERE: False}, {HERE: True}]) == {
        HERE: True,
        THERE: False,
    }
