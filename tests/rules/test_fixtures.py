"""Every fixture gives the findings that its `# expect: CODE` comments ask for, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.idioms import FAMILIES, expected, judged, pairs, paths, usual
from mlaudit.rulekit.registry import Registered, rules
from mlaudit.rulekit.testing import findings
from mlaudit.source.read import read

if TYPE_CHECKING:
    from pathlib import Path


def cases(*families: str) -> list[tuple[Registered, Path]]:
    return [
        (registered, path)
        for registered in rules().values()
        if not families or registered.meta.family in families
        for path in paths(registered)
    ]


def name(case: Registered | Path) -> str:
    return case.meta.code if isinstance(case, Registered) else case.name


@pytest.mark.parametrize(("registered", "path"), cases(), ids=name)
def test_findings_stand_where_they_are_expected(registered: Registered, path: Path) -> None:
    code = registered.meta.code
    document = read(path, path.name)
    found = findings(document, code, profile="production")
    assert document.problems == []
    lines = sorted((code, f.location.cell or 0, f.location.line) for f in found)
    wanted = [(c, cell or 0, line) for c, cell, line in expected(document).elements() if c == code]
    assert lines == sorted(wanted), [f"{finding.location}: {finding.message}" for finding in found]


@pytest.mark.parametrize(("registered", "path"), cases(*FAMILIES), ids=name)
def test_what_other_rules_report_is_expected_too(registered: Registered, path: Path) -> None:
    """A rule that is on by default may report in another's fixture only where a comment says so."""
    document = read(path, path.name)
    others = usual() - {registered.meta.code}
    found = findings(document, *others)
    lines = sorted((f.code, f.location.cell or 0, f.location.line) for f in found)
    wanted = [(c, cell or 0, line) for c, cell, line in expected(document).elements()]
    assert lines == sorted(spot for spot in wanted if spot[0] in others), [
        f"{finding.code} {finding.location}: {finding.message}" for finding in found
    ]


def test_there_are_enough_pairs_and_a_third_of_them_are_notebooks() -> None:
    made = [p for codes in judged().values() for found in codes.values() for p in pairs(found)]
    assert len(made) >= 150
    assert sum(pair.bad.is_notebook for pair in made) >= len(made) / 3
