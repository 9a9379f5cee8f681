"""Where people say that the classes are even without the word: by equal numbers, or by a check."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern
from mlaudit.rulekit import statements
from mlaudit.syntax.spelling import last_name, spelt

if TYPE_CHECKING:
    from mlaudit.rulekit.module import Module

_CLASS = (
    r"fraud|churn|attrition|bankrupt|intrusion|delinquen|default|stroke|anomal|failure|defect"
    r"|toxic|spam|claim|positive|negative|class"
)
# `5000 frauds and 5000 honest payments`
_EQUAL = Pattern(
    r"\b(?P<n>\d[\d,_]*)\s+(?P<one>\w+(?: \w+)?)\s*(,|and|against|vs\.?|versus)\s+"
    r"(?P=n)\s+(?P<other>\w+)",
    re.IGNORECASE,
)
# `as many frauds as honest payments`
_AS_MANY = Pattern(
    r"(?<!twice )(?<!half )(?<!times )(?<!not )(?<!nearly )\bas many (?P<one>\w+(?: \w+)?) as "
    r"(?P<other>\w+)",
    re.IGNORECASE,
)
_OF_CLASS = Pattern(_CLASS, re.IGNORECASE)
_OF_TARGET = Pattern(rf"{_CLASS}|\b(y|target|label|outcome)", re.IGNORECASE)
_COUNTING = frozenset({"value_counts", "bincount", "Counter"})
_EVEN_SHARE = 0.5


def said_even(module: Module) -> bool:
    """Say whether texts give two classes one number, or the code asserts that they have."""
    texts = (text for _, text in statements.texts(module))
    return any(map(_gives_one_number, texts)) or any(
        _asserts(module, node.test) for node in module.nodes.find(ast.Assert)
    )


def _gives_one_number(text: str) -> bool:
    found = _EQUAL.search(text) or _AS_MANY.search(text)
    return found is not None and _OF_CLASS.search(f"{found['one']} {found['other']}") is not None


def _asserts(module: Module, test: ast.expr) -> bool:
    """See `labels.mean() == 0.5`, `abs(labels.mean() - 0.5) < 0.1` and `counts[0] == counts[1]`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    one, other = test.left, test.comparators[0]
    if isinstance(test.ops[0], ast.Lt | ast.LtE):  # apart by little
        if not isinstance(one, ast.Call) or last_name(one.func) != "abs" or not one.args:
            return False
        apart = one.args[0]
        if not isinstance(apart, ast.BinOp) or not isinstance(apart.op, ast.Sub):
            return False
        one, other = apart.left, apart.right
    elif not isinstance(test.ops[0], ast.Eq):
        return False
    return _is_even_share(one, other) or _counts_two(module, one, other)


def _is_even_share(one: ast.expr, other: ast.expr) -> bool:
    half = isinstance(other, ast.Constant) and other.value == _EVEN_SHARE
    mean = isinstance(one, ast.Call) and last_name(one.func) == "mean"
    return half and mean and _OF_TARGET.search(spelt(one)) is not None


def _counts_two(module: Module, one: ast.expr, other: ast.expr) -> bool:
    """Say whether two entries of one table of counts are compared, or two sums over classes."""
    if isinstance(one, ast.Subscript) and isinstance(other, ast.Subscript):
        return spelt(one.value) == spelt(other.value) and _is_counted(module, one.value)
    if not isinstance(one, ast.Call) or not isinstance(other, ast.Call):
        return False
    pair = [node for each in (one, other) for node in module.nodes.find(ast.Compare, within=each)]
    return len(pair) == 2 and spelt(pair[0].left) == spelt(pair[1].left)


def _is_counted(module: Module, table: ast.expr) -> bool:
    made = [
        node.value
        for node in module.nodes.find(ast.Assign)
        if any(spelt(target) == spelt(table) for target in node.targets)
    ]
    calls = [call for one in (table, *made) for call in module.nodes.find(ast.Call, within=one)]
    return any(last_name(call.func) in _COUNTING for call in calls)
