"""What is measured of data, scores and training: programs and their clean twins.

A comment `# expect: CODE words` stands on the line of each finding that a program must give, with
words of its message; there may be no others.  All programs run one after the other in one child,
which saves the time to import torch and sklearn for each.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Budgets, Config, Profile
from mlaudit.engine.probed import probe
from mlaudit.model.frozen import replace
from mlaudit.probe.job import Limits, job_of
from mlaudit.rulekit.registry import rules

if TYPE_CHECKING:
    from mlaudit.model.review import Review

FOLDER = Path(__file__).parents[2] / "fixtures" / "probe"
FAMILIES = ("training", "data", "scores")
PROGRAMS = sorted(path for family in FAMILIES for path in (FOLDER / family).glob("*.py"))
SLOW = {"weights", "weights_fixed", "batches_fixed"}
MEASURING = {code for code, registered in rules().items() if registered.rule.measures}
EXPECTED = re.compile(r"# expect: ([A-Z]+\d+) ([^#]+)")
ONE_AFTER_THE_OTHER = """\
import pathlib, runpy
for file in sorted(pathlib.Path().glob("f_*.py")):
    runpy.run_path(str(file.resolve()))
"""


def review_of(folder: Path, program: str, config: Config, *, repeat: bool = False) -> Review:
    """Run a program to its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        limits = Limits(seconds=300)
        job = job_of(program, (), module=False, python=None, limits=limits)
        review = probe(replace(job, repeat=repeat), config)
    assert review.profile is not None
    assert review.profile.ended == "ran to its end", review.profile
    assert [note for note in review.profile.notes if "failed" in note] == []
    return review


@pytest.fixture(scope="session")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    folder = tmp_path_factory.mktemp("measured")
    for program in PROGRAMS:
        shutil.copy(program, folder / f"f_{program.name}")
    (folder / "all.py").write_text(ONE_AFTER_THE_OTHER)
    return review_of(folder, "all.py", Config(profile=Profile.PRODUCTION))


@pytest.mark.xdist_group("measured")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_what_is_measured_is_judged(program: Path, review: Review) -> None:
    wanted = {
        (code, number): words.strip()
        for number, line in enumerate(program.read_text().splitlines(), 1)
        for code, words in EXPECTED.findall(line)
    }
    found = {
        (finding.code, finding.location.line): finding.message
        for finding in review.findings
        if finding.location.path == f"f_{program.name}" and finding.code in MEASURING
    }
    assert found.keys() == wanted.keys(), found
    for claim, words in wanted.items():
        assert words in found[claim]


@pytest.mark.parametrize(
    "program", sorted((FOLDER / "speed").glob("*.py")), ids=lambda path: path.stem
)
def test_what_takes_too_long_is_told(program: Path, tmp_path: Path) -> None:
    name = f"f_{program.name}"
    shutil.copy(program, tmp_path / name)
    budgets = Budgets(training_hours=1 / 3600)
    review = review_of(tmp_path, name, Config(profile=Profile.PRODUCTION, budgets=budgets))
    test_what_is_measured_is_judged(program, review)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(path, marks=[pytest.mark.slow] if path.stem in SLOW else [], id=path.stem)
        for path in sorted((FOLDER / "repeats").glob("*.py"))
    ],
)
def test_a_program_that_runs_again_is_compared(program: Path, tmp_path: Path) -> None:
    name = f"f_{program.name}"
    shutil.copy(program, tmp_path / name)
    review = review_of(tmp_path, name, Config(profile=Profile.PRODUCTION), repeat=True)
    test_what_is_measured_is_judged(program, review)
    assert review.profile is not None
    found = review.profile.measured.repeats
    assert found is not None
    assert found.verdict == ("bit-equal" if "fixed" in program.stem else "different")
    assert not (found.verdict == "bit-equal" and found.moved)
    assert max(found.spread.values()) > 0


SEEDS = """\
import random
import numpy as np
import torch
first = random.random()
random.seed(0)
np.random.seed(0)
rows = np.random.randn(40, 3)
net = torch.nn.Linear(3, 1)
"""


def test_the_first_draw_from_each_generator_is_told(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SEEDS)
    profile = review_of(tmp_path, "train.py", Config()).profile
    assert profile is not None
    told = [
        (one.generator, one.location.line, one.seeded, one.later and one.later.line)
        for one in profile.measured.seeding
    ]
    assert told == [("python", 4, False, 5), ("numpy", 7, True, None), ("torch", 8, False, None)]
