"""Excerpts quote what the author wrote around a finding and its evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlaudit.engine.excerpts import with_excerpts
from mlaudit.model.finding import Confidence, Evidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.source.document import Document

SCRIPT = from_text("".join(f"line {number}\n" for number in range(1, 41)), "train.py")
HELPER = from_text("def helper():\n    return 1\n", "helper.py")
FILES = {"train.py": SCRIPT, "helper.py": HELPER}


def quoted(
    place: Location, *evidence: Location, files: dict[str, Document] = FILES
) -> list[object]:
    finding = Finding(
        "LEAK001",
        "n",
        "leakage",
        "m",
        Severity.ERROR,
        Confidence.HIGH,
        place,
        evidence=tuple(Evidence("here", one) for one in evidence),
    )
    done = with_excerpts(finding, files.get)
    return [
        (one.path, one.cell, one.first_line, one.first_line + len(one.lines) - 1)
        for one in done.excerpts
    ]


def test_two_lines_around_each_place() -> None:
    assert quoted(Location("train.py", 5)) == [("train.py", None, 3, 7)]


def test_near_places_share_an_excerpt_and_far_ones_do_not() -> None:
    found = quoted(
        Location("train.py", 5), Location("train.py", 12), Location("train.py", 30, end_line=31)
    )
    assert found == [("train.py", None, 3, 14), ("train.py", None, 28, 33)]


def test_stays_within_the_file() -> None:
    assert quoted(Location("train.py", 1), Location("train.py", 40)) == [
        ("train.py", None, 1, 3),
        ("train.py", None, 38, 41),
    ]


def test_a_long_statement_is_cut() -> None:
    assert quoted(Location("train.py", 10, end_line=38)) == [("train.py", None, 8, 24)]


def test_evidence_in_another_file_follows() -> None:
    found = quoted(Location("train.py", 5), Location("helper.py", 2))
    assert found == [("train.py", None, 3, 7), ("helper.py", None, 1, 3)]


def test_unknown_files_are_left_out() -> None:
    assert quoted(Location("train.py", 5), Location("gone.py", 2)) == [("train.py", None, 3, 7)]


def test_cells_are_quoted_with_their_magics() -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]},
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": ["%matplotlib inline\n", "fit()"],
        },
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
    document = from_json(text, "nb.ipynb")
    place = Location("nb.ipynb", 2, cell=2)
    finding = Finding("A1", "n", "f", "m", Severity.ERROR, Confidence.HIGH, place)
    (excerpt,) = with_excerpts(finding, {"nb.ipynb": document}.get).excerpts
    assert excerpt.cell == 2
    assert excerpt.first_line == 1
    assert excerpt.lines == ("%matplotlib inline", "fit()")
