"""Weights that are read from a fixed file where that is there, as fine-tuning does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name, spelt
from mlaudit_rules.reproducibility.bindings import sole_values

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

ASKING = frozenset({"exists", "isfile", "is_file"})
_JOINING = frozenset({"Path", "PurePath", "join", "joinpath", "str", "abspath"})
_WRITING = Pattern(
    r"(?i)^(?!load|read|restore|get|find).*(save(?!_?fig|_?image|txt)|checkpoint|dump)"
)
_STEPS = 4


def read_where_there(module: Module, branch: ast.If, node: ast.AST) -> bool:
    """Say whether `if path.exists():` leads to a node that reads a file of somebody else's making.

    A file that the program may write itself is not there when it runs for the first time.
    """
    path = _asked_for(branch.test)
    name = _file(module, path) if path is not None else None
    if path is None or name is None:
        return False
    start, end = module.nodes.stretch(branch.body[0])[0], module.nodes.stretch(branch.body[-1])[1]
    if not start <= module.nodes.stretch(node)[0] < end:
        return False
    calls = (call for part in branch.body for call in module.nodes.find(ast.Call, within=part))
    if not any(spelt(given) == spelt(path) for call in calls for given in _given(call)):
        return False
    return not any(_may_write(module, call, name) for call in _writing(module))


def _asked_for(test: ast.expr) -> ast.expr | None:
    """Find the path of `path.exists()` and of `os.path.exists(path)`."""
    if not isinstance(test, ast.Call) or not isinstance(test.func, ast.Attribute):
        return None
    if test.func.attr not in ASKING:
        return None
    return test.args[0] if test.args else test.func.value


def _writing(module: Module) -> list[ast.Call]:
    """List the calls that may write weights, but for those of functions of the document."""
    own = {node.name for node in module.nodes.find(ast.FunctionDef)}
    named = [name for name in module.called if _WRITING.search(name) and name not in own]
    calls = [call.node for call in module.calls_named(*named)]
    resolved = [(module.names.resolve(call.func) or "", call) for call in calls]
    return [call for name, call in resolved if not name.startswith("json.")]


def _may_write(module: Module, call: ast.Call, name: str) -> bool:
    """Say whether a call names a file, or none that is known."""
    known = {_file(module, given) for given in _given(call)} - {None}
    return not known or name in known


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _file(module: Module, node: ast.expr, steps: int = _STEPS) -> str | None:
    """Give the last part of a path that is written down, None where it is open."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("\\", "/").rpartition("/")[2]
    part: ast.expr | None = None
    if isinstance(node, ast.Name):
        part = module.fact(sole_values).get(node.id)
    elif isinstance(node, ast.Call) and last_name(node.func) in _JOINING and node.args:
        part = node.args[-1]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        part = node.right
    return _file(module, part, steps - 1) if part is not None and steps else None
