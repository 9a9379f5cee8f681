"""Repairs that give numbers names: a block of settings below the first imports."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit.repair import NoRepair, Repair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit.module import Module

_SETTING_UP = ast.Import | ast.ImportFrom | ast.Expr | ast.Try | ast.Pass


def settings_bound(
    module: Module, call: ast.Call, names: Iterable[str], parameters: Iterable[str] = ()
) -> Repair:
    """Bind the arguments of a call to names in a block of settings, and pass the names.

    `parameters` are those that arguments may be given to by position.
    """
    repair = Repair(module, safe=False)
    first, last = _block(module, call)
    lines = [] if last is not first else [""]
    wanted = list(names)
    for keyword, value in _given(call, parameters):
        if keyword in wanted:
            name = _name(repair, call, keyword)
            lines.append(f"{name} = {module.text(value)}")
            repair.replace(value, name)
    if len(lines) == (last is first):
        raise NoRepair
    repair.below(last, *lines)
    return repair


def _given(call: ast.Call, parameters: Iterable[str]) -> list[tuple[str, ast.expr]]:
    by_name = [(one.arg, one.value) for one in call.keywords if one.arg is not None]
    return [*zip(parameters, call.args, strict=False), *by_name]


def _block(module: Module, call: ast.Call) -> tuple[ast.stmt, ast.stmt]:
    """Give the last of the first imports, and the last setting of the block below them."""
    first: ast.stmt | None = None
    last: ast.stmt | None = None
    for statement in module.tree.body:
        if statement.lineno >= call.lineno:
            break
        if isinstance(statement, ast.Import | ast.ImportFrom) and last is first:
            first = last = statement
        elif first is not None and _is_setting(statement):
            last = statement
        elif last is not first or not isinstance(statement, _SETTING_UP):
            break
    if first is None or last is None:
        raise NoRepair
    return first, last


def _is_setting(statement: ast.stmt) -> bool:
    """Say whether a statement binds a name in capitals to a literal."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    written = isinstance(statement.value, ast.Constant | ast.UnaryOp | ast.Tuple | ast.List)
    return isinstance(target, ast.Name) and target.id.isupper() and written


def _name(repair: Repair, call: ast.Call, parameter: str) -> str:
    """Name a setting after its parameter, and after what is called where that name is taken."""
    function = ast.unparse(call.func).rsplit(".", 1)[-1]
    owner = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", function).upper()
    for name in (parameter.upper(), f"{owner}_{parameter.upper()}"):
        if repair.is_free(name):
            return name
    raise NoRepair
