"""What of one file the analysis could not follow."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from mlaudit.engine.coverage import EXAMINED, MOST_NOTES, PARTIAL, said
from mlaudit.model.review import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.engine.project import ProjectFiles
    from mlaudit.rulekit.module import Module


def examined(module: Module, project: ProjectFiles) -> FileCoverage:
    """Report a file whose trace was built."""
    document = module.document
    skipped = {problem.cell for problem in document.problems if problem.cell is not None}
    gaps = list(
        dict.fromkeys(
            (
                *map(said, document.problems),
                *_unfollowed(module, project),
                *_stars(module, project),
                *module.trace.notes,
            )
        )
    )
    if len(gaps) > MOST_NOTES:
        gaps = [*gaps[:MOST_NOTES], f"and {len(gaps) - MOST_NOTES} more"]
    status = PARTIAL if gaps else EXAMINED
    return FileCoverage(document.path, status, len(document.cells), len(skipped), tuple(gaps))


def _unfollowed(module: Module, project: ProjectFiles) -> Iterable[str]:
    """Name the imports that mean files of the project which could not be read."""
    for node in module.nodes.find(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            lost = [a.name for a in node.names if project.unfollowed([a.name], module.document)]
        else:
            origin = "." * node.level + (node.module or "")
            if project.is_foreign(origin):
                continue
            dot = "" if origin.endswith(".") else "."
            names = [origin, *(f"{origin}{dot}{alias.name}" for alias in node.names)]
            lost = [origin] if project.unfollowed(names, module.document) else []
        for name in lost:
            yield f"the import of `{name}` is not followed: the file is missing or cannot be parsed"


def _stars(module: Module, project: ProjectFiles) -> Iterable[str]:
    """Name the star imports of unknown libraries, which may bring anything."""
    known = module.catalogue.libraries
    for star in module.names.stars:
        ours = star.startswith(".") or project.locate(star, module.document.path) is not None
        top = star.split(".")[0]
        if not ours and top not in known and top not in sys.stdlib_module_names:
            yield f"`from {star} import *` brings names that cannot be told"
