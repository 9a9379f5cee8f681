"""CONF012: a split that leaves next to nothing to train on, or next to nothing to test on."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Fix,
    Needs,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Argument, Call, Finding, Module

_LARGEST, _SMALLEST = 0.6, 0.05
# A score on fewer rows than these moves by several percent with every row.
_FEW_ROWS = 30
_TOYS = {
    "load_iris": 150,
    "load_wine": 178,
    "load_diabetes": 442,
    "load_breast_cancer": 569,
    "load_linnerud": 20,
    "load_digits": 1797,
}
_ENTRIES = Pattern(r"RangeIndex: (\d+) entries|^\((\d+), \d+\)$", re.MULTILINE)
# Parts of a part that was held out, which are divided in other proportions.
_PART = Pattern(r"(?i)val|dev|cal|test|small|sample|sub|tiny|few|support|label(l?ed)?_|mini")
_HELD_OUT = Pattern(r"(?i)val|test|temp|tmp|hold|rest|remain|other|pool")
# Parts that are set aside, and not to test on.
_ASIDE = Pattern(
    r"(?i)^_|train|pool|unlab|rest|remain|unused|ignore|drop|discard|other|dummy|tmp|temp|left|future"
)


class ExtremeTestSize(Rule):
    """Reports literal fractions for testing above 0.6, and below 0.05 where the rows are few."""

    meta = RuleMeta(
        code="CONF012",
        name="extreme-test-size",
        family="configuration",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Hold out a fraction between 0.1 and 0.4, or say why another one is needed.",
        impact="The model learns from a small part of the data, or its score rests on a few rows.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(calls=("split",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the splits into two parts, and the validation split of Keras."""
        if module.is_test:
            return
        for call in module.calls:
            if call.entry is None or call.entry.name != "train_test_split":
                continue
            fraction, argument = _held_out(call)
            if argument is None:
                continue
            if fraction > _LARGEST and _tests(module, call) and _trains(module, call):
                yield self._too_much(call, argument, fraction)
            elif 0 < fraction < _SMALLEST:
                rows = _rows(module)
                if rows is not None and rows * fraction < _FEW_ROWS:
                    yield self._too_few(call, argument, round(rows * fraction), rows)

    def _too_much(self, call: Call, argument: str, fraction: float) -> Finding:
        return self.report(
            call.place,
            f"`{argument}` leaves {_percent(1 - fraction)} of the rows for training",
            fix=Fix("Turn the fractions round.", f"test_size={round(1 - fraction, 4):g}"),
        )

    def _too_few(self, call: Call, argument: str, kept: int, rows: int) -> Finding:
        return self.report(
            call.place,
            f"`{argument}` leaves {kept} of {rows} rows for testing",
            fix=Fix("Hold out more, or cross-validate.", "test_size=0.2"),
        )


def _held_out(call: Call) -> tuple[float, str | None]:
    """Give the fraction of the rows that is held out, and the argument that says so."""
    test, train = call.arguments.get("test_size"), call.arguments.get("train_size")
    if _is_fraction(test) and test is not None:
        return float(str(test.value)), f"test_size={test.text}"
    if test is None and _is_fraction(train) and train is not None:
        return 1 - float(str(train.value)), f"train_size={train.text}"
    return 0, None


def _is_fraction(argument: Argument | None) -> bool:
    if argument is None or not argument.known or not isinstance(argument.value, float):
        return False
    return 0 < argument.value < 1


def _tests(module: Module, call: Call) -> bool:
    """Say whether both parts have names, and the second is one to test on that is used."""
    parent = module.nodes.parents.get(call.node)
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Tuple):
        return False
    names = [part.id for part in parent.targets[0].elts if isinstance(part, ast.Name)]
    first, held_out = names[::2], names[1::2]
    if not held_out or len(names) != len(parent.targets[0].elts):
        return False
    if any(_ASIDE.search(name) for name in held_out) or any(_PART.search(name) for name in first):
        return False
    if all(name.startswith("_") for name in first):
        return False
    if any(_HELD_OUT.search(ast.unparse(argument)) for argument in call.node.args):
        return False
    return held_out[0] in module.names.read


def _trains(module: Module, call: Call) -> bool:
    """Say whether what the second part judges may have learnt any of the first.

    Models of other rows leave none of these for training, whatever the fraction is.
    """
    location = call.place.location
    split = next((s for s in module.trace.of(Split) if s.place.location == location), None)
    if split is None or len(split.parts) != 2:
        return True
    rest, held_out = split.parts
    judged = (e for e in module.trace.near(Evaluate, held_out) if e.rows.within(held_out))
    fits = [fit for event in judged for fit in event.fits]
    return not fits or any(fit.rows.overlap(rest) for fit in fits)


def _rows(module: Module) -> int | None:
    """Give the number of rows, if it is a data set of scikit-learn alone, or an output shows it."""
    sizes = {_TOYS.get(call.name.rsplit(".", 1)[-1]) for call in module.calls_of("load")}
    if len(sizes) == 1 and None not in sizes:
        return sizes.pop()
    outputs = (text for cell in module.document.cells for text in cell.outputs)
    shown = [int(a or b) for text in outputs for a, b in _ENTRIES.findall(text)]
    return max(shown, default=None)


def _percent(fraction: float) -> str:
    return f"{round(100 * fraction, 1):g} %"
