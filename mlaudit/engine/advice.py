"""The recommendations table: one line for each rule that found something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlaudit.model.finding import Severity
from mlaudit.model.review import Advice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlaudit.model.finding import Finding

_PRIORITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}


class Remedy(Protocol):
    """What is gained by the remedy of a rule, and what it takes."""

    @property
    def impact(self) -> str:
        """Say what is gained."""

    @property
    def effort(self) -> str:
        """Say what it takes."""


def recommend(findings: Sequence[Finding], rules: Mapping[str, Remedy]) -> tuple[Advice, ...]:
    """Say what to do, the most urgent first; rules with the same remedy share a line."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.help or finding.code, []).append(finding)
    lines = [_line(remedy, group, rules) for remedy, group in groups.items()]
    return tuple(sorted(lines, key=lambda advice: (advice.priority, advice.codes)))


def _line(remedy: str, group: list[Finding], rules: Mapping[str, Remedy]) -> Advice:
    codes = tuple(sorted({finding.code for finding in group}))
    metas = [rules[code] for code in codes if code in rules]
    places = f" ({len(group)} places)" if len(group) > 1 else ""
    return Advice(
        priority=min(_PRIORITIES[finding.severity] for finding in group),
        recommendation=f"{remedy.rstrip('.')}{places}" if places else remedy,
        impact=next((meta.impact for meta in metas if meta.impact), ""),
        effort=next((meta.effort for meta in metas if meta.effort), ""),
        codes=codes,
    )
