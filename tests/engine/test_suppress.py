"""Which findings a comment or a tag takes away, and which directives do nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mlaudit.engine.suppress import apply
from mlaudit.model.finding import Confidence, Evidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.source.document import Document


def finding(
    line: int, code: str = "LEAK001", cell: int | None = None, evidence_line: int | None = None
) -> Finding:
    evidence: tuple[Evidence, ...] = ()
    if evidence_line is not None:
        evidence = (Evidence("split here", Location("a.py", evidence_line)),)
    name = {"LEAK001": "fit-before-split", "SEED001": "unseeded-split"}[code]
    return Finding(
        code,
        name,
        "leakage",
        "a message",
        Severity.ERROR,
        Confidence.HIGH,
        Location("a.py", line, cell=cell),
        evidence=evidence,
    )


def suppressed_lines(text: str, *lines: int, code: str = "LEAK001") -> list[int]:
    result = apply([finding(line, code) for line in lines], from_text(text, "a.py"))
    assert len(result.kept) + len(result.suppressed) == len(lines)
    return [one.location.line for one in result.suppressed]


def notebook(*cells: tuple[str, str, list[str]]) -> Document:
    stored = [
        {"cell_type": kind, "source": source, "metadata": {"tags": tags}}
        for kind, source, tags in cells
    ]
    return from_json(json.dumps({"cells": stored}), "a.ipynb")


IGNORE = "# mlaudit: ignore[LEAK001] known"


def test_without_directives_all_is_kept() -> None:
    result = apply([finding(1)], from_text("fit()\n", "a.py"))
    assert (len(result.kept), result.suppressed, result.unused) == (1, (), ())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"a()\nfit()  {IGNORE}\nb()\n", [2]),
        (f"a()\n{IGNORE}\nfit()\nb()\n", [3]),
        (f"fit(a,\n    b,  {IGNORE}\n    c)\nb()\n", [1, 2, 3]),
        (f"{IGNORE}\n# more words\nfit(a,\n    b)\n", [3, 4]),
        (f"{IGNORE}\n\nfit()\n", []),
        (f"for x in fit():  {IGNORE}\n    fit()\n", [1]),
        (f"for x in fit():\n    fit()  {IGNORE}\n", [2]),
        (f"{IGNORE}\n@fit\ndef f():\n    fit()\n", [2, 3]),
        (f"s = '''{IGNORE}'''; fit()\n", []),
        (f"fit()\n{IGNORE}\n", []),
        ("fit()  # mlaudit: ignore-file[LEAK001]\nfit()\n", [1, 2]),
        (f"# %%\nfit()\n# %%\n{IGNORE.replace('ignore', 'ignore-cell')}\nfit()\n\nfit()", [5, 7]),
    ],
)
def test_a_directive_owns_its_statement_cell_or_file(text: str, lines: list[int]) -> None:
    statements = [number for number, line in enumerate(text.split("\n"), 1) if line.strip(" #%")]
    comments = [number for number in statements if text.split("\n")[number - 1].startswith("#")]
    asked = [number for number in statements if number not in comments]
    assert suppressed_lines(text, *asked) == lines


def test_only_the_named_codes_are_suppressed() -> None:
    document = from_text(f"fit()  {IGNORE}\n", "a.py")
    result = apply([finding(1, "LEAK001"), finding(1, "SEED001")], document)
    assert [one.code for one in result.suppressed] == ["LEAK001"]
    assert [one.code for one in result.kept] == ["SEED001"]


@pytest.mark.parametrize("word", ["LEAK001", "leak001", "fit-before-split"])
def test_a_code_or_the_name_of_the_rule(word: str) -> None:
    assert suppressed_lines(f"fit()  # mlaudit: ignore[{word}]\n", 1) == [1]


@pytest.mark.parametrize("directive", ["ignore", "ignore[]", "ignore[LEAK]", "ignore[LEAK*]"])
def test_there_is_no_blanket_form(directive: str) -> None:
    assert suppressed_lines(f"fit()  # mlaudit: {directive}\n", 1) == []


def test_the_place_counts_and_not_the_evidence() -> None:
    document = from_text(f"split()  {IGNORE}\nfit()\n", "a.py")
    assert apply([finding(2, evidence_line=1)], document).suppressed == ()


def test_unused_directives_are_told() -> None:
    text = (
        "a()  # mlaudit: ignore[LEAK001, SEED001] why\n"
        "b()  # mlaudit: ignore[SEED001]\n"
        "# mlaudit: ignore-file[SEED002]\n"
    )
    result = apply([finding(1), finding(2)], from_text(text, "a.py"))
    assert [(one.location.line, one.codes) for one in result.unused] == [
        (1, ("SEED001",)),
        (2, ("SEED001",)),
        (3, ("SEED002",)),
    ]
    assert [one.location.line for one in result.suppressed] == [1]


def test_two_directives_for_one_finding_are_both_used() -> None:
    document = from_text(f"# mlaudit: ignore-file[LEAK001]\nfit()  {IGNORE}\n", "a.py")
    assert apply([finding(2)], document).unused == ()


def test_cells_own_their_findings() -> None:
    document = notebook(
        ("markdown", "text", ["mlaudit-ignore"]),
        ("code", "fit()", ["mlaudit-ignore-LEAK001"]),
        ("code", f"{IGNORE.replace('ignore', 'ignore-cell')}\nfit()\n\nfit()", []),
        ("code", f"x = 1\nfit()  {IGNORE}\nfit()", []),
        ("code", "fit()", ["mlaudit-ignore"]),
        ("code", "fit()", ["mlaudit-ignore"]),
    )
    places = [(1, 1), (2, 1), (3, 2), (3, 4), (4, 2), (4, 3), (5, 1)]
    found = [finding(line, cell=cell) for cell, line in places]
    result = apply([*found, finding(1, "SEED001", cell=2)], document)
    assert [(one.code, one.location.cell, one.location.line) for one in result.kept] == [
        ("LEAK001", 4, 3),
        ("SEED001", 2, 1),
    ]
    assert [(one.location.cell, one.codes) for one in result.unused] == [(6, ())]


def test_file_directives_of_notebooks_reach_every_cell() -> None:
    document = notebook(
        ("code", "fit()", []),
        ("code", "# mlaudit: ignore-file[LEAK001] all of it", []),
    )
    assert len(apply([finding(1, cell=1)], document).suppressed) == 1


def test_a_statement_beside_a_broken_cell() -> None:
    document = notebook(("code", "x = = 1", []), ("code", f"{IGNORE}\nfit()", []))
    assert len(apply([finding(2, cell=2)], document).suppressed) == 1
