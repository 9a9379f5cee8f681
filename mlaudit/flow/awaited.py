"""Names that are read before the program binds them: its lines were run in another order.

What they stand for is made further down, and nobody knows of which rows.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter


def read(run: Interpreter, name: str) -> None:
    """Note a name of the top level that stands for nothing yet, where a later line binds it."""
    scope = run.state.scope
    key = scope.identity, name
    if scope.outer is None and key not in run.awaited:
        bound = re.search(rf"(?m)^{re.escape(name)}\s*=(?!=)", run.document.text)
        run.awaited[key] = bound is not None


def bound(run: Interpreter, name: str, source: ast.expr | None) -> None:
    """Note of what is bound to a name, of unknown origin, whether it was made of such a name."""
    scope = run.state.scope
    run.awaited[scope.identity, name] = source is not None and any(
        run.awaited.get((scope.identity, node.id))
        for node in walk(source)
        if isinstance(node, ast.Name)
    )
