"""Every fixture gives the findings that its `# expect: CODE` comments ask for, and no others."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.rulekit.registry import Registered, rules
from mlaudit.rulekit.testing import findings
from mlaudit.source.read import read

if TYPE_CHECKING:
    from mlaudit.source.document import Document

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXPECT = re.compile(r"#\s*expect:\s*([A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)")

Line = tuple[int | None, int]


def cases() -> list[tuple[Registered, Path]]:
    found: list[tuple[Registered, Path]] = []
    for registered in rules().values():
        folder = FIXTURES / registered.rule.meta.family / registered.page.stem
        paths = sorted(path for path in folder.glob("*") if path.suffix in {".py", ".ipynb"})
        found.extend((registered, path) for path in paths)
    return found


def name(case: Registered | Path) -> str:
    return case.rule.meta.code if isinstance(case, Registered) else case.name


def expected(document: Document, code: str) -> Counter[Line]:
    """Count the expectations of a code by (cell, line)."""
    lines: Counter[Line] = Counter()
    for unit in document.units:
        cell = unit.cell.number if unit.cell else None
        for number, line in enumerate(unit.text.split("\n"), 1):
            for codes in EXPECT.findall(line):
                lines[cell, number] += re.split(r"\s*,\s*", codes).count(code)
    return +lines


@pytest.mark.parametrize(("registered", "path"), cases(), ids=name)
def test_findings_stand_where_they_are_expected(registered: Registered, path: Path) -> None:
    code = registered.rule.meta.code
    document = read(path, path.name)
    found = findings(document, code, profile="production")
    assert document.problems == []
    lines = Counter((finding.location.cell, finding.location.line) for finding in found)
    assert lines == expected(document, code), [
        f"{finding.location}: {finding.message}" for finding in found
    ]
