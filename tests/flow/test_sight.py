"""What the code that judges or chooses calls the rows, and which call brings predictions to it."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import Evaluate

if TYPE_CHECKING:
    from mlaudit.trace.trace import Trace

PREPARED = """
    import pandas as pd
    from sklearn.linear_model import Ridge
    from sklearn.metrics import mean_absolute_error, r2_score
    from sklearn.model_selection import train_test_split

    df = pd.read_csv("a.csv")
    X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="t"), df["t"])
    model = Ridge().fit(X_train, y_train)
"""

THROUGH_ANOTHER = """def g(m, rows):
        return m.predict(rows)
    def f(m, X):
        part = X.copy()
        return g(m, part)"""
TWO_HELPERS = """
    def f(y, p):
        return g(y, p)
    def g(y, p):
        return (y == p).mean()
"""


def trace_of(source: str) -> Trace:
    return examine(from_text(dedent(source), "example.py")).trace


def judged(source: str) -> Evaluate:
    (event,) = (event for event in trace_of(PREPARED + source).of(Evaluate) if event.metric)
    return event


@pytest.mark.parametrize(
    ("predicts", "call", "name"),
    [
        ("def f(m, X): return m.predict(X)", "f(model, X_test)", "X_test"),
        ("def f(m, X): return m.predict(X)", "f(X=X_test[['a']], m=model)", "X_test[['a']]"),
        ("def f(m, X): return m.predict(X.values)", "f(model, X_test)", "X_test"),
        ("def f(m, X): return m.predict(X['a'])", "f(model, {'a': X_test})", "{'a': X_test}['a']"),
        ("def f(m): return m.predict(X_test)", "f(model)", "X_test"),
        ("f = lambda m, X: m.predict(X)", "f(model, X_test)", "X_test"),
        (THROUGH_ANOTHER, "f(model, X_test)", "X_test"),
    ],
)
def test_rows_go_by_the_name_that_the_judging_code_has(predicts: str, call: str, name: str) -> None:
    event = judged(f"    {predicts}\n    print(r2_score(y_test, {call}))\n")
    assert event.variable == name


def test_rows_keep_the_name_of_the_function_that_predicts_and_judges() -> None:
    helper = "    def f(m, X, y):\n        print(r2_score(y, m.predict(X)))\n"
    event = judged(helper + "    f(model, X_test, y_test)\n")
    assert event.variable == "X"
    assert event.given_at is None


def test_a_call_brings_predictions_to_a_function_that_sees_no_model() -> None:
    event = judged(TWO_HELPERS + "    print(f(y_test, model.predict(X_test)))\n")
    assert event.place.text == "(y == p).mean()"
    assert event.asked_at.text == "f(y_test, model.predict(X_test))"
    beside = TWO_HELPERS.replace("def f(y, p)", "def f(m, y, p)")
    event = judged(beside + "    print(f(model, y_test, model.predict(X_test)))\n")
    assert event.asked_at.text == "g(y, p)"


def test_a_function_that_chooses_is_the_place_of_its_score() -> None:
    source = """
    def better(y, one, two):
        a, b = mean_absolute_error(y, one), mean_absolute_error(y, two)
        return one if a < b else two
    other = Ridge(5).fit(X_train, y_train)
    better(y_test, model.predict(X_test), other.predict(X_test))
    """
    events = [event for event in trace_of(PREPARED + source).of(Evaluate) if event.selected_at]
    assert events
    assert all(event.asked_at == event.place for event in events)
