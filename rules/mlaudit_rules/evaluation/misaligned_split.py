"""EVAL009: features and labels are split or shuffled apart, so they no longer belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fit,
    Fix,
    Overlap,
    Rule,
    RuleMeta,
    Seed,
    Severity,
    Split,
    quoted,
)
from mlaudit_rules.evaluation.lone_shuffles import shuffled_alone
from mlaudit_rules.evaluation.shuffles import shuffled_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Module, Place, Trace

_DIVIDING = ("random_state", "test_size", "train_size", "shuffle", "stratify")


class MisalignedSplit(Rule):
    """Reports the second of two calls that put features and labels in different orders."""

    meta = RuleMeta(
        code="EVAL009",
        name="misaligned-split",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Split or shuffle features and labels in one call.",
        impact="Rows meet the labels of other rows, so nothing true can be learned or measured.",
    )

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge trainings whose features and labels come from different splits."""
        seen: set[Place] = set()
        splits = list(trace.of(Split))
        for fit in trace.of(Fit) if len(splits) > 1 else ():
            apart = _apart(trace, fit)
            if apart is None or apart[1].place in seen:
                continue
            first, second = apart
            seen.add(second.place)
            yield self.report(
                second.place,
                f"{quoted(first.place)} and {quoted(second.place)} each draw a division of their "
                f"own, but {quoted(fit.place)} takes their parts as features and labels of the "
                "same rows",
                evidence=[
                    ("split here", first.place),
                    ("split again here", second.place),
                    ("brought together here", fit.place),
                ],
                conditional=fit.conditional or first.conditional or second.conditional,
                fix=Fix("Give both arrays to one call of train_test_split."),
            )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge neighbouring shuffles of features and labels, and shuffles of one of the two."""
        for first, second in shuffled_apart(module):
            yield self.report(
                module.place(second.node),
                f"{quoted(first.name)} and {quoted(second.name)} are shuffled in two calls, each "
                "in an order of its own, and then used as features and labels of the same rows",
                evidence=[
                    ("shuffled here", module.place(first.node)),
                    ("shuffled again here", module.place(second.node)),
                ],
                fix=Fix(
                    "Draw one permutation and index both with it, or use sklearn.utils.shuffle "
                    f"on both: {first.name}, {second.name} = shuffle({first.name}, {second.name})."
                ),
            )
        for lone in shuffled_alone(module):
            name, other = lone.shuffle.name, lone.other
            yield self.report(
                module.place(lone.shuffle.node),
                f"{quoted(name)} is shuffled, and {quoted(other)}, which it came with, is not, yet "
                "they are then used as features and labels of the same rows",
                evidence=[
                    ("bound together here", module.place(lone.bound)),
                    ("brought together here", module.place(lone.meeting)),
                ],
                fix=Fix(
                    "Leave the order as it is, or use sklearn.utils.shuffle on both: "
                    f"{other}, {name} = shuffle({other}, {name})."
                ),
            )


def _apart(trace: Trace, fit: Fit) -> tuple[Split, Split] | None:
    """Find the two splits that features and labels of a training come from."""
    if fit.target_rows is None or fit.rows.overlap(fit.target_rows) is Overlap.MUST:
        return None
    features, labels = trace.split_of(fit.rows), trace.split_of(fit.target_rows)
    if features is None or labels is None or features is labels or features.folds or labels.folds:
        return None
    if any(map(fit.target_rows.within, features.likewise)):
        return None
    if _nested(features, labels) or _nested(labels, features) or _alike(features, labels):
        return None
    events = trace.events
    first, second = sorted((features, labels), key=events.index)
    between = events[events.index(first) : events.index(second)]
    if any(isinstance(event, Seed) for event in between) or (first.cut and second.cut):
        return None
    return first, second


def _alike(one: Split, two: Split) -> bool:
    """Say whether two calls divide as many rows alike: by the same seed, size and classes."""
    seed = one.arguments.get("random_state")
    if seed is None or not seed.known or seed.value is None or one.function != two.function:
        return False
    return all(_text(one, name) == _text(two, name) for name in _DIVIDING)


def _text(split: Split, name: str) -> str:
    given = split.arguments.get(name)
    return given.text if given is not None else ""


def _nested(outer: Split, inner: Split) -> bool:
    return any(inner.rows.within(part) for part in outer.parts)
