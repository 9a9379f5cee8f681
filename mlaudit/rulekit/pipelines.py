"""Repairs that put preprocessing into the pipeline that is cross-validated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit.repair import NoRepair, Repair, block_of, statement_of
from mlaudit.rulekit.usage import binds, function_of, readers, reads_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.rulekit.module import Module

_RUNNERS = {"cross_val_score", "cross_validate", "cross_val_predict"}
_RESAMPLING = {"fit_resample", "fit_sample"}


def into_pipeline(module: Module, finding: Finding) -> Iterator[Repair]:
    """Give the cross-validation the data as they were, and a pipeline that begins with the fit.

    Every cross-validation of the fitted values gets one; the fit stays where others read them.
    """
    call = module.node_at(finding.location, ast.Call)
    if call is None or not isinstance(call.func, ast.Attribute):
        return
    statement = statement_of(module, call)
    if not isinstance(statement, ast.Assign) or statement.value is not call:
        return
    renamed = _renamed(call, statement.targets[0])
    runs, others = _runs(module, statement, renamed)
    if not runs or any(old == new for old, new in renamed.items() if old in others):
        return
    repair = Repair(module)
    package = "imblearn.pipeline" if call.func.attr in _RESAMPLING else "sklearn.pipeline"
    pipeline = repair.imported(package, "make_pipeline", runs[0])
    step = module.text(call.func.value)
    for run in runs:
        model = run.args[0]
        repair.replace(model, f"{pipeline}({step}, {module.text(model)})")
        for name in module.nodes.find(ast.Name, within=run):
            new = renamed.get(name.id)
            if new is not None and new != name.id:
                repair.replace(name, new)
    if not others:
        repair.remove(statement)
    yield repair


def _renamed(call: ast.Call, target: ast.expr) -> dict[str, str]:
    """Map the names of the fitted values to those of what they were made of."""
    assert isinstance(call.func, ast.Attribute)
    resampled = call.func.attr in _RESAMPLING
    if not resampled and call.func.attr != "fit_transform":
        raise NoRepair
    targets = target.elts if resampled and isinstance(target, ast.Tuple) else [target]
    names = [one.id for one in targets if isinstance(one, ast.Name)]
    given = [one.id for one in call.args[: len(targets)] if isinstance(one, ast.Name)]
    if len(names) != len(targets) or len(given) != len(targets) or call.keywords:
        raise NoRepair
    return dict(zip(names, given, strict=True))


def _runs(
    module: Module, statement: ast.Assign, renamed: dict[str, str]
) -> tuple[list[ast.Call], set[str]]:
    """Find the cross-validations that read fitted values, and the values that others read."""
    runs: dict[ast.Call, None] = {}
    others: set[str] = set()
    for name in renamed:
        for node in readers(module, name, statement):
            run = _run(module, node)
            if function_of(module, node) is not function_of(module, statement):
                raise NoRepair
            if run is not None:
                runs[run] = None
            elif not reads_size(module, node):
                others.add(name)
    for run in runs:
        _check_unchanged(module, statement, statement_of(module, run), set(renamed.values()))
    return list(runs), others


def _run(module: Module, node: ast.Name) -> ast.Call | None:
    """Give the cross-validation that is given a name as its rows or labels."""
    call = module.nodes.parents[node]
    if isinstance(call, ast.keyword):
        call = module.nodes.parents[call]
    if not isinstance(call, ast.Call) or not call.args or call.args[0] is node:
        return None
    names = [one.rsplit(".", 1)[-1] for one in module.names.candidates(call.func)]
    return call if _RUNNERS & set(names) else None


def _check_unchanged(module: Module, first: ast.stmt, last: ast.stmt, sources: set[str]) -> None:
    """Make sure that what was fitted is the same where it is cross-validated."""
    block = block_of(module, first)
    start = next(position for position, one in enumerate(block) if one is first)
    between = [one for one in block[start + 1 :] if one.lineno <= last.lineno]
    if any(binds(module, between, name) for name in sources):
        raise NoRepair
