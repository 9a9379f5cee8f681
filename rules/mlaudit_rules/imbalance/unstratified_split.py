"""IMBA001: the rows of a classification are split without regard to the classes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Finding,
    Fit,
    Fix,
    Pattern,
    Repair,
    Resample,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Split,
    quoted,
)
from mlaudit_rules.imbalance.balanced import balanced, perhaps_balanced
from mlaudit_rules.imbalance.class_order import last_part_of_classes
from mlaudit_rules.imbalance.evened import evened_by_hand, evened_just_before
from mlaudit_rules.imbalance.one_class import of_one_class
from mlaudit_rules.imbalance.split_targets import several_targets
from mlaudit_rules.imbalance.weights import weights_near

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from mlaudit.rulekit import Module, Place, Trace
    from mlaudit.rulekit.imbalance import Imbalance

AGAIN = "again here"
SPLITTERS = frozenset({"train_test_split"})
OF_CLASSES = Pattern(
    r"cross_?entropy|BCE(WithLogits)?Loss|NLLLoss|predict_proba|classif|accuracy", re.IGNORECASE
)


class UnstratifiedSplit(Rule):
    """Reports splits that leave the share of each class to chance, where one is evidently rare."""

    meta = RuleMeta(
        code="IMBA001",
        name="unstratified-split",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Stratify the split by the target.",
        impact="Few rows of the rare class fall into the test part, and how few is left to chance.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge validation parts of ordered rows, then random splits that lead to a classifier."""
        if module.is_test:
            return
        for call, loop in last_part_of_classes(module):
            yield self._last_part(module, call, loop)
        splits = list(module.trace.of(Split))
        to_chance = [s for s in filter(_leaves_to_chance, splits) if not _falls_back(s, splits)]
        if not to_chance or not module.imbalance.evident or module.imbalance.plenty:
            return
        at_fault = {  # a function that is called twice has one place
            split.place: split for split in reversed(to_chance) if _at_fault(module, split)
        }
        for group in _of_one_source([*reversed(at_fault.values())]):
            yield self._judge(module, group)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Stratify every split that the finding names; a class of one row would be refused."""
        repair = Repair(module)
        again = [one.location for one in finding.evidence if one.role == AGAIN]
        for location in (finding.location, *again):
            split = next(s for s in module.trace.of(Split) if s.place.location == location)
            call = module.node_at(location, ast.Call)
            target = _column(module.trace, split)
            if call is None or target is None:
                return
            repair.argument(call, "stratify", target)
        yield repair

    def _last_part(self, module: Module, call: ast.Call, loop: ast.For) -> Finding:
        share = next(k for k in call.keywords if k.arg == "validation_split")
        return self.report(
            module.place(call),
            f"{quoted(module.text(share))} takes the last rows, and the rows were read class by "
            "class and never mixed: the validation part holds the last classes only, of which the "
            "training part then has few rows or none",
            evidence=[("read class by class here", module.place(loop))],
            confidence=Confidence.MEDIUM,
            fix=Fix(
                "Divide the rows with train_test_split(..., stratify=...) and pass the smaller "
                "part as validation_data, or shuffle rows and labels together before `fit`."
            ),
        )

    def _judge(self, module: Module, splits: list[Split]) -> Finding:
        split = splits[0]
        imbalance = _imbalance(module, split)
        message = (
            f"`{split.function}` divides the rows at random without `stratify`, so the share of "
            f"each class in the parts is left to chance, although {imbalance.words}"
        )
        if len(splits) > 1:
            message += f" ({len(splits) - 1} more like it)"
        again = [(AGAIN, other.place) for other in splits[1:]]
        return self.report(
            split.place,
            message,
            evidence=[*_signs(module, split), *again],
            confidence=Confidence.HIGH if imbalance.shown else Confidence.MEDIUM,
            conditional=all(split.conditional for split in splits),
            fix=Fix(f"Pass stratify={_target(split)} to the split."),
        )


def _signs(module: Module, split: Split) -> list[tuple[str, Place]]:
    """Give the signs that have a place; of weights, those of the model that learns from a part."""
    near = weights_near(module, split)
    return [
        (role, near[0] if near and place in module.imbalance.weighted else place)
        for role, place in module.imbalance.evidence
    ]


def _of_one_source(splits: Iterable[Split]) -> list[list[Split]]:
    """Group splits of the same data: what is wrong with one is wrong with all."""
    groups: list[list[Split]] = []
    known: dict[Hashable, list[Split]] = {}
    for split in splits:
        group = next((known[base] for base in split.rows.bases if base in known), None)
        if group is None:
            group = []
            groups.append(group)
            known |= dict.fromkeys(split.rows.bases, group)
        group.append(split)
    return groups


def _at_fault(module: Module, split: Split) -> bool:
    """Say whether a split leaves classes to chance that a classifier is to tell apart."""
    if balanced(module.trace, split.rows) or perhaps_balanced(module.trace, split.rows):
        return False
    if not module.imbalance.evident_before and (
        _others_resampled(module.trace, split) or evened_by_hand(module, split)
    ):
        return False
    if not module.imbalance.evident_unweighted and not weights_near(module, split):
        return False
    if several_targets(module, split) or _only_thins(module, split):
        return False
    if not _imbalance(module, split).evident:
        return False
    tasks = _tasks(module.trace, split)
    if "regressor" in tasks or not ("classifier" in tasks or (tasks and _classifies(module))):
        return False
    return not evened_just_before(module, split) and not of_one_class(module, split)


def _imbalance(module: Module, split: Split) -> Imbalance:
    """Give the signs of imbalance, without names of targets that other rows have."""
    learnt = module.trace.near(Fit, *split.parts)
    return module.imbalance.of({fit.target for fit in learnt if fit.target is not None})


def _leaves_to_chance(split: Split) -> bool:
    if split.function not in SPLITTERS or "**" in split.place.text:
        return False
    if _is_stratified(split):
        return False
    shuffle = split.arguments.get("shuffle")
    return shuffle is None or (shuffle.known and shuffle.value is True)


def _only_thins(module: Module, split: Split) -> bool:
    """Say whether nobody reads one of the parts: rows are left out, and none are there to test.

    Names at the top level may be read by a file that imports them.
    """
    if module.document.problems or split.place.document is not module.document:
        return False
    call = module.call_at(split.place.location)
    inside = call is not None and call.function is not None
    unread = [
        names
        for _, names in split.named_parts
        if names and all(n.isidentifier() and _is_unread(module, n, inside) for n in names)
    ]
    return bool(unread) and (inside or not module.importers)


def _is_unread(module: Module, name: str, inside: bool) -> bool:
    """Say whether nobody reads a name; functions may have their own like one of the top level."""
    if name not in module.names.read:
        return True
    from mlaudit.rulekit.usage import is_local, loads

    reads = [] if inside else loads(module, [module.tree], name)
    return bool(reads) and all(is_local(module, node) for node in reads)


def _falls_back(split: Split, splits: list[Split]) -> bool:
    """Say whether a split takes the place of a stratified one that the classes do not allow."""
    return split.conditional and any(
        other.outputs == split.outputs and other.rows == split.rows and _is_stratified(other)
        for other in splits
    )


def _is_stratified(split: Split) -> bool:
    stratify = split.arguments.get("stratify")
    return stratify is not None and not (stratify.known and stratify.value is None)


def _tasks(trace: Trace, split: Split) -> set[str | None]:
    """Tell what is trained on the parts of a split, or on rows near it that no other one made."""
    rows = (split.rows, *split.parts)
    near: list[Fit | CrossValidate] = [*trace.near(Fit, *rows), *trace.near(CrossValidate, *rows)]
    trained = [(e.model.task, e.rows) for e in near if e.model.role is Role.PREDICTOR]
    surely = {task for task, rows in trained if any(rows.within(part) for part in split.parts)}
    others = [part for other in trace.of(Split) if other is not split for part in other.parts]
    return surely or {
        task
        for task, rows in trained
        if rows.kin(split.rows) and not any(rows.within(part) for part in others)
    }


def _others_resampled(trace: Trace, split: Split) -> bool:
    """Say whether only rows that have nothing to do with a split are resampled.

    They may be what a caller hands to it, and then its rows are as balanced as they are to be.
    """
    resamples = list(trace.of(Resample))
    near = (*trace.near(Resample, split.rows), *trace.near(Resample, *split.parts))
    return bool(resamples) and not near


def _classifies(module: Module) -> bool:
    """Say whether anything in the document shows that classes are predicted, not quantities."""
    tasks = {
        call.entry.task for call in module.calls_of("predictor", "metric") if call.entry is not None
    }
    if "regressor" in tasks:
        return False
    return "classifier" in tasks or OF_CLASSES.search(module.fact(_text_of_use)) is not None


def _text_of_use(module: Module) -> str:
    """Give the text without the imports, which may name what nobody uses."""
    imports = module.nodes.find(ast.Import, ast.ImportFrom)
    left_out = {n for one in imports for n in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    lines = enumerate(module.document.lines, 1)
    return "\n".join(line for number, line in lines if number not in left_out)


def _target(split: Split) -> str:
    """Name what to stratify by: the second array, where there are two."""
    return split.arrays[1] if len(split.arrays) == 2 else "the column of classes"


def _column(trace: Trace, split: Split) -> str | None:
    """Write the target of the rows: the second array, or a column of the only one."""
    fits = list(trace.near(Fit, *split.parts))
    if len(split.arrays) == 2:
        crossed = any(fit.variable in split.outputs[2:] for fit in fits)
        return None if crossed else split.arrays[1]
    targets = {fit.target for fit in fits if fit.target is not None}
    if len(split.arrays) != 1 or len(targets) != 1:
        return None
    return f'{split.arrays[0]}["{targets.pop()}"]'
