"""Judged findings of checkouts: those that the rules still report stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.standing import found, lines

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.judged import Row

UNSEEDED = """from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
print(SVC().fit(X_train, y_train).score(X_test, y_test))
"""


def judged(repository: str, path: str, line: int, verdict: str) -> Row:
    row = {"repository": repository, "path": path, "cell": "", "line": str(line)}
    return {**row, "code": "SEED001", "verdict": verdict, "reason": ""}


def test_a_judged_finding_stands_while_it_is_reported(tmp_path: Path) -> None:
    checkout = tmp_path / "somebody+wine"
    checkout.mkdir()
    (checkout / "train.py").write_text(UNSEEDED)
    rows = [
        judged("somebody/wine", "train.py", 6, "true"),
        judged("somebody/wine", "train.py", 5, "false"),
        judged("somebody/wine", "gone.py", 6, "true"),
        judged("nobody/wine", "train.py", 6, "true"),
    ]
    told = list(found(rows, [tmp_path, tmp_path / "empty"]))
    assert told == [(rows[0], True), (rows[1], False)]
    assert list(lines(told)) == [
        ("SEED001", 1, 1, 1, 0, "100 %"),
        ("all", 1, 1, 1, 0, "100 %"),
    ]
