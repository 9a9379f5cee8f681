"""Calls of functions that a program defines, and those that nobody calls."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from mlaudit.rulekit.testing import OneFile, examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import Evaluate, Fit

if TYPE_CHECKING:
    from mlaudit.trace.trace import Trace


def trace_of(source: str) -> Trace:
    return examine(from_text(dedent(source), "example.py")).trace


PREPARED = """
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import accuracy_score, roc_curve
    from sklearn.model_selection import train_test_split
    from sklearn.svm import SVC

    df = pd.read_csv("a.csv")
    X, y = df.drop(columns="t"), df["t"]
    X_train, X_test, y_train, y_test = train_test_split(X, y)
"""


def test_functions_nobody_calls_are_conditional() -> None:
    trace = trace_of("""
    from sklearn.svm import SVC

    def train(X, y):
        return SVC().fit(X, y)
    """)
    (fit,) = trace.of(Fit)
    assert fit.conditional


def test_recursion_ends() -> None:
    source = """
    import pandas as pd

    def again(n):
        return again(n - 1) if n else 0

    again(pd.read_csv("a.csv"))
    """
    assert trace_of(source).notes == ["calls nested too deeply or recursive are not followed"]
    assert trace_of(source.replace('pd.read_csv("a.csv")', "3")).notes == []


def _with_helper(source: str, helper: str) -> Trace:
    document = from_text(dedent(source), "train.py")
    return examine(document, project=OneFile("features", dedent(helper))).trace


def test_a_helper_of_the_project_is_followed() -> None:
    trace = _with_helper(
        """
        import pandas as pd
        from features import scaled
        from sklearn.model_selection import train_test_split
        from sklearn.svm import SVC

        df = pd.read_csv("a.csv")
        X, y = scaled(df.drop(columns="t")), df["t"]
        X_train, X_test, y_train, y_test = train_test_split(X, y)
        print(SVC().fit(X_train, y_train).score(X_test, y_test))
        """,
        """
        from sklearn.preprocessing import StandardScaler

        def scaled(table):
            return StandardScaler().fit_transform(table)
        """,
    )
    (leak,) = trace.preprocessing_leaks
    assert str(leak.influence.place.location) == "features.py:5:12"


def test_unknown_rows_of_each_call_are_others() -> None:
    defined = """
        from sklearn.cluster import KMeans
        from mine import load
        def learn(X):
            KMeans().fit(X)
        """
    called = [f"learn(load({number}))" for number in range(40)]
    trace = trace_of("\n".join([dedent(defined), *called]))
    assert len({fit.rows for fit in trace.of(Fit)}) == len(list(trace.of(Fit))) == 40


def test_defaults_are_values_where_the_function_is_defined() -> None:
    trace = trace_of("""
    import pandas as pd
    from sklearn.svm import SVC

    table = pd.read_csv("defined.csv")

    def trained(table=table):
        SVC().fit(table, table["t"])

    def main():
        table = pd.read_csv("called.csv")
        trained()

    main()
    """)
    (fit,) = trace.of(Fit)
    assert "defined.csv" in str(fit.rows)


@pytest.mark.parametrize(
    ("test", "called", "fits"),
    [
        ('way == "svc"', 'learnt("svc")', ["SVC"]),
        ('way == "svc"', 'learnt("forest")', ["RandomForestClassifier"]),
        ('way == "svc"', "learnt()", ["RandomForestClassifier"]),
        ('way != "forest"', "learnt()", ["RandomForestClassifier"]),
        ('way == "svc"', 'learnt("svc")\n    learnt()', ["RandomForestClassifier", "SVC"]),
        ('way == "svc"', "learnt(input())", ["RandomForestClassifier", "SVC"]),
        ('way == "svc"', "", ["RandomForestClassifier", "SVC"]),
    ],
)
def test_a_call_takes_the_branch_that_it_asks_for(test: str, called: str, fits: list[str]) -> None:
    trace = trace_of(f"""
    {PREPARED}
    def learnt(way="forest"):
        if {test}:
            model = SVC()
        else:
            model = RandomForestClassifier()
        return model.fit(X_train, y_train)

    {called}
    """)
    assert sorted(fit.model.name for fit in trace.of(Fit)) == fits


def test_a_flag_decides_in_a_loop_what_a_call_asks_for() -> None:
    source = """
    from sklearn.linear_model import SGDClassifier

    def one_round(model, parts, learn):
        for rows, labels in parts:
            if learn:
                model.partial_fit(rows, labels)
            else:
                print(model.score(rows, labels))

    model = SGDClassifier(random_state=0)
    one_round(model, load("early"), True)
    """
    called = "one_round(model, load('late'), False)\n"
    first = trace_of(source)
    assert len(list(first.of(Fit))) == 1
    assert not list(first.of(Evaluate))
    both = trace_of(source + called)
    assert len(list(both.of(Fit))) == 1
    assert len(list(both.of(Evaluate))) == 1
