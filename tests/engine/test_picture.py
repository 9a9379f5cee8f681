"""The picture of a pipeline: steps, what flows between them, and where it leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.engine.picture import MOST_STEPS, draw
from mlaudit.model.finding import Confidence, Evidence, Finding, Severity
from mlaudit.trace.events import CrossValidate, Effect, Fit, Influence, Kind, Resample, Role
from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    from mlaudit.model.review import Pipeline


def edges(picture: Pipeline | None) -> list[tuple[str, str, str, str | None]]:
    assert picture is not None
    labels = {step.id: step.label for step in picture.steps}
    return [
        (labels[flow.source], labels[flow.target], flow.label, flow.code) for flow in picture.flows
    ]


def leak(make: Any, line: int, *evidence: int, family: str = "leakage") -> Finding:
    return Finding(
        "LEAK001",
        "n",
        family,
        "m",
        Severity.ERROR,
        Confidence.HIGH,
        make.at(line).location,
        evidence=tuple(Evidence("here", make.at(one).location) for one in evidence),
    )


def scaled_before_split(make: Any) -> Trace:
    scaler, model = make.model(1, "lib.Scaler", Role.TRANSFORMER), make.model(4)
    learned = Influence("Scaler.fit", Kind.FIT, Effect.MEDIUM, make.all, make.at(3))
    scaled = Fit(make.at(3), scaler, "fit_transform", make.all, variable="X")
    fit = Fit(make.at(6), model, "fit", make.train, None, (learned,), variable="X_train")
    judged = make.evaluate(7, fit, make.test)
    return Trace([make.load(2), scaled, make.split(5), fit, judged], [scaler, model])


def test_rows_flow_from_step_to_step(make: Any) -> None:
    assert edges(draw(scaled_before_split(make), "made.py")) == [
        ("sales.csv", "Scaler.fit_transform", "X", None),
        ("Scaler.fit_transform", "train_test_split", "", None),
        ("train_test_split", "SVC.fit", "X_train", None),
        ("SVC.fit", "f1_score", "model", None),
        ("train_test_split", "f1_score", "X_test", None),
    ]


def test_the_leaking_edge_is_marked(make: Any) -> None:
    trace = scaled_before_split(make)
    found = edges(draw(trace, "made.py", [leak(make, 3, 5, 7)]))
    assert [edge[:2] for edge in found if edge[3]] == [("Scaler.fit_transform", "train_test_split")]
    elsewhere = edges(draw(trace, "made.py", [leak(make, 50, 51)]))
    assert not any(edge[3] for edge in elsewhere)


def test_only_leaks_mark_edges(make: Any) -> None:
    found = draw(scaled_before_split(make), "made.py", [leak(make, 5, 6, family="imbalance")])
    assert not any(edge[3] for edge in edges(found))


def test_evaluating_on_training_rows_marks_the_way_to_the_score(make: Any) -> None:
    fit = make.fit(3, make.model(1), make.all)
    trace = Trace([make.load(2), fit, make.evaluate(4, fit, make.all, variable="X")], [fit.model])
    found = edges(draw(trace, "made.py", [leak(make, 4, 3, family="evaluation")]))
    assert found[1] == ("SVC.fit", "f1_score", "model", "LEAK001")


def test_statistics_are_steps_of_their_own(make: Any) -> None:
    mean = Influence("mean", Kind.STATISTIC, Effect.LOW, make.all, make.at(3))
    fit = Fit(make.at(6), make.model(4), "fit", make.train, None, (mean,))
    trace = Trace([make.load(2), make.split(5), fit], [fit.model])
    assert ("mean", "SVC.fit", "", None) in edges(draw(trace, "made.py"))


def test_resampling_feeds_the_fit(make: Any) -> None:
    more = make.rows(1, 2, 9)
    smote = make.model(1, "lib.SMOTE", Role.RESAMPLER)
    fit = make.fit(4, make.model(1), more)
    trace = Trace([make.split(2), Resample(make.at(3), smote, make.train, more), fit], [])
    assert edges(draw(trace, "made.py")) == [
        ("train_test_split", "SMOTE", "", None),
        ("SMOTE", "SVC.fit", "", None),
    ]


def test_a_search_is_one_step(make: Any) -> None:
    search = make.model(1, "lib.GridSearchCV")
    fit = make.fit(4, search, make.all)
    folds = CrossValidate(make.at(4), search, "GridSearchCV", make.all, search=True)
    assert edges(draw(Trace([make.load(2), fit, folds], []), "made.py")) == [
        ("sales.csv", "GridSearchCV.fit", "", None)
    ]


def test_equal_steps_are_drawn_once(make: Any) -> None:
    fits = [make.fit(line, make.model(line), make.train) for line in range(10, 15)]
    trace = Trace([make.load(2), make.split(3), *fits], [])
    picture = draw(trace, "made.py")
    assert picture is not None
    assert [step.label for step in picture.steps] == ["sales.csv", "train_test_split", "SVC.fit"]


def test_a_loop_over_models_is_one_step(make: Any) -> None:
    fits = [make.fit(5, make.model(line, f"lib.Model{line}"), make.train) for line in (1, 2)]
    judged = [make.evaluate(6, fit, make.test) for fit in fits]
    picture = draw(Trace([make.split(3), *fits, *judged], []), "made.py")
    assert edges(picture) == [
        ("train_test_split", "Model1.fit, Model2.fit", "", None),
        ("Model1.fit, Model2.fit", "f1_score", "model", None),
        ("train_test_split", "f1_score", "X_test", None),
    ]


def test_a_target_among_the_features_marks_the_way_into_the_training(make: Any) -> None:
    fit = make.fit(4, make.model(1), make.train)
    trace = Trace([make.split(2), fit, make.evaluate(6, fit, make.test)], [])
    found = edges(draw(trace, "made.py", [leak(make, 4, 3)]))
    assert [edge[:2] for edge in found if edge[3]] == [("train_test_split", "SVC.fit")]


def test_long_pictures_stay_readable(make: Any) -> None:
    events: list[Any] = [make.load(2), make.split(3)]
    for number in range(30):
        fit = make.fit(10 + number, make.model(10 + number, f"lib.Model{number}"), make.train)
        events += [fit, make.evaluate(50 + number, fit, make.test, f"metric{number}")]
    picture = draw(Trace(events, []), "made.py", [leak(make, 55, 15)])
    assert picture is not None
    assert len(picture.steps) <= MOST_STEPS
    assert [step.label for step in picture.steps][2:] == [
        "Model0.fit, Model1.fit, Model2.fit and 27 more",
        "metric0, metric1, metric2 and 27 more",
    ]
    assert [flow.code for flow in picture.flows].count("LEAK001") == 1


def test_data_that_reaches_nothing_is_left_out(make: Any) -> None:
    fit = make.fit(4, make.model(1), make.train)
    other = make.load(3, "other.csv")
    other.rows = make.rows(77)
    trace = Trace([make.load(2), other, fit], [])
    assert edges(draw(trace, "made.py")) == [("sales.csv", "SVC.fit", "", None)]


def test_no_picture_without_learning(make: Any) -> None:
    assert draw(Trace([make.load(2), make.split(3)], []), "made.py") is None
    lone = make.fit(4, make.model(1), make.unknown)
    assert draw(Trace([lone], []), "made.py") is None
