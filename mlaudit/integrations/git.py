"""Which lines a change adds, as git tells."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location

_DIFF = (
    "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--text", "-U0", "-M",
    "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
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
    """

    revision: str
    added: dict[str, tuple[tuple[int, float], ...]]

    def touches(self, finding: Finding) -> bool:
        """Say whether any place of a finding stands in an added line."""
        places = (finding.location, *(each.location for each in finding.evidence))
        return any(map(self._holds, places))

    def _holds(self, place: Location) -> bool:
        stretches = self.added.get(os.path.realpath(place.path), ())
        if place.cell is not None and place.physical_line is None:
            return bool(stretches)
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
        added.setdefault(_absolute(top, name), []).append(stretch)
    for name in _git(top, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0"):
        if name:
            added[_absolute(top, name)] = [(1, float("inf"))]
    return Change(revision, {path: tuple(each) for path, each in added.items()})


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


def _absolute(top: Path, name: bytes) -> str:
    return os.path.realpath(top / os.fsdecode(name))


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
