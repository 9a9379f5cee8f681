"""Fingerprints follow the flagged statement, whatever happens around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlaudit.engine.anchors import Anchor, Anchored, with_fingerprints
from mlaudit.engine.statements import anchor
from mlaudit.model.finding import Confidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text
from mlaudit.syntax.parse import parse


def anchor_at(code: str, needle: str) -> Anchor:
    document = from_text(code, "train.py")
    before = code[: code.index(needle)]
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return anchor(Location("train.py", line, column), document, parse(document))


def finding(line: int, column: int = 1, code: str = "LEAK001", path: str = "train.py") -> Finding:
    location = Location(path, line, column)
    return Finding(code, "n", "leakage", "m", Severity.ERROR, Confidence.HIGH, location)


def test_statement_is_written_without_comments_and_layout() -> None:
    plain = anchor_at("model.fit(X, y)\n", "model.fit")
    spread = anchor_at("model.fit(\n    X,  # features\n    y,\n)\n", "model.fit")
    assert plain == spread == Anchor("", "model.fit(X, y)")


def test_scope_names_functions_and_classes() -> None:
    code = "class Trainer:\n    def run(self):\n        if self.ready:\n            model.fit(X)\n"
    assert anchor_at(code, "model.fit") == Anchor("Trainer.run", "model.fit(X)")


def test_of_a_compound_statement_only_the_head_counts() -> None:
    one = anchor_at("for fold in folds:\n    a()\n", "folds")
    other = anchor_at("for fold in folds:\n    b()\n    c()\nelse:\n    d()\n", "folds")
    assert one == other


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    pass\nexcept ValueError:\n    model.fit(X)\n",
        "try:\n    pass\nfinally:\n    model.fit(X)\n",
        "match kind:\n    case 1:\n        model.fit(X)\n",
        "with open(p) as f: model.fit(X)\n",
        "a = 1; model.fit(X); b = 2\n",
        "while True:\n    pass\nelse:\n    model.fit(X)\n",
    ],
)
def test_finds_the_innermost_statement(code: str) -> None:
    assert anchor_at(code, "model.fit").statement == "model.fit(X)"


def test_a_decorator_belongs_to_its_function() -> None:
    held = anchor_at("@cached(size=3)\ndef f():\n    pass\n", "cached")
    assert held == Anchor("", "@cached(size=3)\ndef f():\n    pass")


def test_a_line_that_is_no_statement_stands_for_itself() -> None:
    assert anchor_at("x = 1\n# nothing here\n", "# nothing").statement == "# nothing here"


def test_top_level_of_a_notebook_is_known_by_cell_id() -> None:
    cells = [
        {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "source": source}
        for name, source in (("load", ["a()"]), ("fit", ["\n", "b()"]))
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    document = from_json(text, "train.ipynb")
    location = Location("train.ipynb", 2, 1, cell=2, cell_id="fit")
    assert anchor(location, document, parse(document)) == Anchor("fit", "b()")


def test_equal_findings_are_counted_in_order_of_place() -> None:
    held = Anchor("", "fit(X)")
    found = [Anchored(finding(9), held), Anchored(finding(3), held)]
    first, second = with_fingerprints(found, Path())
    assert first.finding.location.line == 3
    assert first.finding.fingerprint != second.finding.fingerprint


def test_lines_take_no_part() -> None:
    held = Anchor("main", "fit(X)")
    (here,) = with_fingerprints([Anchored(finding(3), held)], Path())
    (there,) = with_fingerprints([Anchored(finding(77, 5), held)], Path())
    assert here.finding.fingerprint == there.finding.fingerprint


def test_path_is_relative_to_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Anchor("", "fit(X)")
    monkeypatch.chdir(tmp_path)
    near = with_fingerprints([Anchored(finding(3, path="src/train.py"), held)], tmp_path)
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    far = with_fingerprints([Anchored(finding(3, path="train.py"), held)], tmp_path)
    absolute = with_fingerprints(
        [Anchored(finding(3, path=str(tmp_path / "src/train.py")), held)], tmp_path
    )
    prints = {one.finding.fingerprint for one in (*near, *far, *absolute)}
    assert len(prints) == 1
