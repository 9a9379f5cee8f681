"""Which lines a change adds, as git tells."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.frozen import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location

_DIFF = (
    "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--text", "-U0", "-M",
    "--inter-hunk-context=0", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_STATUS = ("diff", "--name-status", "-z", "-M", "--no-ext-diff", "--submodule=short")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
_LETTERS = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))
_SHALLOW = "this clone is shallow: fetch its whole history (actions/checkout: `fetch-depth: 0`)"


class GitError(Exception):
    """Git cannot say what has changed; the message is one line that names the remedy."""


@frozen
class Change:
    """The lines that the working tree adds to the point where it left a revision.

    `added` maps absolute paths to (first, last) lines; a new file is one stretch without an end.
    `cells` maps those of notebooks to (cell, line) pairs.
    """

    revision: str
    added: dict[str, tuple[tuple[int, float], ...]]
    cells: dict[str, frozenset[tuple[int, int]]] = field(default_factory=dict)

    def touches(self, finding: Finding) -> bool:
        """Say whether any place of a finding stands in an added line."""
        places = (finding.location, *(each.location for each in finding.evidence))
        return any(map(self._holds, places))

    def _holds(self, place: Location) -> bool:
        path = os.path.realpath(place.path)
        stretches = self.added.get(path, ())
        if place.cell is not None:
            if path not in self.cells:
                return bool(stretches)
            numbers = range(place.line, max(place.line, place.end_line) + 1)
            return any((place.cell, number) in self.cells[path] for number in numbers)
        first = place.physical_line or place.line
        last = first + max(0, place.end_line - place.line)
        return any(first <= end and start <= last for start, end in stretches)


def since(revision: str, folder: Path) -> Change:
    """Find what has changed since the merge base with a revision, uncommitted work included.

    Raises `GitError` outside of a repository and for a revision that cannot be compared with.
    """
    top = Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    base = _merge_base(revision, top)
    added: dict[str, list[tuple[int, float]]] = {}
    for name, stretch in _added(_git(top, *_DIFF, base, "--")):
        added.setdefault(_absolute(top, os.fsdecode(name)), []).append(stretch)
    listed = _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    others = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    for other in others:
        added[_absolute(top, other)] = [(1, float("inf"))]
    cells = dict(_cells(top, base, others))
    return Change(revision, {path: tuple(each) for path, each in added.items()}, cells)


def _cells(
    top: Path, base: str, others: Iterable[str]
) -> Iterator[tuple[str, frozenset[tuple[int, int]]]]:
    """Give the lines that are added to the notebooks which were there before."""
    from mlaudit.integrations import notebooks

    changes = list(_statuses(_git(top, *_STATUS, base, "--")))
    changes += [("", name) for name in others]
    changes = [each for each in changes if max(each).lower().endswith(notebooks.SUFFIX)]
    before = {
        old: notebooks.lines(_git(top, "cat-file", "blob", f"{base}:{old}"))
        for old, _ in changes
        if old
    }
    after = {new: notebooks.lines(_content(top / new)) for _, new in changes if new}
    pairs = {new: old for old, new in changes if old and new}
    fresh = {new: after[new] for old, new in changes if not old}
    gone = {old: before[old] for old, new in changes if not new}
    pairs |= dict(notebooks.renamed(fresh, gone))
    for new, old in pairs.items():
        yield _absolute(top, new), notebooks.added(before[old], after[new])


def _statuses(listed: bytes) -> Iterator[tuple[str, str]]:
    """Read the changed files: their names before and after, empty where there was or is none."""
    words = iter([os.fsdecode(word) for word in listed.split(b"\0")[:-1]])
    for status in words:
        name = next(words)
        if status.startswith(("R", "C")):
            yield name, next(words)
        else:
            yield ("" if status == "A" else name), ("" if status == "D" else name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _merge_base(revision: str, top: Path) -> str:
    known = not revision.startswith("-") and _succeeds(
        top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"
    )
    shallow = _git(top, "rev-parse", "--is-shallow-repository").strip() == b"true"
    if not known:
        hint = f"; {_SHALLOW}" if shallow else ""
        raise GitError(f'git knows no revision "{revision}"{hint}')
    try:
        return _git(top, "merge-base", revision, "HEAD").decode().strip()
    except GitError:
        hint = _SHALLOW if shallow else "compare with a branch that this one grew from"
        raise GitError(f"{revision} and HEAD have no common ancestor; {hint}") from None


def _added(diff: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Read the added stretches of a diff without context."""
    name = b""
    skip = 0
    for line in diff.split(b"\n"):
        if skip and line[:1] in b"+-":
            skip -= 1
        elif line.startswith(b"+++ "):
            name = _unquoted(line[4:])
        elif hunk := _HUNK.match(line):
            removed, first, count = hunk[1], int(hunk[2]), int(hunk[3] or 1)
            skip = int(removed or 1) + count
            if count:
                yield name, (first, first + count - 1)


def added_lines(patch: str) -> Iterator[int]:
    """Number the lines that a file's part of a diff adds; `patch` begins with its first `@@`."""
    number = 0
    for line in patch.split("\n"):
        if hunk := _HUNK.match(line.encode(errors="replace")):
            number = int(hunk[2])
        elif line.startswith("+"):
            yield number
            number += 1
        elif not line.startswith(("-", "\\")):
            number += 1


def _unquoted(name: bytes) -> bytes:
    """Give the name behind `b/`; git quotes as C does what could be misread."""
    if name.startswith(b'"'):
        name = _ESCAPE.sub(_character, name.rstrip()[1:-1])
    else:
        name = name.rstrip(b"\t")
    return name.removeprefix(b"b/")


def _character(escape: re.Match[bytes]) -> bytes:
    found = escape[1]
    return bytes([int(found, 8) if found.isdigit() else _LETTERS[found[0]]])


def _absolute(top: Path, name: str) -> str:
    return os.path.realpath(top / name)


def _succeeds(folder: Path, *arguments: str) -> bool:
    try:
        _git(folder, *arguments)
    except GitError:
        return False
    return True


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        run = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except OSError:
        raise GitError("git cannot be run: install it, or leave out --changed-since") from None
    if run.returncode:
        told = run.stderr.decode(errors="replace").strip().split("\n")[0]
        raise GitError(told.removeprefix("fatal: ") or f"git {arguments[0]} failed")
    return run.stdout
