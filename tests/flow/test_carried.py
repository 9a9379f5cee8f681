"""Second turns of loops: they run where the first turn leaves something, and only there."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.flow import carried
from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

HEAD = """
import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
from some import rows, source, score

"""


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Say of each loop that ended its first turn whether it begins a second."""
    found: list[bool] = []
    end = carried.end

    def noted(run: Interpreter, *given: Any) -> bool:
        found.append(end(run, *given))
        return found[-1]

    monkeypatch.setattr(carried, "end", noted)
    return found


def review(source: str) -> None:
    examine(from_text(HEAD + dedent(source), "example.py"))


LEFT = {
    "a name that is looked at before it is bound": """
        best = None
        for x in rows:
            print(best)
            best = score(np.load(x))
        """,
    "a name that one path binds": """
        for x in rows:
            if x:
                data = pd.read_csv(x)
            print(data)
        """,
    "a number that is counted": """
        step = 0
        for x in rows:
            print(x[step])
            step += 1
        """,
    "a name that a function looks at": """
        def show():
            print(data)

        for x in rows:
            show()
            data = pd.read_csv(x)
        """,
    "a name that a function binds outside": """
        data = None

        def keep(x):
            global data
            print(data)
            data = pd.read_csv(x)

        for x in rows:
            keep(x)
        """,
    "a list that is looked at": """
        kept = []
        for x in rows:
            kept.append(pd.read_csv(x))
            print(len(kept))
        """,
    "a list that a function looks at": """
        kept = []

        def show():
            print(kept)

        for x in rows:
            kept.append(pd.read_csv(x))
            show()
        """,
    "a list that another thing holds": """
        kept = []
        held = {"kept": kept}
        for x in rows:
            kept.append(pd.read_csv(x))
            print(held["kept"])
        """,
    "a list in an object": """
        class Log:
            def __init__(self):
                self.kept = []

            def add(self, x):
                self.kept.append(pd.read_csv(x))

        log = Log()
        for x in rows:
            log.add(x)
        """,
    "a table with another column": """
        data = pd.read_csv("data.csv")
        for x in rows:
            data["mean"] = data[x].mean()
        """,
    "a model that learns": """
        model = SGDClassifier()
        data = pd.read_csv("data.csv")
        for x in rows:
            print(accuracy_score(data[x], model.predict(data)))
            model.partial_fit(data, data[x])
        """,
    "an attribute of a class": """
        class Settings:
            data = None

        for x in rows:
            print(Settings.data)
            Settings.data = pd.read_csv(x)
        """,
    "a file that is read": """
        for x in rows:
            data = np.load("kept.npy")
            np.save("kept.npy", np.concatenate([data, np.load(x)]))
        """,
    "what a test looks at": """
        data = source()
        while score(data) < 3:
            data = pd.read_csv("data.csv")
        """,
}
NOT_LEFT = {
    "names that are bound first": """
        for x in rows:
            data = pd.read_csv(x)
            mean = data.mean()
            print(mean)
        """,
    "a name that every path binds": """
        for x in rows:
            if x:
                data = pd.read_csv(x)
            else:
                data = np.load(x)
            print(data)
        """,
    "a sum": """
        total = 0
        for x in rows:
            total += score(np.load(x))
        print(total)
        """,
    "a list that is only filled": """
        kept, by_name = [], {}
        for x in rows:
            kept.append(pd.read_csv(x))
            by_name[x] = score(x)
        """,
    "a name that a function looks at afterwards": """
        def show():
            print(data)

        for x in rows:
            data = pd.read_csv(x)
            show()
        """,
    "a model of each turn": """
        data = pd.read_csv("data.csv")
        for x in rows:
            model = SGDClassifier(random_state=0).fit(data, data[x])
            print(accuracy_score(data[x], model.predict(data)))
        """,
    "a file that nobody reads": """
        for x in rows:
            np.save("kept.npy", source(x))
        """,
}


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT.keys())
def test_a_second_turn_runs_where_the_first_leaves_something(
    source: str, again: list[bool]
) -> None:
    review(source)
    assert again == [True]


@pytest.mark.parametrize("source", NOT_LEFT.values(), ids=NOT_LEFT.keys())
def test_no_second_turn_runs_where_the_first_leaves_nothing(source: str, again: list[bool]) -> None:
    review(source)
    assert again == [False]
