"""The order in which findings are told: what invalidates the result first, repetitions folded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.model.finding import Severity
from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.model.finding import Finding

TITLES = {
    Severity.ERROR: "Invalidates the result",
    Severity.WARNING: "To fix or to justify",
    Severity.INFO: "Worth knowing",
}
IN_FULL = 3


@frozen
class Group:
    """The findings of one severity: `full` are told with their frame, `folded` by a line each."""

    severity: Severity
    full: tuple[Finding, ...]
    folded: tuple[tuple[str, tuple[Finding, ...]], ...] = ()

    @property
    def title(self) -> str:
        """What the severity means for the reader."""
        return TITLES[self.severity]

    @property
    def brief(self) -> bool:
        """Whether folded findings are told by their lines alone: remarks of one code are alike."""
        return self.severity is Severity.INFO

    @property
    def size(self) -> int:
        """How many findings there are, folded ones included."""
        return len(self.full) + sum(len(findings) for _, findings in self.folded)


def grouped(findings: Sequence[Finding], *, every: bool = False) -> list[Group]:
    """Group findings by severity; of many with one code only the first few are told in full.

    A single one more is not worth folding; `every` folds nothing.
    """
    groups = []
    for severity in Severity:
        of_severity = [finding for finding in findings if finding.severity is severity]
        if of_severity:
            groups.append(_fold(severity, of_severity, every))
    return groups


def by_file(findings: Sequence[Finding]) -> dict[str, str]:
    """Say for each file in which lines or cells the findings are."""
    places: dict[str, dict[str, None]] = {}
    for finding in findings:
        location = finding.location
        place = f"line {location.line}" if location.cell is None else f"cell {location.cell}"
        places.setdefault(location.path, {})[place] = None
    return {path: _series(list(found)) for path, found in places.items()}


def _series(places: list[str]) -> str:
    """Write "line 3", or "lines 3, 7" with the noun only once."""
    noun, _, _ = places[0].partition(" ")
    numbers = [place.removeprefix(f"{noun} ") for place in places]
    return f"{noun}{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def _fold(severity: Severity, findings: list[Finding], every: bool) -> Group:
    total = Counter(finding.code for finding in findings)
    seen: Counter[str] = Counter()
    full: list[Finding] = []
    folded: dict[str, list[Finding]] = {}
    for finding in findings:
        seen[finding.code] += 1
        if every or total[finding.code] <= IN_FULL + 1 or seen[finding.code] <= IN_FULL:
            full.append(finding)
        else:
            folded.setdefault(finding.code, []).append(finding)
    rest = tuple((code, tuple(findings)) for code, findings in sorted(folded.items()))
    return Group(severity, tuple(full), rest)
