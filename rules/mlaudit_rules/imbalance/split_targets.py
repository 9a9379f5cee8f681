"""Targets of several columns, or of a class for each pixel: no split can be stratified by them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, Words, last_name

if TYPE_CHECKING:
    from mlaudit.rulekit import Module, Split

_SAYING_SO = Pattern(
    r"(?i)multi[-_ ]?labell?(?!-?encoder)|MultiLabelBinarizer|multi[-_ ]?output|ClassifierChain"
    r"|BinaryRelevance|LabelPowerset|hamming_loss|IterativeStratif"
)
_SPEAKING = Words(
    *("multi", "chain", "binaryrelevance", "labelpowerset", "hamming", "iterativestrat"),
    any_case=True,
)
_ONE_FOR_EACH = Pattern(
    r"(?i)Dense\(\s*(units\s*=\s*)?(len\(|\w*(num|n)_?(class|label)\w*)[^()]*\)?\s*,"
    r"\s*activation\s*=\s*[\"']sigmoid"
)
# What has as many columns as before.
_AS_WIDE = frozenset(
    {"array", "asarray", "astype", "copy", "dropna", "fillna", "reset_index", "to_numpy", "values"}
)


def several_targets(module: Module, split: Split) -> bool:
    """Say whether the rows of a split have several targets, as far as code and words tell."""
    if module.fact(_says_so):
        return True
    call = module.node_at(split.place.location, ast.Call)
    if call is None or len(call.args) < 2 or split.place.document is not module.document:
        return False
    return _is_wide(module, call.args[1], call.lineno)


def _says_so(module: Module) -> bool:
    text = module.document.text
    if _SPEAKING.stand_in(text) and _SAYING_SO.search(text):
        return True
    return "sigmoid" in text and _ONE_FOR_EACH.search(text) is not None


def _is_wide(module: Module, table: ast.expr, before: int) -> bool:
    """Say whether an expression that stands on a line surely is a table of several columns."""
    if isinstance(table, ast.Name):
        value = _bound(module, table.id, before)
        return value is not None and _is_wide(module, value, value.lineno)
    if isinstance(table, ast.Subscript):
        return _chooses_several(module, table.slice, before)
    if isinstance(table, ast.Attribute) and table.attr in _AS_WIDE:
        return _is_wide(module, table.value, before)
    if isinstance(table, ast.Call) and last_name(table.func) == "reshape":
        return _is_stacked(module, table)
    if not isinstance(table, ast.Call) or last_name(table.func) not in _AS_WIDE:
        return False
    if isinstance(table.func, ast.Attribute) and module.names.resolve(table.func) is None:
        return _is_wide(module, table.func.value, before)
    return bool(table.args) and _is_wide(module, table.args[0], before)


def _is_stacked(module: Module, call: ast.Call) -> bool:
    """Say whether each row gets two dimensions or more, as masks have: `reshape(n, 64, 64)`."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if module.names.resolve(call.func) is not None:
        given = given[1:]  # the first is the array itself
    if len(given) == 1 and isinstance(given[0], ast.Tuple | ast.List):
        given = given[0].elts
    return sum(not _is_one(size) for size in given[1:]) > 1


def _is_one(size: ast.expr) -> bool:
    return isinstance(size, ast.Constant) and size.value in {1, "C", "F", "A"}


def _chooses_several(module: Module, index: ast.expr, before: int) -> bool:
    """Say whether an index keeps several columns: `[["a", "b"]]`, `[TARGETS]`, `[:, 3:]`."""
    if isinstance(index, ast.Tuple) and index.elts:
        last = index.elts[-1]
        if isinstance(last, ast.Slice):
            return not _is_narrow(last)
        index = last
    if isinstance(index, ast.Name):
        value = _bound(module, index.id, before)
        return isinstance(value, ast.List) and len(value.elts) > 1
    return isinstance(index, ast.List) and len(index.elts) > 1


def _is_narrow(cut: ast.Slice) -> bool:
    """Say whether a slice of columns may leave one: `-1:`, `:1`, `3:4`, or bounds unknown."""
    low, high = _number(cut.lower), _number(cut.upper)
    if cut.upper is None:
        return low is None or low == -1
    if cut.lower is None:
        return high is None or high == 1
    return low is None or high is None or high - low == 1


def _number(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None


def _bound(module: Module, name: str, before: int) -> ast.expr | None:
    """Find what a name was last bound to above a line, by an assignment of its own."""
    values = [value for line, value in module.fact(_assigned).get(name, ()) if line < before]
    return values[-1] if values else None


def _assigned(module: Module) -> dict[str, list[tuple[int, ast.expr]]]:
    """List what each name is bound to by assignments of its own, with the line."""
    found: dict[str, list[tuple[int, ast.expr]]] = {}
    for node in module.nodes.find(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append((node.lineno, node.value))
    return found
