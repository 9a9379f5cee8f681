"""Programs that the rules about runs judge: each gives the findings that its comments ask for.

A comment `# probe: OPTIONS` gives the options of the command line.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlaudit.cli.commands import mlaudit
from mlaudit.model import interchange
from mlaudit.rulekit.registry import rules
from mlaudit.source.read import read

FOLDER = Path(__file__).parents[2] / "fixtures" / "probe"
FAMILIES = ("memory",)
PROGRAMS = sorted(path for family in FAMILIES for path in (FOLDER / family).glob("*.py"))
SLOW = {
    "accumulated_fixed",
    "adversaries_fixed",
    "attention_fixed",
    "large_fixed",
    "mixed_precision_fixed",
}
MEASURING = {code for code, registered in rules().items() if registered.rule.measures}
OPTIONS = re.compile(r"^# probe: (.*)$", re.MULTILINE)
EXPECTED = re.compile(r"# expect: ([A-Z]+\d+)")


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(path, marks=[pytest.mark.slow] if path.stem in SLOW else [], id=path.stem)
        for path in PROGRAMS
    ],
)
def test_what_was_measured_is_judged(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(program, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = program.read_text()
    options = [word for line in OPTIONS.findall(text) for word in line.split()]
    arguments = ["probe", program.name, "--track-memory", "--format=json", *options]
    done = CliRunner().invoke(mlaudit, [*arguments, "--profile=production"])
    assert done.exit_code in {0, 1}, done.output
    review = interchange.load(done.stdout)
    assert review.profile is not None
    assert [note for note in review.profile.notes if "failed" in note] == []
    assert review.profile.how in {"finished", "stopped"}, review.profile.ended
    found = {
        (finding.code, finding.location.line): finding.message
        for finding in review.findings
        if finding.code in MEASURING
    }
    wanted = {
        (code, number)
        for number, line in enumerate(read(program, program.name).lines, 1)
        for code in EXPECTED.findall(line)
    }
    assert found.keys() == wanted, found
