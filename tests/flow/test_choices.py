"""What scores chose carries them on, into settings, models and the evaluations of these."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import CrossValidate, Evaluate, Use

PREPARED = """
    import numpy as np
    import optuna
    import pandas as pd
    from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    df = pd.read_csv("a.csv")
    X, y = df.drop(columns="t"), df["t"]
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    search = GridSearchCV(SVC(), {"C": [1, 10]}).fit(X, y)
    other = SVC().fit(X_train, y_train)

    def built(**settings):
        return SVC(**settings)
"""


def last_choices(source: str) -> list[str]:
    """Name the searches that chose the model which is evaluated last."""
    text = dedent(PREPARED) + dedent(source)
    trace = examine(from_text(text + "\nprint(model.score(X_test, y_test))", "example.py")).trace
    last = list(trace.of(Evaluate))[-1]
    return [choice.function for choice in last.chosen_by if isinstance(choice, CrossValidate)]


@pytest.mark.parametrize(
    "source",
    [
        "model = SVC(**search.best_params_).fit(X_train, y_train)",
        "model = SVC(C=search.best_params_['C']).fit(X_train, y_train)",
        "model = SVC(C=float(search.best_params_['C']) / 2).fit(X_train, y_train)",
        "model = SVC(**dict(kernel='rbf', **search.best_params_)).fit(X_train, y_train)",
        "model = SVC(**{'kernel': 'rbf', **search.best_params_}).fit(X_train, y_train)",
        "model = make_pipeline(StandardScaler(), SVC(**search.best_params_)).fit(X_train, y_train)",
        "model = SVC().set_params(**search.best_params_).fit(X_train, y_train)",
        "model = search.best_estimator_.fit(X_train, y_train)",
        "model = SVC(**pd.DataFrame(search.cv_results_).iloc[0]['params']).fit(X_train, y_train)",
        "model = built(**search.best_params_).fit(X_train, y_train)",
    ],
)
def test_settings_found_by_a_search_tell_their_search(source: str) -> None:
    assert last_choices(source) == ["GridSearchCV"]


@pytest.mark.parametrize(
    "source",
    [
        "model = SVC(C=3).fit(X_train, y_train)",
        "print(search.best_params_)\nmodel = other",
        "model = SVC(**{'C': 3}).fit(X_train, y_train)",
    ],
)
def test_what_no_search_chose_tells_none(source: str) -> None:
    assert last_choices(source) == []


def test_a_search_that_is_fitted_again_forgets_what_it_chose_before() -> None:
    source = """
        search.fit(X_train, y_train)
        model = SVC(**search.best_params_).fit(X_train, y_train)
    """
    text = dedent(PREPARED) + dedent(source) + "\nprint(model.score(X_test, y_test))"
    trace = examine(from_text(text, "example.py")).trace
    (choice,) = list(trace.of(Evaluate))[-1].chosen_by
    assert choice.rows == list(trace.of(CrossValidate))[-1].rows
    assert trace.tuned_on_reported == []


def test_a_model_kept_for_its_score_tells_the_folds() -> None:
    source = """
        best = 0
        for C in range(1, 50):
            candidate = SVC(C=C)
            score = cross_val_score(candidate, X, y).mean()
            if score > best:
                best, model = score, candidate
        model.fit(X_train, y_train)
    """
    assert last_choices(source) == ["cross_val_score"]


def test_the_place_of_the_highest_score_tells_it() -> None:
    source = """
        costs = [1, 10, 100]
        scores = [cross_val_score(SVC(C=C), X, y).mean() for C in costs]
        model = SVC(C=costs[scores.index(max(scores))]).fit(X_train, y_train)
    """
    assert set(last_choices(source)) == {"cross_val_score"}


def test_a_study_runs_its_function_and_chooses_by_what_it_returns() -> None:
    source = """
        def objective(trial):
            model = SVC(C=trial.suggest_float("C", 1, 10)).fit(X_train, y_train)
            return model.score(X_test, y_test)

        study = optuna.create_study()
        study.optimize(objective, n_trials=10)
    """
    trace = examine(from_text(dedent(PREPARED) + dedent(source), "example.py")).trace
    (tried,) = trace.of(Evaluate)
    assert Use.SELECTS in tried.uses
    assert tried.selected_by == "the best trial is kept"
    assert not tried.conditional


RECORDED = """
    from sklearn.metrics import f1_score, precision_score

    def kept(truth, chances):
        best = {"cut": 0.5, "precision": 0, "f1": 0}
        for cut in (0.2, 0.4, 0.6):
            precision = precision_score(truth, chances > cut)
            f1 = f1_score(truth, chances > cut)
            if f1 > best["f1"]:
                KEEP
        return best

    found = kept(y_test, other.predict_proba(X_test)[:, 1])
    results = pd.DataFrame([{"precision": found["precision"], "f1": found["f1"]}])
    print(results.sort_values("f1").iloc[0])
"""


@pytest.mark.parametrize(
    ("keep", "chooses"),
    [
        ('best.update({"cut": cut, "precision": precision, "f1": f1})', True),
        ("best.update(cut=cut, precision=precision, f1=f1)", True),
        ('best = {"cut": cut, "precision": precision, "f1": f1}', True),
        ("best = dict(cut=cut, precision=precision, f1=f1)", True),
        ('best["f1"] = f1', True),
        ("best.update(cut=cut)", False),
        ("other.update(f1=f1)", False),
    ],
)
def test_the_best_in_a_record_is_chosen_once_and_for_what_it_is(keep: str, chooses: bool) -> None:
    """What is sorted later, or stands beside it in the record, does not choose the cut."""
    text = dedent(PREPARED) + dedent(RECORDED).replace("KEEP", keep)
    trace = examine(from_text(text, "example.py")).trace
    how = {one.metric: one.selected_by for one in trace.of(Evaluate) if one.metric}
    assert (how["f1_score"] == "the best so far is kept") is chooses
    if "precision" in keep:
        assert how["precision_score"] == ""
