"""What stands in functions that a program never comes to is worth a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review
from mlaudit.model.finding import Severity

PROGRAM = """\
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

def heights():
    tides = pd.read_csv("tides.csv")
    X = StandardScaler().fit_transform(tides[["moon", "wind"]])
    X_train, X_test, y_train, y_test = train_test_split(X, tides["height"], random_state=0)
    print(Ridge().fit(X_train, y_train).score(X_test, y_test))

def both():
    heights()

def main():
    print("nothing")

if __name__ == "__main__":
    main()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def leak(text: str) -> tuple[Severity, bool]:
    """Tell how severe the leak in a program is, and whether it is said that no run comes to it."""
    Path("tides.py").write_text(text)
    found = review(["."], Config()).findings
    [one] = [finding for finding in found if finding.code == "LEAK001"]
    return one.severity, "never comes to `heights`" in one.message


def test_a_function_that_only_a_forgotten_one_calls_is_forgotten_too() -> None:
    assert leak(PROGRAM) == (Severity.INFO, True)


@pytest.mark.parametrize(
    "text",
    [
        PROGRAM.replace('print("nothing")', "heights()"),
        PROGRAM.replace('print("nothing")', "both()"),
        PROGRAM.replace('print("nothing")', 'globals()["heights"]()'),
        PROGRAM.replace('print("nothing")', 'print("heights")'),
        PROGRAM.replace("    main()\n", "    ways = [heights]\n    main()\n"),
        PROGRAM.replace("def heights", "@registered\ndef heights"),
    ],
)
def test_what_the_program_may_come_to_is_judged_in_full(text: str) -> None:
    assert leak(text) == (Severity.ERROR, False)


@pytest.mark.parametrize(
    "end", ["", "LINES = main()\n", "if __name__ == '__main__':\n    import doctest\n"]
)
def test_functions_that_no_program_calls_are_there_for_others(end: str) -> None:
    assert leak(PROGRAM.partition("if __name__")[0] + end) == (Severity.ERROR, False)


def test_another_file_may_call_what_it_imports() -> None:
    Path("all.py").write_text("import tides\n\ntides.heights()\n")
    assert leak(PROGRAM) == (Severity.ERROR, False)


def test_a_notebook_or_script_without_main_part_is_a_program_too() -> None:
    assert leak(PROGRAM.replace('if __name__ == "__main__":\n    main()', "main()")) == (
        Severity.INFO,
        True,
    )
