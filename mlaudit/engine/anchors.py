"""Where findings are anchored: the statement and the scope, which survive edits elsewhere."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.fingerprint import fingerprint
from mlaudit.model.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mlaudit.model.finding import Finding


@frozen
class Anchor:
    """The enclosing function, class or cell, and the statement without comments and layout."""

    scope: str
    statement: str


@frozen
class Anchored:
    """A finding, with what identifies it."""

    finding: Finding
    anchor: Anchor


def with_fingerprints(found: Iterable[Anchored], root: Path) -> list[Anchored]:
    """Give each finding its identity; equal ones of one scope are counted in their order.

    `root` is the folder of the project that paths are made relative to.
    """
    seen: Counter[tuple[str, str, Anchor]] = Counter()
    relative = relative_to(root)
    done = []
    for one in sorted(found, key=lambda one: one.finding.sort_key):
        finding, held = one.finding, one.anchor
        path = relative(finding.location.path)
        key = (finding.code, path, held)
        identity = fingerprint(finding.code, path, held.scope, held.statement, seen[key])
        seen[key] += 1
        done.append(Anchored(replace(finding, fingerprint=identity), held))
    return done


def relative_to(root: Path) -> Callable[[str], str]:
    """Give what makes a path relative to the project, in POSIX form; others stay as they are."""
    base = root.absolute()

    @cache
    def relative(path: str) -> str:
        try:
            return Path(path).absolute().relative_to(base).as_posix()
        except ValueError:
            return Path(path).as_posix()

    return relative
