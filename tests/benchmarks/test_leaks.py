from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.leaks import Case, expectations

if TYPE_CHECKING:
    from pathlib import Path


def test_expectations_are_read_from_the_calls_of_a_test_file(tmp_path: Path) -> None:
    tests = tmp_path / "test_some.py"
    tests.write_text(
        "def template(test_file, models):\n    pass\n\n"
        "def test_some():\n"
        "    template('a.py', ['Model.fit', 'Other.fit'])\n"
        "    template('b.py', [])\n"
    )
    assert expectations(tests) == {"a.py": ("Model.fit", "Other.fit"), "b.py": ()}


@pytest.mark.parametrize(
    ("leaking", "reported", "outcome"),
    [
        (("Model.fit",), ("LEAK001",), "found"),
        (("Model.fit",), (), "MISSED"),
        ((), ("LEAK001",), "FALSE"),
        ((), (), "clean"),
    ],
)
def test_outcomes(leaking: tuple[str, ...], reported: tuple[str, ...], outcome: str) -> None:
    assert Case("overlap", "a.py", leaking, reported).outcome == outcome


@pytest.mark.parametrize(
    ("leaking", "named", "missing", "more"),
    [
        (("Model.fit",), ("Model",), [], []),
        (("Model.fit", "Other.fit"), ("Model",), ["Other.fit"], []),
        (("Model.fit",), ("Model", "Other"), [], ["Other"]),
        (("Any | Other.fit",), ("Other",), [], []),
        (("Model.fit", "Unknown.fit"), ("Model", "Other"), [], []),
        (("Unknown.fit",), (), ["Unknown.fit"], []),
        (("model_0",), ("Net",), [], []),
    ],
)
def test_models_are_compared_by_class(
    leaking: tuple[str, ...], named: tuple[str, ...], missing: list[str], more: list[str]
) -> None:
    case = Case("overlap", "a.py", leaking, ("LEAK001",), named)
    assert (case.missing, case.more) == (missing, more)
