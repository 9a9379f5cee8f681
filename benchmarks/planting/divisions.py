"""How a program divides its rows, as far as the planting of faults needs to know."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.planting.source import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

TRAIN = re.compile(r"train|earlier|(?<![a-z])rest", re.IGNORECASE)
TEST = re.compile(r"test|later|holdout", re.IGNORECASE)
VALIDATION = re.compile(r"(?<![a-z])d?val(id)?(?![a-z])", re.IGNORECASE)
SCORES = re.compile(r"^(?!cross).*_(score|loss|error|report|matrix|imbalanced)$")


@dataclass(frozen=True)
class Division:
    """Rows that are divided into a part for training and one for testing.

    `whole` are the arrays (features and target, or one table), `train` and `test` the names of
    their parts.
    """

    statement: ast.stmt
    call: ast.Call | None
    whole: tuple[ast.expr, ...]
    train: tuple[str, ...]
    test: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of the arrays, "" where one has none."""
        return tuple(one.id if isinstance(one, ast.Name) else "" for one in self.whole)


def division(source: Source) -> Division | None:
    """Find the first division of the rows that are tested."""
    return next(divisions(source), None)


def divisions(source: Source) -> Iterator[Division]:
    """Find divisions by calls of `train_test_split`, then by slices."""
    for call in source.calls("train_test_split"):
        names = outputs(source.statement(call))
        if call.args and len(names) == 2 * len(call.args):
            whole = tuple(call.args)
            yield Division(source.statement(call), call, whole, names[::2], names[1::2])
    yield from _sliced(source)


def outputs(statement: ast.stmt) -> tuple[str, ...]:
    """Give the names that an assignment binds, as far as they are plain."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ()
    target = statement.targets[0]
    items = target.elts if isinstance(target, ast.Tuple) else [target]
    return tuple(item.id for item in items if isinstance(item, ast.Name))


def _sliced(source: Source) -> Iterator[Division]:
    pairs = list(_pairs(source))
    if not pairs:
        return
    statement, base, train, test = pairs[0]
    if len(pairs) > 1 and pairs[1][0] in source.following(statement)[:1]:
        _, labels, train_labels, test_labels = pairs[1]
        yield Division(statement, None, (base, labels), (train, train_labels), (test, test_labels))
    else:
        yield Division(statement, None, (base,), (train,), (test,))


def _pairs(source: Source) -> Iterator[tuple[ast.stmt, ast.expr, str, str]]:
    """Find two parts of one array, bound in one statement or in two successive ones."""
    for statement in source.find(ast.Assign):
        names = outputs(statement)
        if len(names) == 2 and isinstance(statement.value, ast.Tuple):
            values = statement.value.elts
            yield from _pair(statement, names, values)
    for body in [source.tree.body, *(node.body for node in source.find(ast.FunctionDef))]:
        for first, second in pairwise(body):
            if isinstance(first, ast.Assign) and isinstance(second, ast.Assign):
                names = (*outputs(first), *outputs(second))
                if len(names) == 2:
                    yield from _pair(first, names, [first.value, second.value])


def _pair(
    statement: ast.stmt, names: tuple[str, ...], values: list[ast.expr]
) -> Iterator[tuple[ast.stmt, ast.expr, str, str]]:
    bases = [_base(value) for value in values]
    alike = all(bases) and bases[0] == bases[1] and len(values) == 2
    if alike and TRAIN.search(names[0]) and TEST.search(names[1]):
        yield statement, ast.Name(bases[0]), names[0], names[1]


def _base(value: ast.expr) -> str:
    """Name the array that rows are taken from."""
    while isinstance(value, ast.Call) and called(value) == "copy":
        assert isinstance(value.func, ast.Attribute)
        value = value.func.value
    if not isinstance(value, ast.Subscript):
        return ""
    taken = value.value
    if isinstance(taken, ast.Attribute) and taken.attr == "iloc":
        taken = taken.value
    return taken.id if isinstance(taken, ast.Name) else ""


def tested(source: Source) -> tuple[str, ...]:
    """Name the parts that are tested, in the order of features and target."""
    return _named(source, TEST)


def validated(source: Source) -> tuple[str, ...]:
    """Name the validation parts."""
    return _named(source, VALIDATION)


def learnt(source: Source) -> tuple[str, ...]:
    """Name the training parts."""
    return _named(source, re.compile("train"))


def _named(source: Source, pattern: re.Pattern[str]) -> tuple[str, ...]:
    for call in reversed(source.calls("train_test_split")):
        names = outputs(source.statement(call))
        found = tuple(name for name in names if pattern.search(name))
        if found:
            return found
    for one in _sliced(source):
        names = (*one.train, *one.test)
        return tuple(name for name in names if pattern.search(name))
    return ()


def kind(source: Source) -> str:
    """Say what the features are: text, mixed columns, or numbers."""
    imported = source.imported
    if any(name.endswith(("Vectorizer", "svmlight_file")) for name in imported):
        return "text"
    if imported & {"OneHotEncoder", "OrdinalEncoder"} or "cat_features" in source.text:
        return "mixed"
    return "numbers"


def frames(source: Source) -> bool:
    """Say whether the features are a table of pandas."""
    arrays = re.search(r"to_numpy|np\.array|fetch_california|as_frame=False", source.text)
    return ("pd" in source.imported and arrays is None) or "as_frame=True" in source.text


def classifies(source: Source) -> bool:
    """Say whether classes are predicted."""
    hints = ("Classifier", "LogisticRegression", "NB", "SVC", "classif", "f1_score", "accuracy")
    return any(hint in source.text for hint in hints) and "Regressor" not in source.text
