"""Programs with leaks and their clean twins: what the run says of what was read.

A comment `# confirmed: CODE 50 of the 50` (or refuted, observed, suspected) stands on the line of
each finding about leakage and evaluation that a program must give; there may be no others.
Programs of frameworks that are not installed are left out; MLAUDIT_TEST_PYTHON may name an
interpreter that has them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.probed import probe
from mlaudit.probe.job import Limits, job_of
from mlaudit.source.read import read

FIXTURES = Path(__file__).parents[2] / "fixtures" / "probe"
FOLDER = FIXTURES / "leaks"
PROGRAMS = sorted({*FOLDER.glob("*.py"), *FOLDER.glob("*.ipynb")} - {FOLDER / "preparing.py"})
FRAMEWORKS = sorted((FIXTURES / "frameworks").glob("*.py"))
SLOW = {
    "everything_fixed",
    "folds_by_hand",
    "folds_by_hand_fixed",
    "folds_fixed",
    "selector",
    "selector_fixed",
    "smote",
    "smote_fixed",
    "training_score_fixed",
    "watched_classifiers",
    "watched_classifiers_fixed",
}
EXPECTED = re.compile(
    r"# (confirmed|refuted|observed|suspected): ([A-Z]+\d+)(?: (\d+ of the \d+))?"
)
FRAMEWORK = re.compile(
    r"^(?:import|from) (datasets|xgboost|lightgbm|lightning|transformers|keras)", re.M
)
PYTHON = os.environ.get("MLAUDIT_TEST_PYTHON", sys.executable)
COUNTED = re.compile(r"by the run: (\d+ of the \d+)|in the run: (\d+ of the \d+)")

Claim = tuple[str, int | None, int, str, str]


@cache
def there(library: str) -> bool:
    """Say whether the interpreter of the programs has a library."""
    asked = f"import sys, importlib.util as u; sys.exit(u.find_spec({library!r}) is None)"
    return subprocess.run([PYTHON, "-c", asked], check=False).returncode == 0


def slow(program: Path) -> bool:
    """Say whether a program is left for the slow tests: these frameworks take long to import."""
    heavy = {"lightning", "transformers", "keras"}
    return program.stem in SLOW or bool(heavy & set(FRAMEWORK.findall(program.read_text())))


def expected(program: Path) -> dict[Claim, str]:
    claims: dict[Claim, str] = {}
    files = [program] + [FOLDER / "preparing.py"] * ("preparing" in program.read_text())
    for path in files:
        document = read(path, path.name)
        for unit in document.units:
            cell = unit.cell.number if unit.cell else None
            for number, line in enumerate(unit.written.split("\n"), 1):
                for certainty, code, count in EXPECTED.findall(line):
                    claims[path.name, cell, number, code, certainty] = count
    return claims


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(path, marks=[pytest.mark.slow] if slow(path) else [], id=path.stem)
        for path in PROGRAMS + FRAMEWORKS
    ],
)
def test_the_run_says_what_is_true(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in FRAMEWORK.findall(program.read_text()):
        if not there(library):
            pytest.skip(f"{library} is not installed")
    for path in (program, FOLDER / "preparing.py"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    job = job_of(program.name, (), module=False, python=PYTHON, limits=Limits(seconds=120))
    review = probe(job, Config(select=("LEAK", "EVAL")))
    assert review.profile is not None
    assert review.errors == ()
    assert [note for note in review.profile.notes if "failed" in note] == []
    claims = expected(program)
    found = {
        (at.path, at.cell, at.line, finding.code, str(finding.certainty)): finding.message
        for finding in review.findings
        if (at := finding.location)
    }
    assert found.keys() == claims.keys(), found
    for claim, count in claims.items():
        told = COUNTED.search(found[claim])
        assert not count or (told and count in told.group()), found[claim]
