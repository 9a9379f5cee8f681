"""Rare classes that are left to chance, hidden in the accuracy, or made up in the test part."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import SCORES, division, kind, outputs, tested
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.source import argument, called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

# What shows in the code that one class is rare.
EVIDENCE = re.compile(r"class_weight=.balanced|imblearn|weights=\[|value_counts\(")


@fault("split without regard to a rare class", "IMBA001")
def unstratified(source: Source) -> Iterator[Plant]:
    """Take `stratify` away where a class is rare."""
    if not EVIDENCE.search(source.text):
        return
    for call in source.calls("train_test_split"):
        edit = source.drop_keyword(call, "stratify")
        if edit is not None:
            yield Plant([edit])


@fault("accuracy alone for a rare class", "IMBA003")
def accuracy_alone(source: Source) -> Iterator[Plant]:
    """Let accuracy be the only metric where a class is rare."""
    tests = tested(source)
    if not EVIDENCE.search(source.text) or len(tests) != 2:
        return
    edits = source.imports("from sklearn.metrics import accuracy_score")
    kept = False
    for call in source.find(ast.Call):
        if not SCORES.search(called(call)) or len(call.args) < 2:
            continue
        shown = source.code(call.args[1])
        if "predicted" in shown or ".predict(" in shown:
            text = f"accuracy_score({source.code(call.args[0])}, {shown})"
        else:
            text = f"accuracy_score({tests[1]}, model.predict({tests[0]}))"
        edits.append(source.replace(call, text))
        kept = True
    for validation in source.calls("cross_val_score"):
        scoring = argument(validation, None, "scoring")
        if scoring is not None:
            edits.append(source.replace(scoring, '"accuracy"'))
    for text_node in source.find(ast.Constant):
        if isinstance(text_node.value, str) and text_node.value in {"balanced:", "f1:"}:
            edits.append(source.replace(text_node, '"test:"'))
    if kept:
        yield Plant(edits)


@fault("test part resampled", "IMBA004", also=("EVAL001",))
def test_resampled(source: Source) -> Iterator[Plant]:
    """Balance the classes of the test part."""
    divided = division(source)
    if divided is None or divided.call is None or len(divided.whole) != 2:
        return
    if not EVIDENCE.search(source.text) or kind(source) == "text":
        return
    X, y = divided.test
    if outputs(divided.statement) and "test" in X:
        code = f"{X}, {y} = RandomOverSampler(random_state=0).fit_resample({X}, {y})"
        imports = source.imports("from imblearn.over_sampling import RandomOverSampler")
        yield Plant([*imports, source.after(divided.statement, code)])
