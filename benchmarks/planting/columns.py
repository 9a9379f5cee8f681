"""Columns that tell the target, or what comes later."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import (
    division,
    frames,
    outputs,
)
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.leakage import VALIDATORS
from benchmarks.planting.source import argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source


@fault("target left in the features", "LEAK008", also=("LEAK003",))
def target_left(source: Source) -> Iterator[Plant]:
    """Keep the target among the columns."""
    for call in source.calls("drop"):
        if not isinstance(call.func, ast.Attribute):
            continue
        dropped = argument(call, None, "columns") or argument(call, 0)
        table = source.code(call.func.value)
        if isinstance(dropped, ast.List | ast.Constant | ast.Name):
            target = _target_of(source, table, dropped)
            if target is None:
                continue
            if isinstance(dropped, ast.List) and len(dropped.elts) > 1:
                yield Plant([source.drop_item(target, dropped.elts)], near=_trainings(source))
            else:
                yield Plant([source.replace(call, table)], near=_trainings(source))
    yield from _listed(source)


def _target_of(source: Source, table: str, dropped: ast.expr) -> ast.expr | None:
    items = dropped.elts if isinstance(dropped, ast.List) else [dropped]
    for item in items:
        if f"{table}[{source.code(item)}]" in source.text:
            return item
    return None


def _listed(source: Source) -> Iterator[Plant]:
    """Add the target to a list of features that both parts of a table are read by."""
    for assign in source.find(ast.Assign):
        names = outputs(assign)
        if len(names) != 1 or not isinstance(assign.value, ast.List) or not assign.value.elts:
            continue
        used = re.findall(rf"(?:= |fit\()(\w+)\[{names[0]}\]", source.text)
        if not used:
            continue
        learns = rf'\b{used[0]}\["(\w+)"\]\)?$'
        target = re.search(rf'= {used[0]}\["(\w+)"\]$', source.text, re.MULTILINE)
        target = target or re.search(learns, source.text, re.MULTILINE)
        if target and f'"{target[1]}"' not in source.code(assign):
            last = assign.value.elts[-1]
            end = source.span(last)[1]
            edit = source.replace(last, f'{source.text[source.span(last)[0] : end]}, "{target[1]}"')
            yield Plant([edit], near=_trainings(source))


def _trainings(source: Source) -> list[ast.Call]:
    """Find what trains: there the target is met among the features."""
    return source.calls("fit", "train", *VALIDATORS)


@fault("column made of the target", "LEAK008", also=("LEAK004",))
def made_of_target(source: Source) -> Iterator[Plant]:
    """Add a column that is computed from the target."""
    for statement, table, target in _features_by_drop(source):
        code = f'{table}["level"] = {table}[{target}] * 2'
        yield Plant([source.before(statement, code)], near=_trainings(source))


def _features_by_drop(source: Source) -> Iterator[tuple[ast.stmt, str, str]]:
    for call in source.calls("drop"):
        if not isinstance(call.func, ast.Attribute):
            continue
        table = source.code(call.func.value)
        dropped = argument(call, None, "columns") or argument(call, 0)
        if isinstance(dropped, ast.List | ast.Constant | ast.Name) and table.isidentifier():
            target = _target_of(source, table, dropped)
            if target is not None:
                yield source.statement(call), table, source.code(target)


@fault("categories encoded by the target in sample", "LEAK009", also=("LEAK004", "LEAK008"))
def target_encoded(source: Source) -> Iterator[Plant]:
    """Put the mean of the target by category into a column, over the rows that are learnt."""
    for statement, table, target in _features_by_drop(source):
        by = f'{table}.groupby("region")[{target}]'
        for code in (
            f'{table}["usual"] = {table}["region"].map({by}.mean())',
            f'{table}["usual"] = {by}.transform("mean")',
        ):
            # All rows share in the means: that is a statistic above the split, too.
            codes = frozenset({"LEAK009", "LEAK004"})
            yield Plant([source.before(statement, code)], codes=codes)
    divided = division(source)
    if divided is None or len(divided.whole) != 2 or not frames(source) or not all(divided.names):
        return
    (X, y), (X_test, _) = divided.train, divided.test
    if "read_" not in source.text or "to_numpy" in source.text:
        return
    code = f"""
        usual = {y}.groupby({X}["customer_id"]).mean()
        {X}["usual"] = {X}["customer_id"].map(usual)
        {X_test}["usual"] = {X_test}["customer_id"].map(usual)
    """
    last = source.stores(y)[-1]
    yield Plant([source.after(source.statement(last), code)])


@fault("shift from the future", "LEAK010")
def shifted_back(source: Source) -> Iterator[Plant]:
    """Turn shifts round, and centre windows."""
    for call in source.calls("shift"):
        if call.args and isinstance(call.args[0], ast.Constant):
            number = call.args[0]
            yield Plant([source.replace(number, f"-{source.code(number)}")])
    for call in source.calls("rolling"):
        yield Plant([source.add_keyword(call, "center=True")])
