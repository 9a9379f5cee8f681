"""Tries the fixes on real code: `python -m benchmarks.fixing FOLDER… --limit 100 --seed 1`.

Files are drawn at random until so many fixes were offered.  Each is made alone on a copy of its
file, from the edits as a program would read them, and it is checked that

- the file parses: every cell, and the JSON of a notebook,
- the finding is gone: a review of the copy has one fewer of its code,
- no other has come: the review has no more of any other code,
- nothing else changes: only lines that the edits name differ, and of a notebook only sources.

Printed are the faults, and for each rule its findings, the share with a fix, and the faults.
`--show FOLDER` writes the differences there, to be read.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.table import share, show
from mlaudit.config.schema import Config, Profile
from mlaudit.engine.fixes import Workshop
from mlaudit.engine.review import review
from mlaudit.model.finding import Safety
from mlaudit.source.read import encoding_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlaudit.model.finding import Finding, Stored
    from mlaudit.model.review import Review

CHECKS = ("parses", "gone", "none new", "nothing else")


@dataclass
class Tally:
    """What was found by one rule, how often it had a fix, and how often a fix was at fault."""

    findings: int = 0
    safe: int = 0
    unsafe: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=100, help="stop after so many fixes")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the files")
    parser.add_argument(
        "--profile", default="exploration", choices=[each.value for each in Profile]
    )
    parser.add_argument("--select", default="", help="only rules whose codes begin so")
    parser.add_argument("--safe", action="store_true", help="leave unsafe fixes out")
    parser.add_argument("--show", type=Path, help="write the differences to this folder")
    options = parser.parse_args(arguments)
    select = tuple(filter(None, options.select.split(",")))
    config = Config(profile=Profile(options.profile), select=select)
    tallies: dict[str, Tally] = {}
    files = offered = 0
    for path in shuffled(options.folders, options.seed):
        if offered >= options.limit:
            break
        found = tried(path, config, unsafe=not options.safe)
        files += bool(found)
        for number, (finding, faults, difference) in enumerate(found):
            tally = tallies.setdefault(finding.code, Tally())
            tally.findings += 1
            if difference:
                offered += 1
                safe = finding.fix is not None and finding.fix.safety is Safety.SAFE
                tally.safe += safe
                tally.unsafe += not safe
                tally.faults.update(faults)
                for fault in faults:
                    print(f"NOT {fault}: {path} {finding.location} {finding.code}")
                if options.show:
                    name = f"{finding.code}-{offered:04}-{number}.diff"
                    options.show.mkdir(parents=True, exist_ok=True)
                    head = f"{path}\n{finding.code} {finding.message}\n"
                    (options.show / name).write_text(head + difference, encoding="utf-8")
    tell(tallies, files)
    return int(any(tally.faults for tally in tallies.values()))


def shuffled(folders: Sequence[Path], seed: int) -> list[Path]:
    found = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".ipynb"} and path.is_file()
    ]
    random.Random(seed).shuffle(found)
    return found


def tried(path: Path, config: Config, *, unsafe: bool) -> list[tuple[Finding, list[str], str]]:
    """Make each fix of a file on a copy; a finding without one has no difference to show."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        before = review([str(copy)], config)
        offered = Workshop([str(copy)], config, unsafe=unsafe).offered(before)
        return [_judged(copy, finding, before, config) for finding in offered.findings]


def tell(tallies: dict[str, Tally], files: int) -> None:
    rows: list[tuple[object, ...]] = []
    for code, one in sorted(tallies.items()):
        made = one.safe + one.unsafe
        faults = [one.faults[check] for check in CHECKS]
        rows.append((code, one.findings, one.safe, one.unsafe, share(made, one.findings), *faults))
    sums = [sum(one.findings for one in tallies.values()), 0, 0]
    sums[1:] = [
        sum(one.safe for one in tallies.values()),
        sum(one.unsafe for one in tallies.values()),
    ]
    faults = [sum(one.faults[check] for one in tallies.values()) for check in CHECKS]
    rows.append(("all", *sums, share(sums[1] + sums[2], sums[0]), *faults))
    heads = [f"not {check}" for check in CHECKS]
    print(f"{files} files with findings")
    show(("rule", "findings", "safe", "unsafe", "share", *heads), rows)


def _judged(
    copy: Path, finding: Finding, before: Review, config: Config
) -> tuple[Finding, list[str], str]:
    if finding.fix is None or not finding.fix.edits:
        return finding, [], ""
    content = copy.read_bytes()
    edits = [edit.stored for edit in finding.fix.edits]
    text = content.decode(_encoding(copy, content))
    edited = made(text, edits)
    copy.write_bytes(edited.encode(_encoding(copy, content)))
    try:
        faults = list(_faults(copy, text, edited, edits, finding, before, config))
    finally:
        copy.write_bytes(content)
    lines = unified_diff(text.split("\n"), edited.split("\n"), lineterm="", n=4)
    return finding, faults, "\n".join(lines)


def made(text: str, edits: Sequence[Stored]) -> str:
    """Make the edits of a fix in the text of a file, the last one first."""
    starts = [0]
    for line in _lines(text):
        starts.append(starts[-1] + len(line))
    for edit in reversed(edits):
        start = starts[edit.line - 1] + edit.column - 1
        end = starts[edit.end_line - 1] + edit.end_column - 1
        text = text[:start] + edit.text + text[end:]
    return text


def _faults(
    copy: Path,
    text: str,
    edited: str,
    edits: Sequence[Stored],
    finding: Finding,
    before: Review,
    config: Config,
) -> Iterator[str]:
    """Name the checks that an edited copy fails."""
    after = review([str(copy)], config)
    broken = [after.errors, *(file.notes for file in after.coverage.files)]
    if len(str(broken)) > len(
        str([before.errors, *(file.notes for file in before.coverage.files)])
    ) or any(problem.fatal for problem in read(copy, copy.name).problems):
        yield "parses"
    old, new = (Counter(one.code for one in each.findings) for each in (before, after))
    if new[finding.code] != old[finding.code] - 1:
        yield "gone"
    if any(new[code] > old[code] for code in new if code != finding.code):
        yield "none new"
    if not _limited(text, edited, edits) or not _same_beside_sources(copy, text, edited):
        yield "nothing else"


def _limited(text: str, edited: str, edits: Sequence[Stored]) -> bool:
    """Say whether all lines that no edit names stand in the edited text, in their order."""
    named = {line for edit in edits for line in range(edit.line, edit.end_line + 1)}
    kept = [""]
    for number, line in enumerate(_lines(text), 1):
        if number in named:
            kept.append("")
        else:
            kept[-1] += line
    if not edited.startswith(kept[0]) or not edited.endswith(kept[-1]):
        return False
    position = len(kept[0])
    for stretch in kept[1:]:
        position = edited.find(stretch, position)
        if position < 0:
            return False
        position += len(stretch)
    return True


def _same_beside_sources(copy: Path, text: str, edited: str) -> bool:
    if copy.suffix != ".ipynb":
        return True
    return bool(_without_sources(json.loads(text)) == _without_sources(json.loads(edited)))


def _without_sources(book: Any) -> Any:
    if isinstance(book, list):
        return [_without_sources(each) for each in book]
    if isinstance(book, dict):
        return {
            key: _without_sources(value)
            for key, value in book.items()
            if key not in {"source", "input"} or "cell_type" not in book
        }
    return book


def _lines(text: str) -> list[str]:
    r"""Divide a text behind `\n`, `\r\n` and `\r`, and nowhere else."""
    return [piece for piece in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text) if piece]


def _encoding(copy: Path, content: bytes) -> str:
    if copy.suffix == ".ipynb":
        return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    return encoding_of(content)


if __name__ == "__main__":
    sys.exit(main())
