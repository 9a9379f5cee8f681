"""EVAL016: rows are set apart for testing, and nothing ever looks at them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fit,
    Fix,
    Needs,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Watch,
    named,
    quoted,
    says_test,
    says_validation,
)
from mlaudit_rules.evaluation.repeated_splits import read_by_a_neighbour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module, Trace


class UnusedTestSplit(Rule):
    """Reports splits whose test part is never read, while a model learns from the other part."""

    meta = RuleMeta(
        code="EVAL016",
        name="unused-test-split",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Score the model on the part that was set apart for it, or do not split.",
        impact="Rows are kept from the training, and nobody learns how the model does on them.",
    )
    needs = Needs(trace=("Split",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the splits whose parts have names; half a document shows no disuse."""
        if module.document.problems:
            return
        trace = module.trace
        for split in trace.of(Split):
            names = test_names(split)
            if not names or split.place.document is not module.document:
                continue
            if names & module.names.read or names & module.fact(read_words):
                continue
            trained = trained_on_rest(trace, split)
            if trained is not None and not read_by_a_neighbour(module, split):
                yield self._judge(trace, split, trained)

    def _judge(self, trace: Trace, split: Split, trained: Fit) -> Finding:
        names = [name for name in split.outputs if name in test_names(split)]
        listed = " and ".join(quoted(name) for name in names)
        return self.report(
            split.place,
            f"{listed} {'is' if len(names) == 1 else 'are'} set apart and never read: "
            f"{named(trained.model)}, trained on the other part, is not scored on "
            f"{'it' if len(names) == 1 else 'them'}",
            evidence=[("split here", split.place), ("trained here", trained.place)],
            severity=Severity.INFO if is_judged(trace) else None,
            conditional=split.conditional or trained.conditional,
            fix=Fix(f"Score {named(trained.model)} on {listed} once, after all choices are made."),
        )


def test_names(split: Split) -> set[str]:
    """Give the names of the second part, where all of them are plain and say that it is a test."""
    if split.folds or len(split.parts) != 2:
        return set()
    if len(split.outputs) == 2 * max(len(split.arrays), 1):
        names = split.outputs[1::2]
    elif len(split.outputs) == 2:
        names = split.outputs[1:]
    else:
        return set()
    plain = all(name.isidentifier() and not name.startswith("_") for name in names)
    said = all(says_test(name) or says_validation(name) for name in names)
    return set(names) if plain and said else set()


def trained_on_rest(trace: Trace, split: Split) -> Fit | None:
    """Find what learns from the first part: first by the names that this very split gives."""
    near = trace.near(Fit, split.parts[0])
    fits = [fit for fit in near if learns_from_rest(fit, split)]
    named_so = (fit for fit in fits if fit.variable in split.outputs)
    return next(named_so, next(iter(fits), None))


def learns_from_rest(fit: Fit, split: Split) -> bool:
    """Say whether a model learns from the first part of a split."""
    return fit.model.role is Role.PREDICTOR and fit.rows.within(split.parts[0])


def read_words(module: Module) -> set[str]:
    """Gather the words of all texts: those of queries may be names."""
    read: set[str] = set()
    for node in module.nodes.find(ast.Constant):
        if isinstance(node.value, str):
            read.update(node.value.replace("@", " ").split())
    return read


def is_judged(trace: Trace) -> bool:
    """Say whether any model is judged or watched on rows that it has not learnt, or on folds."""
    return (
        any(event.metric is not None and event.held_out for event in trace.of(Evaluate))
        or any(True for _ in trace.of(CrossValidate))
        or any(True for _ in trace.of(Watch))
    )
