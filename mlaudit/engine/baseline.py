"""A baseline: the findings that a project already knows, so that only new ones are judged.

An entry answers for one finding and no more: fingerprints count equal ones.  What was moved or
renamed is known by its statement, as long as it no longer stands where it stood.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from mlaudit.config.schema import ConfigError
from mlaudit.engine.anchors import relative_to
from mlaudit.model.fingerprint import fingerprint
from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from mlaudit.engine.anchors import Anchored
    from mlaudit.engine.examine import Examined

VERSION = 1
_KEYS = ("code", "path", "message", "fingerprint", "moved")


@frozen
class Entry:
    """A known finding, with what a reader needs to recognise it.

    `path` is relative to the project; `moved` identifies the statement wherever it stands.
    """

    code: str
    path: str
    message: str
    fingerprint: str
    moved: str

    def __str__(self) -> str:
        """Give one line."""
        return f"{self.path}: {self.code} {self.message}"


@frozen
class Divided:
    """Findings that are new, how many are known, and the entries that nothing answers to.

    `apart` are entries that may stand in what was not examined.
    """

    new: tuple[Anchored, ...]
    known: int = 0
    apart: tuple[Entry, ...] = ()
    stale: tuple[Entry, ...] = ()


def read(path: Path) -> tuple[Entry, ...]:
    """Read a baseline; raises `ConfigError` if it cannot be read or is none."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or error
        raise ConfigError(f"{path}: {why}; `mlaudit baseline` makes one") from None
    except ValueError:
        raise ConfigError(f"{path}: is not JSON text") from None
    if not isinstance(written, dict) or written.get("version") != VERSION:
        raise ConfigError(f"{path}: is not a baseline of version {VERSION}")
    try:
        found = written["findings"]
        return tuple(Entry(**{key: str(each[key]) for key in _KEYS}) for each in found)
    except (KeyError, TypeError):
        raise ConfigError(f"{path}: an entry lacks one of {', '.join(_KEYS)}") from None


def dump(entries: Iterable[Entry]) -> str:
    """Write a baseline: sorted, a line for each entry, so that its changes can be read."""
    ordered = sorted(entries, key=lambda each: (each.path, each.code, each.fingerprint))
    tables = ({key: getattr(each, key) for key in _KEYS} for each in ordered)
    lines = [f"    {json.dumps(table, ensure_ascii=False)}" for table in tables]
    body = "\n" + ",\n".join(lines) if lines else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{body}\n  ]\n}}\n'


def divide(examined: Examined, known: Sequence[Entry]) -> Divided:
    """Tell new findings from known ones.

    Entries of files that were not wholly examined are left alone, unless the file is gone; they
    answer for nothing in another file.
    """
    relative = relative_to(examined.base)
    own = {one.finding.fingerprint for one in examined.found}
    seen = set(map(relative, examined.seen))
    unmet: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in known:
        if entry.fingerprint not in own:
            stays = entry.path not in seen and (examined.base / entry.path).exists()
            unmet[entry.moved, entry.path if stays else ""].append(entry)
    prints = {entry.fingerprint for entry in known}
    new = []
    for one in examined.found:
        if one.finding.fingerprint in prints:
            continue
        moved, path = _moved(one), relative(one.finding.location.path)
        if same := unmet[moved, ""] or unmet[moved, path]:
            same.pop()
        else:
            new.append(one)
    apart = tuple(entry for (_, path), left in unmet.items() if path for entry in left)
    stale = tuple(entry for (_, path), left in unmet.items() if not path for entry in left)
    return Divided(tuple(new), len(examined.found) - len(new), apart, stale)


def renewed(examined: Examined, before: Sequence[Entry], *, grow: bool) -> list[Entry]:
    """Give a baseline of what was found, without new findings unless it may `grow`.

    Entries of files that were not wholly examined stay.
    """
    divided = divide(examined, before)
    new = {one.finding.fingerprint for one in divided.new}
    held = [one for one in examined.found if grow or one.finding.fingerprint not in new]
    return [*divided.apart, *_entries(held, examined.base)]


def _entries(found: Iterable[Anchored], base: Path) -> Iterator[Entry]:
    relative = relative_to(base)
    for one in found:
        finding = one.finding
        path = relative(finding.location.path)
        yield Entry(finding.code, path, finding.message, finding.fingerprint, _moved(one))


def _moved(one: Anchored) -> str:
    return fingerprint(one.finding.code, "", "", one.anchor.statement)
