"""Plants faults in clean programs and looks for them: `python benchmarks/mutations.py`.

The clean programs are those of fixtures/clean, written after the kinds of examples that libraries
give.  Each fault of benchmarks/planting is planted at every place where it fits, one at a time.  It
counts as found when one of its codes is reported at the edited lines (in the finding's place or in
its evidence); a finding of a code that has nothing to do with the fault counts as an extra.
"""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.planting import (
    choices,
    columns,
    configuration,
    copies,
    evaluation,
    imbalance,
    leakage,
    seeds,
)
from benchmarks.planting.faults import FAULTS
from benchmarks.planting.programs import ORIGINALS, programs
from benchmarks.planting.source import Source, apply
from benchmarks.reviewed import complain, review_folder
from benchmarks.table import share, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.planting.faults import Fault, Plant
    from benchmarks.planting.programs import Program
    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location
    from mlaudit.model.review import Review

FAMILIES = (leakage, copies, columns, evaluation, choices, seeds, imbalance, configuration)

# How many lines a place may be away from an edited line.
NEAR = 2


@dataclass(frozen=True)
class Mutant:
    """A program with one fault in it."""

    program: Program
    fault: Fault
    codes: frozenset[str]
    text: str
    lines: frozenset[int]

    @property
    def difference(self) -> str:
        """Show what was planted."""
        lines = difflib.unified_diff(
            self.program.text.splitlines(), self.text.splitlines(), lineterm="", n=1
        )
        return "\n".join(line for line in list(lines)[2:])


@dataclass(frozen=True)
class Outcome:
    """What was reported for a mutant."""

    mutant: Mutant
    found: bool
    extras: tuple[Finding, ...]
    findings: tuple[Finding, ...]


def mutants(only: str = "*", of: str = "*") -> Iterator[Mutant]:
    """Plant every fault whose name fits in every original whose name fits."""
    for program in programs():
        if not fnmatch.fnmatch(program.name, of):
            continue
        source = Source(program.text)
        for fault in FAULTS:
            if fnmatch.fnmatch(fault.name, only) or only in fault.codes:
                yield from _planted(program, source, fault)


def _planted(program: Program, source: Source, fault: Fault) -> Iterator[Mutant]:
    seen = {program.text}
    for plant in fault.plants(source):
        text, lines = apply(program.text, plant.edits)
        if text in seen:
            continue
        seen.add(text)
        Source(text)
        lines |= _moved(plant, program.text, text)
        yield Mutant(program, fault, plant.codes or fault.codes, text, frozenset(lines))


def _moved(plant: Plant, before: str, after: str) -> set[int]:
    """Give the lines of the edited text where the nodes near the fault stand."""
    if not plant.near:
        return set()
    wanted = {
        line
        for node in plant.near
        for line in range(getattr(node, "lineno", 1), getattr(node, "end_lineno", 1) + 1)
    }
    found = set()
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for first, second, length in matcher.get_matching_blocks():
        found |= {second + line - first for line in wanted if first < line <= first + length}
    return found


def review(planted: list[Mutant]) -> Iterator[Outcome]:
    """Review all mutants in one go."""
    with tempfile.TemporaryDirectory() as folder:
        for number, mutant in enumerate(planted):
            mutant.program.write(Path(folder) / str(number), mutant.text)
        result = review_folder(Path(folder), "exploration")
    complain(result)
    by_number: dict[int, list[Finding]] = {}
    for finding in result.findings:
        by_number.setdefault(int(Path(finding.location.path).parts[0]), []).append(finding)
    for number, mutant in enumerate(planted):
        yield judge(mutant, by_number.get(number, []))


def judge(mutant: Mutant, findings: list[Finding]) -> Outcome:
    """Compare what was reported with what was planted."""
    fitting = [one for one in findings if one.code in mutant.codes and _at_place(mutant, one)]
    known = mutant.codes | mutant.fault.also
    extras = [one for one in findings if one.code not in known]
    return Outcome(mutant, bool(fitting), tuple(extras), tuple(findings))


def _at_place(mutant: Mutant, finding: Finding) -> bool:
    places = [finding.location, *(evidence.location for evidence in finding.evidence)]
    return any(_near(mutant, place) for place in places)


def _near(mutant: Mutant, place: Location) -> bool:
    if Path(place.path).name != mutant.program.path.name:
        return False
    first = mutant.program.line(place, mutant.text)
    last = first + max(place.end_line - place.line, 0)
    return any(first - NEAR <= line <= last + NEAR for line in mutant.lines)


def tell(outcomes: list[Outcome]) -> None:
    """Print a row a fault, a row a family, and the sum."""
    rows: list[tuple[object, ...]] = []
    families = Counter(outcome.mutant.fault.family for outcome in outcomes)
    for family in families:
        for fault in FAULTS:
            own = [one for one in outcomes if one.mutant.fault is fault]
            if own and fault.family == family:
                rows.append(_row(f"  {fault.name}", " ".join(sorted(fault.codes)), own))
        rows.append(
            _row(family, "", [one for one in outcomes if one.mutant.fault.family == family])
        )
    rows.append(_row("all", "", outcomes))
    show(("fault", "codes", "programs", "planted", "found", "share", "extras"), rows)


def _row(name: str, codes: str, outcomes: list[Outcome]) -> tuple[object, ...]:
    found = sum(outcome.found for outcome in outcomes)
    hosts = len({outcome.mutant.program.path for outcome in outcomes})
    extras = sum(bool(outcome.extras) for outcome in outcomes)
    planted = len(outcomes)
    return (name, codes, hosts, planted, found, share(found, planted), extras)


def show_outcomes(title: str, outcomes: Iterable[Outcome]) -> None:
    """Print mutants with what was reported for them."""
    for outcome in outcomes:
        mutant = outcome.mutant
        print(f"\n{title}: {mutant.fault.name} in {mutant.program.name}")
        print(mutant.difference)
        for finding in outcome.findings:
            print(f"  reported: {finding.code} {finding.location.line} {finding.message}")


def originals() -> Review:
    """Review the clean programs as they are."""
    return review_folder(ORIGINALS, "exploration")


def main() -> int:
    """Plant, review, and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--only", default="*", help="pattern for names of faults, or a code")
    parser.add_argument("--of", default="*", help="pattern for names of clean programs")
    parser.add_argument("--missed", action="store_true", help="show every fault that was missed")
    parser.add_argument("--extras", action="store_true", help="show every extra finding")
    given = parser.parse_args()
    clean = originals()
    for finding in clean.findings:
        print(f"on a clean program: {finding.location} {finding.code} {finding.message}")
    print(f"{len(clean.findings)} findings on {clean.summary.files} clean files\n")
    outcomes = list(review(list(mutants(given.only, given.of))))
    if given.missed:
        show_outcomes("missed", (one for one in outcomes if not one.found))
    if given.extras:
        show_outcomes("extra", (one for one in outcomes if one.extras))
    if given.missed or given.extras:
        print()
    tell(outcomes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
