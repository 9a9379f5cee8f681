"""What became of the findings judged by hand: `python -m benchmarks.standing FOLDER...`.

Each folder holds checkouts of the repositories that were judged, named `owner+name`.  They are
reviewed anew, and of each rule it is counted how many of its findings, true and false, still
stand.  That tells whether a rule was mended after a draw, and what the mending has cost; how often
it is right on code that nobody has read yet, only a new draw tells.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.judged import Row, read
from benchmarks.reviewed import review_folder
from benchmarks.table import share, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[str, str, str, str]


def reported(folder: Path) -> set[Place]:
    """Review a checkout; give path, cell, line and code of each finding, "" for no cell."""
    places = (
        (finding.code, finding.location) for finding in review_folder(folder, "production").findings
    )
    return {(at.path, str(at.cell or ""), str(at.line), code) for code, at in places}


def place(row: Row) -> Place:
    """Give path, cell, line and code of a judged finding."""
    return row["path"], row["cell"], row["line"], row["code"]


def found(rows: Sequence[Row], folders: Sequence[Path]) -> Iterator[tuple[Row, bool]]:
    """Say of each judged finding whose repository lies in a folder whether it still stands."""
    by_repository: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_repository[row["repository"]].append(row)
    for repository, its in by_repository.items():
        name = repository.replace("/", "+")
        checkouts = [folder / name for folder in folders if (folder / name).is_dir()]
        places = [reported(checkout) for checkout in checkouts]
        for row in its:
            seen = [
                each
                for each, at in zip(places, checkouts, strict=True)
                if (at / row["path"]).exists()
            ]
            if seen:
                yield row, any(place(row) in each for each in seen)


def lines(judged: Sequence[tuple[Row, bool]]) -> Iterator[tuple[object, ...]]:
    """Give a line for each rule: its true ones, its false ones, and how many of them stand."""
    counted: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for row, stands in judged:
        for code in (row["code"], "all"):
            counted[code][row["verdict"], stands] += 1
    for code in sorted(counted, key=lambda code: (code == "all", code)):
        each = counted[code]
        true, false = each["true", True], each["false", True]
        were = (true + each["true", False], false + each["false", False])
        yield code, were[0], true, were[1], false, share(true, true + false)


def main() -> int:
    """Review the checkouts, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--list", action="store_true", help="list false ones that still stand")
    given = parser.parse_args()
    rows = read()
    judged = list(found(rows, given.folders))
    print(f"{len(judged)} of {len(rows)} judged findings lie in the checkouts")
    show(("", "true", "stand", "false", "stand", "right now"), list(lines(judged)))
    for row, stands in judged if given.list else ():
        if stands and row["verdict"] == "false":
            print(*(row[key] for key in ("code", "repository", "path", "cell", "line", "reason")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
