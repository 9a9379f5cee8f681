"""Calls that come again: they give what they gave, but only where nothing has changed."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.flow import repeats
from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import Load
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from mlaudit.flow.values import Value


def read_files(source: str) -> list[str]:
    document = from_text("import pandas as pd\n" + dedent(source), "example.py")
    return [load.source for load in examine(document).trace.of(Load)]


@pytest.fixture
def given_again(monkeypatch: pytest.MonkeyPatch) -> list[Value]:
    """What calls gave that did not run again."""
    found: list[Value] = []

    def again(*given: Any) -> Value:
        found.append(make(*given))
        return found[-1]

    make = repeats._again
    monkeypatch.setattr(repeats, "_again", again)
    return found


def test_a_quiet_call_runs_once(given_again: list[Value]) -> None:
    source = """
        def place(folder, name):
            return folder + "/" + name

        for name in ("a.csv", "b.csv", "a.csv", "b.csv"):
            pd.read_csv(place("data", name))
        """
    assert read_files(source) == ["a.csv", "b.csv", "a.csv", "b.csv"]
    assert len(given_again) == 2


def test_a_call_that_records_something_runs_each_time(given_again: list[Value]) -> None:
    source = """
        def load(name):
            return pd.read_csv(name)

        tables = [load("a.csv"), load("a.csv"), load("a.csv")]
        """
    assert read_files(source) == ["a.csv"] * 3
    assert not given_again


CHANGED = {
    "a name outside": """
        NAME = "a.csv"

        def place():
            return NAME

        place(), place()
        NAME = "b.csv"
        pd.read_csv(place())
        """,
    "what a name outside holds": """
        NAMES = {"table": "a.csv"}

        def place():
            return NAMES["table"]

        place(), place()
        NAMES["table"] = "b.csv"
        pd.read_csv(place())
        """,
    "what an argument holds": """
        def place(names):
            return names["table"]

        names = {"table": "a.csv"}
        place(names), place(names)
        names["table"] = "b.csv"
        pd.read_csv(place(names))
        """,
    "an attribute of a class": """
        class Names:
            table = "a.csv"

        def place():
            return Names.table

        place(), place()
        Names.table = "b.csv"
        pd.read_csv(place())
        """,
    "a name that was missing": """
        def place():
            return NAME

        place(), place()
        NAME = "b.csv"
        pd.read_csv(place())
        """,
    "what an inner call reads": """
        NAME = "a.csv"

        def name():
            return NAME

        def place():
            return name()

        name(), name()
        place(), place()
        NAME = "b.csv"
        pd.read_csv(place())
        """,
}


@pytest.mark.parametrize("source", CHANGED.values(), ids=CHANGED)
def test_a_call_runs_again_where_something_has_changed(source: str) -> None:
    assert read_files(source) == ["b.csv"]


def test_each_call_gives_things_of_its_own(given_again: list[Value]) -> None:
    source = """
        def settings(name):
            return {"table": name}

        first, second = settings("a.csv"), settings("a.csv")
        third, fourth = settings("a.csv"), settings("a.csv")
        third["table"] = "b.csv"
        pd.read_csv(second["table"])
        pd.read_csv(third["table"])
        pd.read_csv(fourth["table"])
        """
    assert read_files(source) == ["a.csv", "b.csv", "a.csv"]
    assert len(given_again) == 2


def test_what_goes_through_a_call_stays_the_same_thing(given_again: list[Value]) -> None:
    source = """
        def same(names):
            return names

        one, two = {"table": "a.csv"}, {"table": "a.csv"}
        same(one), same(one)
        same(two)["table"] = "b.csv"
        pd.read_csv(one["table"])
        pd.read_csv(two["table"])
        """
    assert read_files(source) == ["a.csv", "b.csv"]
    assert len(given_again) == 1


def test_positions_that_a_caller_gives_are_told_apart_in_later_turns() -> None:
    source = """
        import numpy as np
        from sklearn.svm import SVC
        from torch.utils.data import Subset
        from chosen import first, second

        def pick(rows, positions):
            return Subset(rows, positions)

        X, a, b = np.load("x.npy"), first(3), second(3)
        for turn in range(3):
            pick(X, a), pick(X, b)
            model = SVC().fit(pick(X, a), 1)
            print(model.score(pick(X, b), 1))
        """
    document = from_text(dedent(source), "example.py")
    assert [found.overlap for found in examine(document).trace.overlaps] == [Overlap.MAY]
