"""Leaks in the scripts of the leakage-analysis project: `python benchmarks/leaks.py CHECKOUT`.

CHECKOUT is a clone of malusamayo/leakage-analysis (bare or not; Yang et al., "Data Leakage in
Notebooks: Static Detection and Better Processes", ASE 2022).  Its own tests name the models that
leak in each script; a script for which they name none is clean.  Each kind of leak is judged on the
scripts of its own test file.  Beside the outcome of each script stand the models that its tests
name and those that the analysis sees leaks in (`--models`).
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
from mlaudit.rulekit.testing import examine
from mlaudit.source.read import read
from mlaudit.trace.events import Kind as Way

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.review import Review
    from mlaudit.trace.trace import Trace


@dataclass(frozen=True)
class Kind:
    """A kind of leak: the test file that knows it, the rules that report it, how it comes about."""

    name: str
    tests: str
    codes: frozenset[str]
    ways: frozenset[Way]


KINDS = (
    Kind(
        "preprocessing",
        "tests/test_preprocessing.py",
        # That project also counts a statistic of the test part alone, which is EVAL001 here.
        frozenset({*(f"LEAK00{digit}" for digit in range(1, 7)), "EVAL001"}),
        frozenset({Way.FIT, Way.STATISTIC, Way.SELECTION, Way.TARGET_ENCODING}),
    ),
    Kind(
        "overlap",
        "tests/test_overlap.py",
        frozenset({"LEAK005", "LEAK006", "LEAK007", "EVAL002"}),
        frozenset({Way.RESAMPLING, Way.DUPLICATION}),
    ),
)


UNKNOWN = "Unknown"
_CLASSES = {"make_pipeline": "Pipeline"}


@dataclass(frozen=True)
class Case:
    """A script, the models that leak in it, the codes and the models that were reported for it."""

    kind: str
    script: str
    leaking: tuple[str, ...]
    reported: tuple[str, ...]
    named: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """Compare what was reported with what is known."""
        if self.leaking:
            return "found" if self.reported else "MISSED"
        return "FALSE" if self.reported else "clean"

    @property
    def missing(self) -> list[str]:
        """Give the leaking models that were not named; one of unknown class may be any of them."""
        return [
            model
            for model in self.leaking
            if not set(classes(model)) & set(self.named)
            and not (UNKNOWN in classes(model) and self.named)
        ]

    @property
    def more(self) -> list[str]:
        """Give the models that were named although the tests name none that they may be."""
        known = {name for model in self.leaking for name in classes(model)}
        return [] if UNKNOWN in known else [name for name in self.named if name not in known]


def classes(model: str) -> list[str]:
    """Give the classes that `One | Other.fit` may mean."""
    return model.rpartition(".")[0].split(" | ") if "." in model else [UNKNOWN]


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
        codes &= kind.codes
        path = checkout / "tests" / "inputs" / script
        models = named(kind, examine(read(path, script)).trace) if codes else ()
        cases.append(Case(kind.name, script, leaking, tuple(sorted(codes)), tuple(models)))
    return cases


def named(kind: Kind, trace: Trace) -> list[str]:
    """Give the classes of the models that leaks of a kind reach."""
    models = trace.models_reached(kind.ways)
    if Way.FIT in kind.ways:
        models += [leak.evaluation.model for leak in trace.fits_on_test]
    else:
        models += [overlapping.fit.model for overlapping in trace.overlaps]
    return list(dict.fromkeys(_CLASSES.get(model.name, model.name) for model in models))


def show_models(cases: Iterable[Case]) -> None:
    """Print the models that the tests of each script name, and those that were named here."""
    for case in cases:
        print(f"{case.kind} {case.script}: {case.outcome}")
        print(f"  tests: {', '.join(case.leaking) or 'none'}")
        print(f"  named: {', '.join(case.named) or 'none'}")
        if case.missing:
            print(f"  not named: {', '.join(case.missing)}")
        if case.more:
            print(f"  beyond the tests: {', '.join(case.more)}")
    print()


def report(cases: list[Case]) -> None:
    """Print every script, then recall and false alarms of each kind."""
    head = ("script", "kind", "leaking models", "not named", "reported", "outcome")
    show(
        head,
        (
            (
                case.script,
                case.kind,
                len(case.leaking),
                len(case.missing),
                " ".join(case.reported),
                case.outcome,
            )
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
    parser.add_argument("--models", action="store_true", help="list the models of each script")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkout = unpack(given.checkout, Path(folder))
        result = review_folder(checkout / "tests" / "inputs", given.profile)
        complain(result)
        cases = [case for kind in KINDS for case in judge(kind, checkout, result)]
        if given.models:
            show_models(cases)
        report(cases)
    return 0


if __name__ == "__main__":
    sys.exit(main())
