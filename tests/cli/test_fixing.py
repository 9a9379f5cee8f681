"""`mlaudit review --diff`, `--fix` and `--offer-fixes`: what is shown, and what is written."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Invoke = Callable[..., Result]

UNSEEDED = """\
import pandas as pd
from sklearn.model_selection import train_test_split

table = pd.read_csv("table.csv")
first, second = train_test_split(table)
"""
SEEDED = UNSEEDED.replace("(table)", "(table, random_state=42)")
DIFF = """\
--- a/split.py
+++ b/split.py
@@ -2,4 +2,4 @@
 from sklearn.model_selection import train_test_split
{space}
 table = pd.read_csv("table.csv")
-first, second = train_test_split(table)
+first, second = train_test_split(table, random_state=42)
""".replace("{space}", " ")


@pytest.fixture
def script(folder: Path) -> Path:
    path = folder / "split.py"
    path.write_text(UNSEEDED, encoding="utf-8")
    return path


def test_diff_shows_what_would_change(invoke: Invoke, script: Path) -> None:
    result = invoke("review", "split.py", "--diff")
    assert result.stdout == DIFF
    assert result.stderr == "would fix 1 finding in 1 file: SEED001 (1)\n"
    assert result.exit_code == 0
    assert script.read_text(encoding="utf-8") == UNSEEDED


def test_diff_exits_as_the_review_does(invoke: Invoke, script: Path) -> None:
    assert invoke("review", "split.py", "--diff", "--fail-on", "conditional").exit_code == 1


def test_diff_of_standard_input(invoke: Invoke) -> None:
    result = invoke("review", "-", "--stdin-filename", "split.py", "--diff", input=UNSEEDED)
    assert result.stdout == DIFF


def test_fix_writes_and_reviews_what_is_left(invoke: Invoke, script: Path) -> None:
    script.chmod(0o640)
    result = invoke("review", ".", "--fix")
    assert script.read_text(encoding="utf-8") == SEEDED
    assert stat.S_IMODE(script.stat().st_mode) == 0o640
    assert "SEED001" not in result.stdout
    assert result.stderr == "fixed 1 finding in 1 file: SEED001 (1)\n"
    assert [path.name for path in script.parent.iterdir()] == ["split.py"]


def test_fixing_twice_changes_nothing_more(invoke: Invoke, script: Path) -> None:
    invoke("review", ".", "--fix")
    result = invoke("review", ".", "--fix")
    assert result.stderr == "no fix stood its trial\n"
    assert script.read_text(encoding="utf-8") == SEEDED


def test_standard_input_is_not_fixed_in_place(invoke: Invoke) -> None:
    result = invoke("review", "-", "--fix", input=UNSEEDED)
    assert result.exit_code == 2
    assert "--diff" in result.stderr


def test_a_read_only_file_stays(invoke: Invoke, script: Path) -> None:
    script.chmod(0o440)
    result = invoke("review", ".", "--fix")
    assert result.exit_code == 2
    assert "split.py: read-only, not changed" in result.stderr
    assert script.read_text(encoding="utf-8") == UNSEEDED


def test_a_link_stays_a_link(invoke: Invoke, script: Path, folder: Path) -> None:
    target = folder / "kept" / "real.txt"
    target.parent.mkdir()
    script.rename(target)
    script.symlink_to(target)
    invoke("review", "split.py", "--fix")
    assert script.is_symlink()
    assert target.read_text(encoding="utf-8") == SEEDED


def test_a_suppressed_finding_is_not_fixed(invoke: Invoke, script: Path) -> None:
    text = UNSEEDED.replace("(table)", "(table)  # mlaudit: ignore[SEED001] a sketch")
    script.write_text(text, encoding="utf-8")
    invoke("review", "split.py", "--fix")
    assert script.read_text(encoding="utf-8") == text


def test_a_rule_that_is_off_fixes_nothing(invoke: Invoke, script: Path) -> None:
    assert invoke("review", "split.py", "--diff", "--ignore", "SEED001").stdout == ""


def test_offered_fixes_stand_in_the_review(invoke: Invoke, script: Path) -> None:
    result = invoke("review", "split.py", "--offer-fixes", "--format", "json")
    (finding,) = json.loads(result.stdout)["findings"]
    (edit,) = finding["fix"]["edits"]
    assert finding["fix"]["safety"] == "safe"
    assert edit["text"] == ", random_state=42"
    assert (edit["location"]["line"], edit["location"]["column"]) == (5, 39)
    assert script.read_text(encoding="utf-8") == UNSEEDED


def test_a_review_without_the_option_has_no_edits(invoke: Invoke, script: Path) -> None:
    (finding,) = json.loads(invoke("review", ".", "--format", "json").stdout)["findings"]
    assert finding["fix"]["edits"] == []
    assert finding["fix"]["safety"] is None


def test_the_diff_keeps_line_ends_and_tells_a_missing_one(invoke: Invoke, script: Path) -> None:
    script.write_bytes(UNSEEDED.rstrip("\n").replace("\n", "\r\n").encode())
    result = invoke("review", "split.py", "--diff")
    assert (
        "-first, second = train_test_split(table)\n\\ No newline at end of file\n" in result.stdout
    )
    invoke("review", "split.py", "--fix")
    assert script.read_bytes() == SEEDED.rstrip("\n").replace("\n", "\r\n").encode()
