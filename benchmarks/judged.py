"""Precision on code of other people, from findings judged by hand: `python benchmarks/judged.py`.

The tables `benchmarks/judged/draw*.csv`, one for each draw in their order (`-rare` for what was
added to a draw so that more of the rules that speak seldom are in it), have the columns
repository, commit, path, cell, line, code, verdict (true, false or debatable) and reason, one row
for each finding that was drawn at random and read in its file.  What a draw had shown was mended
after it, so that the last one tells how often the rules are right now.  Debatable findings count
neither way.  A table whose name ends in `-again` holds the verdicts of a second judge on the same
findings.  `spoken.json` has how often each rule spoke in draws that took few of its findings.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.table import share, show
from mlaudit.rulekit.measured import Measured, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TABLES = Path(__file__).parent / "judged"
SPOKEN = "spoken.json"
AGAIN = "-again"
VERDICTS = ("true", "false", "debatable")

Row = dict[str, str]


def read(tables: Path = TABLES) -> list[Row]:
    """Read the first judge's rows of all tables; raises ValueError for an unknown verdict."""
    return [row for rows in by_draw(tables).values() for row in rows]


def read_again(tables: Path = TABLES) -> list[tuple[Row, Row]]:
    """Pair the rows that two judges read."""
    second = {
        _place(row): row
        for path in _paths(tables)
        if path.stem.endswith(AGAIN)
        for row in _rows(path)
    }
    return [(row, second[_place(row)]) for row in read(tables) if _place(row) in second]


def _paths(tables: Path) -> list[Path]:
    return sorted(tables.glob("*.csv"), key=_place_in_order)


def _place_in_order(path: Path) -> tuple[int, str]:
    """Order tables by the number in their name: the tenth draw comes behind the ninth."""
    number = "".join(filter(str.isdigit, path.stem))
    return int(number or 0), path.stem


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, 2):
        if row["verdict"] not in VERDICTS:
            raise ValueError(f"{path.name}:{number}: no verdict: {row['verdict']!r}")
    return rows


def _place(row: Row) -> tuple[str, ...]:
    return tuple(row[key] for key in ("repository", "path", "cell", "line", "code"))


def counts(rows: Iterable[Row]) -> dict[str, Counter[str]]:
    """Count the verdicts of each code."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["code"]][row["verdict"]] += 1
    return dict(sorted(found.items()))


def kappa(pairs: Iterable[tuple[str, str]]) -> float:
    """Measure how far two judges agree beyond chance (Cohen 1960); NaN if it is undefined."""
    pairs = list(pairs)
    first, second = (Counter(side) for side in zip(*pairs, strict=True))
    chance = sum(first[each] * second[each] for each in first) / len(pairs) ** 2
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan


def measured(rows: Iterable[Row]) -> dict[str, Measured]:
    """Give the figures of each code."""
    return {code: _measured(found) for code, found in counts(rows).items()}


def as_json(figures: dict[str, Measured]) -> str:
    """Write the figures as the file that `mlaudit explain` reads, a line for each rule."""
    lines = [f"  {json.dumps(code)}: {json.dumps(asdict(each))}" for code, each in figures.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _measured(found: Counter[str]) -> Measured:
    return Measured(*(found[verdict] for verdict in VERDICTS))


def _interval(figures: Measured) -> str:
    if not figures.judged:
        return "-"
    low, high = wilson(figures.true, figures.judged)
    return f"{100 * low:.0f}-{100 * high:.0f} %"


def by_draw(tables: Path = TABLES) -> dict[str, list[Row]]:
    """Read the first judge's rows of each draw, in the order of the draws."""
    return {path.stem: _rows(path) for path in _paths(tables) if not path.stem.endswith(AGAIN)}


def weighed(rows: Iterable[Row], spoken: Mapping[str, int]) -> float:
    """Estimate the share of true ones among all findings that were reported (0 to 1).

    Each rule counts as often as it spoke; one of which nothing was judged does not count.
    """
    known = {code: each for code, each in measured(rows).items() if each.judged}
    times = {code: spoken.get(code, 0) for code in known}
    return sum(times[code] * each.true / each.judged for code, each in known.items()) / sum(
        times.values()
    )


def _summary(draws: dict[str, list[Row]]) -> Iterator[tuple[object, ...]]:
    """Give a line for each draw."""
    for name, rows in draws.items():
        figures = _measured(Counter(row["verdict"] for row in rows))
        repositories = len({row["repository"] for row in rows})
        yield name, repositories, *_line(figures)


def _by_rule(draws: dict[str, list[Row]]) -> Iterator[tuple[object, ...]]:
    """Give a line for each rule: the last draw, then all of them."""
    every = [row for rows in draws.values() for row in rows]
    newest = list(draws)[-1].partition("-")[0]
    last = measured(
        row for name, rows in draws.items() if name.partition("-")[0] == newest for row in rows
    )
    for code, figures in measured(every).items():
        now = last.get(code, Measured(0, 0))
        yield code, now.true, now.false, now.debatable, *_line(figures)


def _line(figures: Measured) -> tuple[object, ...]:
    counted = (figures.true, figures.false, figures.debatable)
    return *counted, share(figures.true, figures.judged), _interval(figures)


def main() -> int:
    """Print the tables, or the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--json", action="store_true", help="as `mlaudit explain` reads them")
    draws = by_draw()
    if parser.parse_args().json:
        print(as_json(measured(read())), end="")
        return 0
    verdicts = ("true", "false", "debatable", "precision", "95 % interval")
    show(("", "repositories", *verdicts), list(_summary(draws)))
    print("\nof all that was reported, each rule weighed by how often it spoke:\n")
    spoken = json.loads((TABLES / SPOKEN).read_text(encoding="utf-8"))
    show(
        ("", "reported", "true"),
        [
            (name, sum(times.values()), f"{100 * weighed(draws[name], times):.0f} %")
            for name, times in spoken.items()
        ],
    )
    print("\nby rule, in the last draw and in all:\n")
    show(("", "last: true", "false", "debatable", *verdicts), list(_by_rule(draws)))
    pairs = [(first["verdict"], second["verdict"]) for first, second in read_again()]
    if pairs:
        agreed = sum(a == b for a, b in pairs)
        print(f"\ntwo judges on {len(pairs)} of them: {agreed} alike, kappa {kappa(pairs):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
