"""What outcomes rest upon besides the files under review: programs, rules, settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.catalogue.declared import GROUP, declared, distributions
from mlaudit.config.schema import Settings
from mlaudit.engine.digest import digest
from mlaudit.engine.inputs import root
from mlaudit.model.frozen import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.config.schema import Config
    from mlaudit.engine.cache import Cache

FORMAT = 1
# These choose files, or judge findings, without a part in any finding.
ASIDE = frozenset(
    (
        *("exclude", "respect_gitignore", "rework_confidence", "fail_on", "keep_going"),
        *("baseline", "baseline_strict", "cache", "cache_dir"),
    )
)
_NO_CODE = (".md", ".pyc")


def foundation(config: Config, cache: Cache) -> str:
    """Identify all that decides about outcomes and stands in none of the files under review.

    That is our own code, the rules and their tables, what else is installed, Python, the settings,
    and the folders that names are relative to.
    """
    installed = [found for folder in sys.path if (found := distributions(folder or os.curdir))]
    chosen = [(name, getattr(config, name)) for name in names_of(Settings) if name not in ASIDE]
    here = (str(Path.cwd()), str(root(config)))
    parts = (FORMAT, sys.version, sys.platform, _code(cache), installed, chosen, here)
    return digest(repr(parts).encode("utf-8", "surrogatepass"))


def _code(cache: Cache) -> str:
    """Identify our code and the rule packs by content, which is read only when a file was touched.

    The cache is shared with other machines and checkouts, whose files have other dates.
    """
    files = sorted(_files(_folders()))
    touched = digest(repr(files).encode("utf-8", "surrogatepass"))
    known = cache.get(touched)
    if known is None:
        known = digest("\n".join(map(_content, files)).encode())
        cache.keep(touched, known)
    return known


def _folders() -> Iterator[str]:
    yield str(Path(__file__).parents[1])
    for _, module in declared(GROUP, sys.path):
        yield from _package(module.partition(".")[0])


def _package(name: str) -> Iterable[str]:
    """Find the folders of a package without importing it."""
    loaded = sys.modules.get(name)
    if loaded is not None:
        return list(loaded.__path__)
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None)
        if spec is not None:
            return spec.submodule_search_locations or ()
    return ()


def _files(folders: Iterable[str]) -> Iterator[tuple[str, str, int, int, int]]:
    """Give every file of the folders: folder, name, size, and when content and state changed."""
    for top in folders:
        pending = [top]
        while pending:
            folder = pending.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir():
                        pending.append(entry.path)
                    elif not entry.name.endswith(_NO_CODE):
                        status = entry.stat()
                        times = (status.st_mtime_ns, status.st_ctime_ns)
                        yield (top, entry.path[len(top) :], status.st_size, *times)


def _content(file: tuple[str, str, int, int, int]) -> str:
    top, name, *_ = file
    return f"{Path(top).name}{name} {digest(Path(top + name).read_bytes())}"
