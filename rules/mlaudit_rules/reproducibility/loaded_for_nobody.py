"""Parts of a split that are put into loaders, and loaders that nobody goes through."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.readers import looked_at, readings

if TYPE_CHECKING:
    from mlaudit.rulekit import Module


def loaded_for_nobody(module: Module, split: ast.Call) -> bool:
    """Say whether the parts of a split only go into loaders, and nobody takes a batch of these.

    Whoever imports the document may go through them, and so may code that cannot be examined.
    """
    if module.importers or module.document.problems:
        return False
    uses = _uses(module, split)
    into = [use for use in uses or () if not _counted(module, use)]
    return bool(into) and all(_loads(module, use) for use in into)


def _loads(module: Module, use: ast.Name) -> bool:
    """Say whether a name goes into a loader of which no more is asked than its length."""
    made = module.nodes.parents[use]
    if isinstance(made, ast.keyword):
        made = module.nodes.parents[made]
    call = module.call_of.get(made)
    if call is None or call.entry is None or call.entry.kind != "loader":
        return False
    uses = _uses(module, call.node)
    return uses is not None and all(_counted(module, each) for each in uses)


def _uses(module: Module, made: ast.Call) -> list[ast.Name] | None:
    """List the readings of all names that a value goes by; None where it may go by others."""
    statement = module.nodes.parents.get(made)
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return None
    target, home = statement.targets[0], module.nodes.parents[statement]
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    if len(names) < len(parts) or isinstance(home, ast.ClassDef) or _are_shared(module, names):
        return None
    return [use for name in names for use in readings(module, statement, name)]


def _are_shared(module: Module, names: list[str]) -> bool:
    """Say whether functions share one of some names by `global` or `nonlocal`."""
    shared = module.nodes.find(ast.Global, ast.Nonlocal)
    return any(name in each.names for each in shared for name in names)


def _counted(module: Module, use: ast.Name) -> bool:
    """Say whether a name is only asked how long it is, or shown."""
    user = module.nodes.parents[use]
    return looked_at(user) or (isinstance(user, ast.Call) and last_name(user.func) == "len")
