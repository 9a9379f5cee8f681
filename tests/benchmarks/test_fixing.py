"""The trial of fixes on code of other people finds what is at fault with a fix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks import fixing
from mlaudit.config.schema import Config
from mlaudit.engine.review import review
from mlaudit.model.finding import Stored

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SPLIT = """\
import pandas as pd
from sklearn.model_selection import train_test_split

first, second = train_test_split(pd.read_csv("a.csv"))
"""


def test_a_good_fix_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "split.py").write_text(SPLIT, encoding="utf-8")
    shown = tmp_path / "shown"
    assert fixing.main([str(tmp_path), "--show", str(shown)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["SEED001", "1", "1", "0", "100", "%", "0", "0", "0", "0"] in rows
    (difference,) = shown.iterdir()
    assert "random_state=42" in difference.read_text(encoding="utf-8")


def faults(path: Path, edit: Stored) -> list[str]:
    """Judge another edit in the place of the one that is offered."""
    ((finding, _, _),) = fixing.tried(path, Config(), unsafe=True)
    assert finding.fix is not None
    (offered,) = finding.fix.edits
    fix = replace(finding.fix, edits=(replace(offered, stored=edit),))
    before = review([str(path)], Config())
    (own,) = before.findings
    return fixing._judged(path, replace(own, fix=fix), before, Config())[1]


def test_bad_fixes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "split.py"
    path.write_text(SPLIT, encoding="utf-8")
    assert faults(path, Stored(4, 54, 4, 54, ", random_state=1")) == []
    assert faults(path, Stored(4, 54, 4, 54, ", ")) == ["gone"]
    assert "parses" in faults(path, Stored(4, 54, 4, 54, "("))
    added = ")\nthird = train_test_split(pd.read_csv('b.csv')"
    assert faults(path, Stored(4, 54, 4, 54, added)) == ["gone"]


def test_only_named_lines_may_differ() -> None:
    edit = Stored(2, 1, 2, 2, "x")
    assert fixing._limited("a\nb\nc\n", "a\nx\nc\n", [edit])
    assert fixing._limited("a\nb\nc\n", "a\nx\ny\nc\n", [edit])
    assert not fixing._limited("a\nb\nc\n", "a\nx\nd\n", [edit])
    assert not fixing._limited("a\nb\nc\n", "z\nx\nc\n", [edit])
    assert not fixing._limited("a\nb\nc\nd\n", "a\nx\nd\n", [edit])
