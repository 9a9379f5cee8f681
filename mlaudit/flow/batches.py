"""Batches go by a name of the loader that gives them, best by one that tells its part."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import splits
from mlaudit.flow.values import Data, Value

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter


def kept_as(run: Interpreter, value: Value, name: object) -> None:
    """Note that a loader is kept under a key or attribute that tells a part: `self.val_loader`."""
    if run.loading and isinstance(name, str) and splits.part_named(name) is not None:
        inner = run.load(value)
        if isinstance(inner, Data) and inner.kind == "loader" and inner.rows.terms:
            names = run.loaders.setdefault(inner.rows, [])
            if name not in names:
                names.append(name)


def returned(run: Interpreter, node: ast.expr | None) -> None:
    """Note that a function of the program gives a loader, so that its call is one of a loader."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    if run.path and any(id(part) in run.loading for part in parts):
        run.loading.add(run.path[-1])


def called(run: Interpreter, data: Data, text: str) -> str:
    """Name batches after their loader, unless what is taken out of them tells the part itself."""
    if data.kind != "loader" and (not run.loaders or splits.part_named(text) is not None):
        return text
    names = run.loaders.get(data.rows)
    if names is None:
        held = (names for rows, names in reversed(run.loaders.items()) if data.rows.within(rows))
        names = next(held, [text])
    return next((name for name in names if splits.part_named(name) is not None), names[0])
