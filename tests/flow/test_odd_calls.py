"""Calls as nobody means them: with too few arguments, too many, or those of another kind."""

from __future__ import annotations

import builtins
from textwrap import dedent

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import Load

HEAD = """
    import pandas as pd
    from sklearn.svm import SVC

    table = pd.read_csv("a.csv")
    rows, labels = table[["p"]], table["t"]
    model = SVC()
    listed, settings = [rows, labels], {"q": rows}
"""
GIVEN = (
    *("()", "(*listed)", "(**settings)", "(rows)", "(rows, labels, rows, labels)", "(None)"),
    *("([])", "(model, rows)", "(*listed, rows)", "(rows, **settings)", "(lambda q: q)", "(...)"),
)
FUNCTIONS = [name for name in dir(builtins) if not name.startswith("_")]
METHODS = ("train_test_split", "random_split", "split", "take", "merge", "apply", "agg", "pop")


def loaded(source: str) -> int:
    trace = examine(from_text(dedent(HEAD) + source, "example.py")).trace
    return len(list(trace.of(Load)))


@pytest.mark.parametrize("given", GIVEN)
def test_builtin_functions_take_whatever_they_are_given(given: str) -> None:
    calls = "".join(f"made = {name}{given}\nfor one in made: made[0]\n" for name in FUNCTIONS)
    assert loaded(calls) == 1


@pytest.mark.parametrize("given", GIVEN)
def test_methods_take_whatever_they_are_given(given: str) -> None:
    values = ("table", "rows", "listed", "settings", "model", "'text'", "table.groupby('g')")
    calls = "".join(f"made = {value}.{name}{given}\n" for value in values for name in METHODS)
    assert loaded(calls) == 1


@pytest.mark.parametrize(("way", "times"), [("raises(ValueError)", 1), ("warns(UserWarning)", 2)])
def test_what_a_test_wants_to_fail_is_not_the_programs_own(way: str, times: int) -> None:
    body = f"import pytest\nwith pytest.{way}:\n    again = pd.read_csv('b.csv')\n"
    assert loaded(body) == times
