"""What scores are for: to choose by them, or only to look at them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import Among, Evaluate, Use

if TYPE_CHECKING:
    from mlaudit.trace.trace import Trace

PREPARED = """
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split
    from sklearn.svm import SVC

    df = pd.read_csv("a.csv")
    X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="t"), df["t"])
"""


def trace_of(source: str) -> Trace:
    return examine(from_text(dedent(source), "example.py")).trace


def test_the_best_of_several_scores_is_a_choice() -> None:
    trace = trace_of(
        PREPARED
        + """
    best = 0
    for c in [0.1, 1, 10, 100, 1000]:
        score = SVC(C=c).fit(X_train, y_train).score(X_test, y_test)
        if score > best:
            best = score
    """
    )
    (event,) = trace.of(Evaluate)
    assert Use.SELECTS in event.uses
    assert event.selected_at is not None
    assert event.selected_at.line == event.place.line + 1


def test_sorting_results_to_look_at_them_is_no_choice() -> None:
    source = (
        PREPARED
        + """
    rows = []
    for model in [SVC(), RandomForestClassifier()]:
        rows.append(model.fit(X_train, y_train).score(X_test, y_test))
    print(sorted(rows))
    """
    )
    assert all(event.uses == {Use.REPORTED} for event in trace_of(source).of(Evaluate))
    chosen = source.replace("print(sorted(rows))", "best = sorted(rows)[-1]")
    events = list(trace_of(chosen).of(Evaluate))
    assert all(Use.SELECTS in event.uses for event in events)
    assert {event.selected_by for event in events} == {"the last of the sorted results is taken"}


def test_a_threshold_against_a_constant_is_no_choice() -> None:
    trace = trace_of(
        PREPARED
        + """
    score = SVC().fit(X_train, y_train).score(X_test, y_test)
    if score > 0.9:
        print("good")
    """
    )
    (event,) = trace.of(Evaluate)
    assert Use.SELECTS not in event.uses


def _tried(condition: str, choice: str) -> Evaluate:
    trace = trace_of(
        f"""
        import numpy as np
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import f1_score
        from sklearn.model_selection import train_test_split

        WANTED = 0.8
        df = pd.read_csv("a.csv")
        X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="t"), df["t"])
        told = LogisticRegression().fit(X_train, y_train).predict_proba(X_test)[:, 1]
        rows = []
        for step in np.linspace(0, 1, 11):
            cut = ({condition}).astype(int)
            rows.append({{"step": step, "f1": f1_score(y_test, cut)}})
        table = pd.DataFrame(rows)
        {choice}
        print(table.loc[chosen])
        """
    )
    (event,) = [event for event in trace.of(Evaluate) if event.metric == "f1_score"]
    return event


@pytest.mark.parametrize(
    ("condition", "among"),
    [("told >= step", Among.THRESHOLDS), ("told + step >= y_test", None)],
)
def test_a_comparison_with_the_labels_cuts_at_no_threshold(
    condition: str, among: Among | None
) -> None:
    assert _tried(condition, "chosen = table['f1'].idxmax()").among is among


@pytest.mark.parametrize(
    ("choice", "selects"),
    [
        ("chosen = table['f1'].idxmax()", True),
        ("chosen = (table['f1'] - table['f1'].mean()).abs().idxmin()", True),
        ("chosen = (1 - table['f1']).idxmin()", True),
        ("chosen = (table['f1'] - WANTED).abs().idxmin()", False),
        ("chosen = np.argmin(np.abs(WANTED - table['f1']))", False),
        ("chosen = np.argmin(abs(table['f1'] - WANTED))", False),
        ("chosen = ((table['f1'] - WANTED) ** 2).idxmin()", False),
        ("gap = (table['f1'] - WANTED).abs()\n        chosen = gap.idxmin()", False),
    ],
)
def test_to_come_close_to_a_fixed_target_is_no_choice_of_the_best(
    choice: str, selects: bool
) -> None:
    assert (Use.SELECTS in _tried("told >= step", choice).uses) is selects


@pytest.mark.parametrize(
    ("among", "scores"),
    [
        (None, "[f1_score(y_test, p > 0.5) for p in (one, other)]"),
        (None, "{name: f1_score(y_test, p > 0.5) for name, p in said.items()}"),
        (None, "{name: f1_score(y_test, said[name] > 0.5) for name in said}"),
        (None, "{name: f1_score(y_test, p > 0.5) for name, p in read.items()}"),
        (Among.THRESHOLDS, "[f1_score(y_test, one > cut) for cut in (0.2, 0.5, 0.8)]"),
        (Among.THRESHOLDS, "[f1_score(y_test, one > cut) for cut in cuts]"),
        (Among.THRESHOLDS, "[[f1_score(y_test, p > c) for c in cuts] for p in (one, other)]"),
    ],
)
def test_predictions_of_several_models_are_no_thresholds(among: Among | None, scores: str) -> None:
    trace = trace_of(f"""
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    table = pd.read_csv("t.csv")
    X_train, X_test, y_train, y_test = train_test_split(table[["a"]], table["b"])
    one = DecisionTreeClassifier().fit(X_train, y_train).predict_proba(X_test)[:, 1]
    other = LogisticRegression().fit(X_train, y_train).predict_proba(X_test)[:, 1]
    said = {{"one": one, "other": other}}
    read = {{f"run {{number}}": said["one"] for number in range(runs)}}
    print({scores})
    """)
    events = [event for event in trace.of(Evaluate) if event.metric is not None]
    assert events and all(event.among is among for event in events)
