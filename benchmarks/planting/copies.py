"""Rows that are copied or resampled before they are divided, or learnt and judged as well."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import (
    classifies,
    division,
    frames,
    kind,
    outputs,
)
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.leakage import PREPROCESSING, VALIDATORS, outermost, rebound, transforms
from benchmarks.planting.source import argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

SAMPLERS = {
    "SMOTE": "imblearn.over_sampling",
    "RandomOverSampler": "imblearn.over_sampling",
}


@fault("resampled above the split", "LEAK005", also=("LEAK006", "IMBA003", *PREPROCESSING))
def resampled_above(source: Source) -> Iterator[Plant]:
    """Balance the classes of all rows before they are divided."""
    divided = division(source)
    if divided is None or not all(divided.names) or len(divided.whole) != 2:
        return
    if not classifies(source) or kind(source) == "text":
        return
    X, y = divided.names
    for name, module in SAMPLERS.items():
        if name == "SMOTE" and kind(source) == "mixed":
            continue
        code = f"{X}, {y} = {name}(random_state=0).fit_resample({X}, {y})"
        yield Plant(
            [
                *source.imports(f"from {module} import {name}"),
                source.before(divided.statement, code),
            ]
        )


@fault("resampled outside the folds", "LEAK005", also=("LEAK006", "IMBA003", *PREPROCESSING))
def resampled_outside_folds(source: Source) -> Iterator[Plant]:
    """Balance the classes of all rows that are cross-validated."""
    if not classifies(source) or kind(source) != "numbers":
        return
    for call in source.calls(*VALIDATORS):
        rows, target = argument(call, 1, "X"), argument(call, 2, "y")
        if not isinstance(rows, ast.Name) or not isinstance(target, ast.Name):
            continue
        where = outermost(source, source.statement(call))
        code = (
            f"{rows.id}, {target.id} = SMOTE(random_state=0).fit_resample({rows.id}, {target.id})"
        )
        if argument(call, None, "groups"):
            continue
        imports = source.imports("from imblearn.over_sampling import SMOTE")
        yield Plant([*imports, source.before(where, code)])


@fault("rows copied above the split", "LEAK006", also=("LEAK005", *PREPROCESSING))
def copied_above(source: Source) -> Iterator[Plant]:
    """Repeat rows before they are divided."""
    divided = division(source)
    if divided is None or not all(divided.names) or _in_order(source):
        return
    if frames(source):
        both = [f"{name} = pd.concat([{name}, {name}])" for name in divided.names]
        more = "{0} = pd.concat([{0}, {0}.sample(frac=0.5, random_state=0)])"
        forms = ["\n".join(both)]
        if len(divided.names) == 1:
            forms.append(more.format(divided.names[0]))
        imports = [] if "pd" in source.imported else source.imports("import pandas as pd")
    else:
        forms = [
            "\n".join(f"{name} = np.concatenate([{name}, {name}])" for name in divided.names),
            "\n".join(f"{name} = np.repeat({name}, 2, axis=0)" for name in divided.names),
        ]
        imports = [] if "as np" in source.text else source.imports("import numpy as np")
    for form in forms:
        yield Plant([*imports, source.before(divided.statement, form)])


def _in_order(source: Source) -> bool:
    """Say whether the parts are stretches of an order, where copies at the end stay apart."""
    divided = division(source)
    return divided is not None and (divided.call is None or "shuffle=False" in source.text)


@fault("trained on all rows", "LEAK007", "EVAL014", also=("EVAL002", "EVAL016"))
def trained_on_all(source: Source) -> Iterator[Plant]:
    """Let the model learn from the training and the test part."""
    divided = division(source)
    if divided is None or divided.call is None or len(divided.whole) != 2:
        return
    whole = dict(zip(divided.train, divided.names, strict=False))
    for fit in source.calls("fit"):
        if len(fit.args) < 2 or source.scope(fit) is not source.scope(divided.statement):
            continue
        first, second = fit.args[:2]
        if not isinstance(first, ast.Name) or not isinstance(second, ast.Name):
            continue
        if not whole.get(first.id) or not whole.get(second.id) or transforms(source, fit):
            continue
        if _searches(source, fit):
            continue
        if rebound(source, first, divided):
            X, y = divided.test
            joined = [f"np.vstack([{first.id}, {X}])", f"np.concatenate([{second.id}, {y}])"]
            imports = [] if "as np" in source.text else source.imports("import numpy as np")
            edits = [source.replace(first, joined[0]), source.replace(second, joined[1])]
            yield Plant([*imports, *edits])
        else:
            yield Plant(
                [
                    source.replace(first, whole[first.id]),
                    source.replace(second, whole[second.id]),
                ]
            )


def _searches(source: Source, fit: ast.Call) -> bool:
    """Say whether a later statement trains the same name again, or folds judge what is trained."""
    return any(
        isinstance(around, ast.For) and "split(" in source.code(around.iter)
        for around in source.around(fit)
    )


@fault("training slice without an end", "LEAK007", "EVAL002", also=("EVAL020", "EVAL016"))
def slice_without_end(source: Source) -> Iterator[Plant]:
    """Let the part for training run over the one for testing."""
    divided = division(source)
    if divided is None or divided.call is not None:
        return
    edits = []
    for assign in source.find(ast.Assign):
        names = outputs(assign)
        if not names or names[0] not in divided.train:
            continue
        value = assign.value.elts[0] if isinstance(assign.value, ast.Tuple) else assign.value
        for part in source.find(ast.Subscript, value)[:1]:
            edits.append(source.replace(part, source.code(part.value).removesuffix(".iloc")))
    if edits:
        yield Plant(edits, near=[divided.statement, *source.calls("fit", "OLS")])


@fault("training part taken from the whole table", "LEAK007", also=("EVAL002", "EVAL016"))
def sample_of_all(source: Source) -> Iterator[Plant]:
    """Draw the training rows anew from all rows, after the test part was set apart."""
    divided = division(source)
    if divided is None or divided.call is None or len(divided.whole) != 1 or not frames(source):
        return
    whole, train = divided.names[0], divided.train[0]
    if whole:
        code = f"{train} = {whole}.sample(frac=0.8, random_state=0)"
        yield Plant([source.after(divided.statement, code)])
