"""Ten times the code takes ten times the work: no rule looks at everything for everything."""

from __future__ import annotations

import cProfile
import pstats
from typing import TYPE_CHECKING

from benchmarks import corpus
from mlaudit.config.schema import Config, Profile
from mlaudit.engine.review import review

if TYPE_CHECKING:
    from pathlib import Path

# Twice at least, so that what follows a random draw to the end of a script has some way to go.
LINES, FEW, MANY = 300, 2, 8


def work(path: Path) -> int:
    """Count the calls of functions that a review makes, which no other process disturbs."""
    profile = cProfile.Profile()
    profile.runcall(review, [str(path)], Config(profile=Profile.PRODUCTION))
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def test_work_grows_with_the_code_and_not_with_its_square(tmp_path: Path) -> None:
    short = corpus.write_long(tmp_path / "short.py", LINES, FEW)
    long = corpus.write_long(tmp_path / "long.py", LINES, MANY)
    work(short)  # what is read and compiled once
    assert work(long) < 1.1 * MANY / FEW * work(short)
