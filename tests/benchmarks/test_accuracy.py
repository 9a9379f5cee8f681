from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.accuracy import Label, Labelled, match, read_labels
from benchmarks.statements import Statements
from mlaudit.model.finding import Confidence, Evidence, Finding, Severity
from mlaudit.model.location import Location

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """\
a = 1
b = call(
    1,
    2,
)
for c in d:
    e = 1
f = 1
"""


def found(line: int, end_line: int = 0, *, code: str = "LEAK001", also: int = 0) -> Finding:
    place = Location("a.py", line, end_line=end_line or line)
    evidence = (Evidence("split here", Location("a.py", also, end_line=also)),) if also else ()
    return Finding(
        code, "name", "leakage", "", Severity.ERROR, Confidence.HIGH, place, evidence=evidence
    )


def label(line: int, verdict: str = "issue", codes: str = "LEAK001") -> Label:
    return Label("a.py", "LEAK", frozenset(codes.split(";")), None, line, verdict, "")


@pytest.fixture
def statements(tmp_path: Path) -> Statements:
    (tmp_path / "a.py").write_text(SCRIPT)
    return Statements(tmp_path)


@pytest.mark.parametrize(
    ("line", "end_line", "other", "distance"),
    [
        (2, 2, 4, 0),
        (2, 5, 4, 0),
        (1, 1, 4, 1),
        (4, 4, 6, 1),
        (6, 6, 7, 1),
        (1, 1, 8, 4),
    ],
)
def test_distance_counts_statements_and_not_lines(
    statements: Statements, line: int, end_line: int, other: int, distance: int
) -> None:
    assert statements.distance(found(line, end_line).location, other) == distance


def test_distance_counts_lines_in_a_cell_that_does_not_parse(tmp_path: Path) -> None:
    cells = [{"source": "# title"}, {"source": ["%magic\n", "a = (\n", "1\n"]}]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}))
    place = Location("n.ipynb", 1, end_line=1, cell=2)
    assert Statements(tmp_path).distance(place, 3) == 2


def test_a_finding_is_judged_by_the_nearest_label_of_its_code(statements: Statements) -> None:
    labels = [label(2, "not-issue"), label(1), label(2, codes="SEED001")]
    result = match([found(2)], Labelled(labels, statements), evidence=False)
    assert [(each.line, each.verdict) for _, each in result.judged] == [(2, "not-issue")]


def test_an_issue_on_the_same_line_goes_before_a_place_that_is_right(
    statements: Statements,
) -> None:
    labels = [label(2, "not-issue"), label(2)]
    result = match([found(2)], Labelled(labels, statements), evidence=False)
    assert [each.verdict for _, each in result.judged] == ["issue"]


def test_a_finding_two_statements_away_is_unjudged(statements: Statements) -> None:
    labelled = Labelled([label(8)], statements)
    result = match([found(6)], labelled, evidence=False)
    assert not result.judged
    assert len(result.unjudged) == 1


@pytest.mark.parametrize(("evidence", "answers"), [(True, 1), (False, 0)])
def test_evidence_answers_an_issue_only_when_asked(
    statements: Statements, evidence: bool, answers: int
) -> None:
    issue = label(8)
    result = match([found(1, also=8)], Labelled([issue], statements), evidence=evidence)
    assert len(result.by_label[issue]) == answers
    assert not result.judged


def test_labels_count_cells_from_0_and_only_rules_that_ran(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(
        "path,check,codes,cell,line,verdict,lean,reason\n"
        "n.ipynb,SEED,SEED001;SEED009,6,3,debatable,issue,why\n"
        "a.py,TRAIN,TRAIN001,,3,issue,issue,why\n"
    )
    ran = ["LEAK001", "SEED001"]
    expected = Label("n.ipynb", "SEED", frozenset({"SEED001"}), 7, 3, "debatable", "why")
    assert read_labels(table, ran, lean=False) == [expected]
    assert [each.verdict for each in read_labels(table, ran, lean=True)] == ["issue"]
