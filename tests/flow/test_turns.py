"""What is learnt in the turns of a loop, and what only looks like preparation there."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import CrossValidate, Fit

TURNS = """
    import pandas as pd
    from adjusting import around
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    df = pd.read_csv("a.csv")
    X, y = df.drop(columns="t"), df["t"]
    for turn in range(3):
        search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 10]}, cv=3)
        search.fit(X, y)
        LEARNS = around(search.best_estimator_)
        LEARNS.fit(X, y)
        X["level"] = LEARNS.transform(X)
        X["class"] = search.predict(X)
"""


def test_a_search_in_a_loop_is_no_preprocessing_of_itself() -> None:
    """What its earlier turns learnt comes back to it, from the very same call."""
    trace = examine(from_text(dedent(TURNS), "example.py")).trace
    assert any(found.search for found in trace.of(CrossValidate))
    leaks = trace.preprocessing_leaks
    assert leaks
    assert all(leak.influence.place != leak.evaluation.place for leak in leaks)


@pytest.mark.parametrize(
    ("name", "prepares"), [("calibrated_classifier", False), ("adjusted", True)]
)
def test_what_is_called_a_classifier_prepares_nothing(name: str, prepares: bool) -> None:
    """Something unknown is fitted: its name tells whether it predicts."""
    text = dedent(TURNS).replace("LEARNS", name)
    leaks = examine(from_text(text, "example.py")).trace.preprocessing_leaks
    assert any(leak.influence.operation == f"{name}.fit" for leak in leaks) is prepares


ROUNDS = """
    import pandas as pd
    from sklearn.svm import SVC

    def learn(rounds, data):
        model = SVC()
        for turn in range(rounds):
            model.fit(data.drop(columns="t"), data["t"])
        return model
"""


@pytest.mark.parametrize(
    ("called", "learns"),
    [
        ("learn(0, pd.read_csv('a.csv'))", False),
        ("learn(2, pd.read_csv('a.csv'))", True),
        ("learn(len(names), pd.read_csv('a.csv'))", True),
        ("for turn in range(0, 9, 3):\n    learn(turn, pd.read_csv('a.csv'))", True),
        ("", True),
    ],
)
def test_a_loop_runs_unless_its_caller_asks_for_no_turn(called: str, learns: bool) -> None:
    trace = examine(from_text(f"{dedent(ROUNDS)}\n{called}\n", "example.py")).trace
    assert any(trace.of(Fit)) is learns
