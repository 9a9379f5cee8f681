"""Leaks in the scripts of the leakage-analysis project: `python benchmarks/leaks.py CHECKOUT`.

CHECKOUT is a clone of malusamayo/leakage-analysis (bare or not; Yang et al., "Data Leakage in
Notebooks: Static Detection and Better Processes", ASE 2022).  Its own tests name the models that
leak in each script; a script for which they name none is clean.  Each kind of leak is judged on the
scripts of its own test file.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reviewed import complain, review_folder
from benchmarks.table import share, show

if TYPE_CHECKING:
    from mlaudit.model.review import Review


@dataclass(frozen=True)
class Kind:
    """A kind of leak: the test file that knows it, and the rules that report it."""

    name: str
    tests: str
    codes: frozenset[str]


KINDS = (
    Kind(
        "preprocessing",
        "tests/test_preprocessing.py",
        # That project also counts a statistic of the test part alone, which is EVAL001 here.
        frozenset({*(f"LEAK00{digit}" for digit in range(1, 7)), "EVAL001"}),
    ),
    Kind(
        "overlap",
        "tests/test_overlap.py",
        frozenset({"LEAK005", "LEAK006", "LEAK007", "EVAL002"}),
    ),
)


@dataclass(frozen=True)
class Case:
    """A script, the models that leak in it, and the codes that were reported for it."""

    kind: str
    script: str
    leaking: tuple[str, ...]
    reported: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """Compare what was reported with what is known."""
        if self.leaking:
            return "found" if self.reported else "MISSED"
        return "FALSE" if self.reported else "clean"


def expectations(tests: Path) -> dict[str, tuple[str, ...]]:
    """Read the calls `template("script.py", [models])` of a test file."""
    expected = {}
    for node in ast.walk(ast.parse(tests.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "template":
            script, models = (ast.literal_eval(argument) for argument in node.args)
            expected[str(script)] = tuple(models)
    return expected


def judge(kind: Kind, checkout: Path, result: Review) -> list[Case]:
    """Compare the review with the expectations of one kind."""
    cases = []
    for script, leaking in sorted(expectations(checkout / kind.tests).items()):
        codes = {each.code for each in result.findings if Path(each.location.path).name == script}
        cases.append(Case(kind.name, script, leaking, tuple(sorted(codes & kind.codes))))
    return cases


def report(cases: list[Case]) -> None:
    """Print every script, then recall and false alarms of each kind."""
    head = ("script", "kind", "leaking models", "reported", "outcome")
    show(
        head,
        (
            (case.script, case.kind, len(case.leaking), " ".join(case.reported), case.outcome)
            for case in cases
        ),
    )
    print()
    rows = []
    for name in [*(kind.name for kind in KINDS), "both"]:
        outcomes = [case.outcome for case in cases if name in (case.kind, "both")]
        found, missed = outcomes.count("found"), outcomes.count("MISSED")
        clean, false = outcomes.count("clean"), outcomes.count("FALSE")
        recall = share(found, found + missed)
        rows.append((name, found + missed, found, recall, clean + false, false))
    show(("kind", "leaking", "found", "recall", "clean", "flagged although clean"), rows)


def unpack(repository: Path, folder: Path) -> Path:
    """Give a folder with the tests of a checkout or of a bare clone."""
    if (repository / KINDS[0].tests).is_file():
        return repository
    command = ["git", "-C", str(repository), "archive", "HEAD", "tests"]
    archive = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder


def main() -> int:
    """Review the scripts and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--profile", default="exploration", help="profile to review with")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkout = unpack(given.checkout, Path(folder))
        result = review_folder(checkout / "tests" / "inputs", given.profile)
        complain(result)
        report([case for kind in KINDS for case in judge(kind, checkout, result)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
