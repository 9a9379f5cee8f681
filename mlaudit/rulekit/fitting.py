"""Repairs of transformers that were fitted on the wrong rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit.repair import Repair, statement_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.rulekit.module import Module

_FITS = ("fit", "fit_transform")
# They refuse values that they have not seen.
_STRICT = ("LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer", "OrdinalEncoder", "OneHot")


def transformed_only(module: Module, finding: Finding) -> Iterator[Repair]:
    """Turn the fit of a transformer on a test part into a mere transform.

    The last fit before must be one of the same transformer, of the same shape, on another part.
    """
    call = module.node_at(finding.location, ast.Call)
    before = _fit_before(module, call) if call is not None else None
    if call is None or before is None or not isinstance(call.func, ast.Attribute):
        return
    repair = Repair(module, safe=not any(word in module.document.text for word in _STRICT))
    if call.func.attr == "fit_transform":
        receiver = module.text(call.func).removesuffix("fit_transform")
        repair.replace(call.func, f"{receiver}transform")
    else:
        statement = statement_of(module, call)
        if not isinstance(statement, ast.Expr) or statement.value is not call:
            return
        repair.remove(statement)
    yield repair


def _fit_before(module: Module, call: ast.Call) -> ast.Call | None:
    """Find the last fit of the same transformer above a call, where it is its counterpart."""
    function = _around(module, call)
    above = [
        one.node
        for one in module.names.calls
        if one.function is function
        and one.node.lineno < call.lineno
        and isinstance(one.node.func, ast.Attribute)
        and one.node.func.attr in _FITS
        and isinstance(call.func, ast.Attribute)
        and ast.dump(one.node.func.value) == ast.dump(call.func.value)
    ]
    if not above or isinstance(_receiver(call), ast.Call):
        return None
    last = max(above, key=lambda one: one.lineno)
    same = [_blank(one) for one in (*last.args[:1], *call.args[:1])]
    differ = last.args and call.args and ast.dump(last.args[0]) != ast.dump(call.args[0])
    return last if differ and len(same) == 2 and same[0] == same[1] else None


def _receiver(call: ast.Call) -> ast.expr:
    return call.func.value if isinstance(call.func, ast.Attribute) else call.func


def _around(module: Module, call: ast.Call) -> ast.AST | None:
    return next((one.function for one in module.names.calls if one.node is call), None)


def _blank(node: ast.expr) -> str:
    """Write an expression without the names in it: `X_train[columns]` is like `X_test[columns]`."""
    copy = ast.parse(ast.unparse(node), mode="eval").body
    first = next((one for one in ast.walk(copy) if isinstance(one, ast.Name)), None)
    if first is not None:
        first.id = "_"
    return ast.dump(copy)
