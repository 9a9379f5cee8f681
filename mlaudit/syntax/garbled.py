"""What code that does not parse has bound: nothing is known of it behind that code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.source.document import Unit

_BINDS = re.compile(r"\s*(\w+(?:\s*,\s*\w+)*)\s*(?:=(?!=)|[-+*/|&]=)")
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_OPENING, _CLOSING = "([{", ")]}"


def forget(unit: Unit) -> ast.Delete | None:
    """Make a statement that takes away the names which a unit that does not parse may bind."""
    names = list(dict.fromkeys(name for name in _bound(unit.text) if name.isidentifier()))
    if not names:
        return None
    at = {"lineno": unit.first_line, "end_lineno": unit.first_line}
    targets: list[ast.expr] = [
        ast.Name(name, ast.Del(), col_offset=0, end_col_offset=0, **at) for name in names
    ]
    return ast.Delete(targets, col_offset=0, end_col_offset=0, **at)


def _bound(text: str) -> Iterator[str]:
    """Give the names that lines bind beside functions and brackets, as far as can be told."""
    depth, inside = 0, False
    for line in text.split("\n"):
        if depth == 0 and line.strip():
            inside = inside and line[:1].isspace()
            defined = _DEFINES.match(line)
            bound = None if inside else _BINDS.match(line)
            if defined:
                inside = True
                yield defined[1]
            elif bound:
                yield from map(str.strip, bound[1].split(","))
        depth = max(0, depth + sum(map(line.count, _OPENING)) - sum(map(line.count, _CLOSING)))
