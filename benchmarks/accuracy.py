"""Precision and recall on labelled code: `python benchmarks/accuracy.py DIR LABELS.csv`.

LABELS.csv has the columns path, check, codes, cell, line, verdict, lean, reason.  `path` is
relative to DIR; `codes` are the rules that may report the place, joined by `;`; `cell` counts all
cells of a notebook from 0, `line` from 1; the verdict is issue, not-issue or debatable.

A finding speaks of the nearest label that names its code, at most one statement away.  A finding
near no such label is unjudged: it counts neither for nor against a rule.  Those that were read
since have a verdict in benchmarks/unlabelled.csv.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reviewed import complain, review_folder
from benchmarks.statements import Statements
from benchmarks.table import share, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location

ISSUE, NOT_ISSUE, DEBATABLE = "issue", "not-issue", "debatable"
FAR = 2
SINCE = Path(__file__).parent / "unlabelled.csv"


@dataclass(frozen=True)
class Label:
    """One judged place; `cell` counts from 1 as in findings."""

    path: str
    check: str
    codes: frozenset[str]
    cell: int | None
    line: int
    verdict: str
    reason: str

    def __str__(self) -> str:
        """Give the place as a finding would."""
        cell = f"cell {self.cell}:" if self.cell is not None else ""
        return f"{self.path}:{cell}{self.line}"


@dataclass
class Match:
    """Which findings speak of which labels."""

    by_label: dict[Label, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    judged: list[tuple[Finding, Label]] = field(default_factory=list)
    unjudged: list[Finding] = field(default_factory=list)


# Rules that report a part of what another rule reported when the labels were given.
DIVIDED = {"SEED005": {"SEED007"}}


def read_labels(table: Path, active: Iterable[str], *, lean: bool) -> list[Label]:
    """Read the labels that a rule in `active` may report; `lean` decides the debatable ones."""
    existing = frozenset(active)
    labels = []
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = set(row["codes"].split(";"))
            given.update(*(more for code, more in DIVIDED.items() if code in given))
            codes = existing & given
            verdict = row["lean"] if lean and row["verdict"] == DEBATABLE else row["verdict"]
            cell = int(row["cell"]) + 1 if row["cell"] else None
            where = (cell, int(row["line"]))
            if codes:
                labels.append(
                    Label(row["path"], row["check"], codes, *where, verdict, row["reason"])
                )
    return labels


class Labelled:
    """The labels of a folder, found by place."""

    def __init__(self, labels: Iterable[Label], statements: Statements):
        self._statements = statements
        self._near: dict[tuple[str, int | None], list[Label]] = defaultdict(list)
        for label in labels:
            self._near[label.path, label.cell].append(label)

    def nearest(self, place: Location, code: str) -> list[Label]:
        """Find the labels for a code that are closest to a place, at most one statement away."""
        around = [each for each in self._near[place.path, place.cell] if code in each.codes]
        distances = [self._statements.distance(place, label.line) for label in around]
        closest = min(distances, default=FAR)
        if closest >= FAR:
            return []
        return [label for label, far in zip(around, distances, strict=True) if far == closest]


def match(findings: Iterable[Finding], labelled: Labelled, *, evidence: bool) -> Match:
    """Give each finding its nearest label, and each label the findings that reach it.

    With `evidence`, a finding also answers the issues at the places of its evidence; it is still
    judged by its own place alone.
    """
    result = Match()
    for finding in findings:
        own = labelled.nearest(finding.location, finding.code)
        reached = set(own)
        if evidence:
            for each in finding.evidence:
                reached.update(labelled.nearest(each.location, finding.code))
        for label in reached:
            result.by_label[label].append(finding)
        if own:
            issues = [label for label in own if label.verdict == ISSUE]
            result.judged.append((finding, (issues or own)[0]))
        else:
            result.unjudged.append(finding)
    return result


def show_rules(groups: dict[str, frozenset[str]], labels: list[Label], found: Match) -> None:
    """Print one line for each group of codes that findings or issues speak of.

    An issue that another rule found is no miss of this one, so recall is found / (found + missed).
    """
    rows = []
    spoken = {finding.code for finding in [*found.unjudged, *(f for f, _ in found.judged)]}
    spoken.update(code for each in labels if each.verdict == ISSUE for code in each.codes)
    for name, codes in groups.items():
        if not (codes & spoken or name == "all"):
            continue
        verdicts = Counter(
            label.verdict for finding, label in found.judged if finding.code in codes
        )
        unjudged = sum(finding.code in codes for finding in found.unjudged)
        issues = [each for each in labels if each.verdict == ISSUE and codes & each.codes]
        hit = sum(any(f.code in codes for f in found.by_label[each]) for each in issues)
        missed = sum(not found.by_label[each] for each in issues)
        true, false = verdicts[ISSUE], verdicts[NOT_ISSUE]
        precision = share(true, true + false)
        counts = (true, false, verdicts[DEBATABLE], unjudged)
        rows.append((name, *counts, precision, hit, missed, share(hit, hit + missed)))
    head = ("", "true", "false", "debatable", "unjudged", "precision", "found", "missed", "recall")
    show(head, rows)
    print()


def show_places(title: str, lines: list[str]) -> None:
    """Print a headed list of places."""
    print(f"{title}: {len(lines)}")
    for line in lines:
        print(f"  {line}")
    print()


def describe(finding: Finding) -> str:
    """Give a finding's line."""
    return f"{finding.location} {finding.code} {finding.message}"


def report(labels: list[Label], active: Iterable[str], found: Match, *, unlabelled: bool) -> None:
    """Print the tables and the lists of what went wrong."""
    codes = sorted(active)
    families: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        families[code.rstrip("0123456789")].add(code)
    show_rules({code: frozenset([code]) for code in codes}, labels, found)
    whole = {"all": frozenset(codes)}
    show_rules({name: frozenset(each) for name, each in families.items()} | whole, labels, found)
    wrong = [
        f"{describe(finding)}\n    label: {label.reason}"
        for finding, label in found.judged
        if label.verdict == NOT_ISSUE
    ]
    show_places("False findings", wrong)
    missed = [
        f"{label} {label.check}: {label.reason}"
        for label in labels
        if label.verdict == ISSUE and not found.by_label[label]
    ]
    show_places("Missed issues", missed)
    rest = [f"{verdict_since(each)} {describe(each)}" for each in found.unjudged]
    if unlabelled:
        show_places("Findings that no label speaks of", rest)
        return
    verdicts = Counter(map(verdict_since, found.unjudged))
    counted = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    print(f"Findings that no label speaks of: {len(rest)} ({counted}; --unlabelled lists them)")


@cache
def judged_since() -> dict[tuple[str, ...], str]:
    """Read the verdicts on findings that no label speaks of, made when they were first reported."""
    with SINCE.open(encoding="utf-8", newline="") as file:
        return {
            (row["path"], row["cell"], row["line"], row["code"]): row["verdict"]
            for row in csv.DictReader(file)
        }


def verdict_since(finding: Finding) -> str:
    """Give the verdict on a finding that no label speaks of, or `unread`."""
    place = finding.location
    cell = "" if place.cell is None else str(place.cell)
    return judged_since().get((place.path, cell, str(place.line), finding.code), "unread")


def main() -> int:
    """Review the folder and print precision and recall."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--profile", default="exploration", help="profile to review with")
    parser.add_argument(
        "--evidence", action="store_true", help="a finding also answers issues at its evidence"
    )
    parser.add_argument("--lean", action="store_true", help="judge debatable labels by their lean")
    parser.add_argument("--unlabelled", action="store_true", help="list unjudged findings too")
    given = parser.parse_args()
    result = review_folder(given.folder, given.profile)
    labels = read_labels(given.labels, result.coverage.rules, lean=given.lean)
    complain(result)
    labelled = Labelled(labels, Statements(given.folder))
    found = match(result.findings, labelled, evidence=given.evidence)
    print(f"{len(result.coverage.rules)} rules, {result.summary.files} files, {len(labels)} labels")
    print()
    report(labels, result.coverage.rules, found, unlabelled=given.unlabelled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
