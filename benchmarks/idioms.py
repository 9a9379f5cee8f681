"""The idioms that the rules are held to: `python -m benchmarks.idioms`.

Every fixture says by `# expect: CODE` comments what is to be reported where.  A fixture with the
code of its folder's rule is a bad snippet; of those without, the one most like it is its twin.
Printed are, for each family and rule, the snippets, the pairs, and how many are judged right: all
expected findings at their places, and no other finding of a rule that is on by default.

CONF001 is left out unless its own folder is judged: snippets write numbers where they need them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.table import share, show
from mlaudit.rulekit import Tier
from mlaudit.rulekit.registry import rules
from mlaudit.rulekit.testing import findings
from mlaudit.source.read import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlaudit.rulekit.registry import Registered
    from mlaudit.source.document import Document

FIXTURES = Path(__file__).parents[1] / "fixtures"
FAMILIES = ("leakage", "evaluation", "reproducibility", "imbalance", "configuration")
EXPECT = re.compile(r"#\s*expect:\s*([A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)")
ALIKE = 0.6

Spot = tuple[str, int | None, int]


@dataclass(frozen=True)
class Snippet:
    """A fixture of a rule: what it expects, and what was reported."""

    path: Path
    code: str
    lines: tuple[str, ...]
    expected: Counter[Spot]
    found: Counter[Spot]

    @property
    def bad(self) -> bool:
        """Whether the rule of its folder is to report something."""
        return any(code == self.code for code, _, _ in self.expected)

    @property
    def right(self) -> bool:
        """Whether all is reported that should be, and nothing else."""
        return self.expected == self.found

    @property
    def is_notebook(self) -> bool:
        """Whether the snippet is a notebook."""
        return self.path.suffix == ".ipynb"


@dataclass(frozen=True)
class Pair:
    """A bad snippet and its clean twin; `edits` counts the places where they differ."""

    bad: Snippet
    clean: Snippet
    edits: int


def paths(registered: Registered) -> list[Path]:
    """Find the fixtures of a rule."""
    folder = FIXTURES / registered.meta.family / registered.page.stem
    return sorted(path for path in folder.glob("*") if path.suffix in {".py", ".ipynb"})


def expected(document: Document) -> Counter[Spot]:
    """Count the expectations in the comments of a document by (code, cell, line)."""
    spots: Counter[Spot] = Counter()
    for unit in document.units:
        cell = unit.cell.number if unit.cell else None
        for number, line in enumerate(unit.text.split("\n"), 1):
            for codes in EXPECT.findall(line):
                spots.update((code, cell, number) for code in re.split(r"\s*,\s*", codes))
    return spots


@cache
def usual() -> frozenset[str]:
    """Give the codes of the five families that are on by default, but for CONF001."""
    return frozenset(
        code
        for code, registered in rules().items()
        if registered.meta.tier is Tier.DEFAULT
        and registered.meta.family in FAMILIES
        and code != "CONF001"
    )


def snippets(registered: Registered) -> Iterator[Snippet]:
    """Judge the fixtures of a rule: its own findings in production, the usual ones of others."""
    code = registered.meta.code
    for path in paths(registered):
        document = read(path, path.name)
        others = usual() - {code}
        reported = [*findings(document, code, profile="production"), *findings(document, *others)]
        found = Counter((f.code, f.location.cell, f.location.line) for f in reported)
        wanted = Counter(
            {spot: n for spot, n in expected(document).items() if spot[0] in {code, *others}}
        )
        lines = tuple(EXPECT.sub("", line).rstrip() for line in document.lines)
        yield Snippet(path, code, tuple(filter(None, lines)), wanted, found)


def pairs(found: Sequence[Snippet]) -> list[Pair]:
    """Give each bad snippet the clean one most like it, where one is left that is like it."""
    close: list[tuple[float, int, Snippet, Snippet]] = []
    for bad in (snippet for snippet in found if snippet.bad):
        for clean in (snippet for snippet in found if not snippet.bad):
            if bad.is_notebook is clean.is_notebook:
                matcher = SequenceMatcher(None, bad.lines, clean.lines, autojunk=False)
                edits = sum(tag != "equal" for tag, *_ in matcher.get_opcodes())
                close.append((matcher.ratio(), edits, bad, clean))
    made: list[Pair] = []
    used: set[Path] = set()
    for alike, edits, bad, clean in sorted(close, key=lambda row: -row[0]):
        if alike >= ALIKE and not {bad.path, clean.path} & used:
            used |= {bad.path, clean.path}
            made.append(Pair(bad, clean, edits))
    return made


def judged() -> dict[str, dict[str, list[Snippet]]]:
    """Judge all fixtures of the five families, by family and rule."""
    found: dict[str, dict[str, list[Snippet]]] = defaultdict(dict)
    for code, registered in rules().items():
        if registered.meta.family in FAMILIES:
            found[registered.meta.family][code] = list(snippets(registered))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; exits 1 when a snippet is judged wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rules", action="store_true", help="a line for each rule as well")
    arguments = parser.parse_args(argv)
    families = judged()
    rows: list[Sequence[object]] = []
    for family, by_code in families.items():
        if arguments.rules:
            rows.extend(_row(f"  {code}", found) for code, found in by_code.items())
        rows.append(_row(family, [s for found in by_code.values() for s in found]))
    everything = [s for codes in families.values() for found in codes.values() for s in found]
    rows.append(_row("together", everything))
    show(("", "bad", "clean", "pairs", "one or two edits", "notebooks", "right"), rows)
    wrong = [snippet for snippet in everything if not snippet.right]
    for snippet in wrong:
        print(f"WRONG {snippet.path.relative_to(FIXTURES)}", *_difference(snippet), sep="\n  ")
    return bool(wrong)


def _row(name: str, found: list[Snippet]) -> tuple[object, ...]:
    by_code: dict[str, list[Snippet]] = defaultdict(list)
    for snippet in found:
        by_code[snippet.code].append(snippet)
    made = [pair for one in by_code.values() for pair in pairs(one)]
    members = 2 * len(made)
    notebooks = sum(pair.bad.is_notebook + pair.clean.is_notebook for pair in made)
    return (
        name,
        sum(snippet.bad for snippet in found),
        sum(not snippet.bad for snippet in found),
        len(made),
        sum(pair.edits <= 2 for pair in made),
        share(notebooks, members),
        f"{sum(snippet.right for snippet in found)} of {len(found)}",
    )


def _difference(snippet: Snippet) -> Iterator[str]:
    for sign, spots in (
        ("missed", snippet.expected - snippet.found),
        ("not expected", snippet.found - snippet.expected),
    ):
        for (code, cell, line), _ in sorted(spots.items(), key=str):
            yield f"{sign}: {code} at {'' if cell is None else f'cell {cell}, '}line {line}"


if __name__ == "__main__":
    sys.exit(main())
