"""Interpreters that lack a library: what the other one does is observed all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine.probed import probe
from mlaudit.probe.job import Limits, job_of

FOLDER = Path(__file__).parents[2] / "fixtures" / "probe"
# Stands at the place of the usual finder and finds nothing of one library.
HIDING = """\
import sys

def hide(finder):
    found = finder.find_spec
    def find_spec(name, path=None, target=None):
        return None if name.split(".")[0] == {library!r} else found(name, path, target)
    finder.find_spec = staticmethod(find_spec) if isinstance(finder, type) else find_spec

for finder in sys.meta_path:
    hide(finder)
"""
TRYING = "try:\n    import {library}\nexcept ImportError:\n    pass\n"


@pytest.mark.parametrize(
    ("library", "program", "codes"),
    [
        ("torch", "leaks/scaler.py", ["LEAK001"]),
        ("sklearn", "training/rate_of_zero.py", ["TRAIN040"]),
    ],
)
def test_what_is_not_there_is_told(
    library: str,
    program: str,
    codes: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(HIDING.format(library=library))
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    text = (FOLDER / program).read_text()
    (tmp_path / "train.py").write_text(TRYING.format(library=library) + text)
    job = job_of("train.py", (), module=False, python=None, limits=Limits(seconds=60))
    review = probe(job, Config(profile=Profile.PRODUCTION, select=tuple(codes)))
    assert review.profile is not None
    assert review.profile.ended == "ran to its end"
    assert [finding.code for finding in review.findings] == codes
    assert {str(finding.certainty) for finding in review.findings} <= {"confirmed", "observed"}
    note = f"{library} is not installed there, so nothing of it could be observed"
    assert note in review.profile.notes
