"""IMBA001: the rows of a classification are split without regard to the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fit,
    Fix,
    Resample,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Split,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Module, Trace

SPLITTERS = frozenset({"train_test_split"})


class UnstratifiedSplit(Rule):
    """Reports splits that leave the share of each class in both parts to chance.

    In exploration only where the imbalance is evident, else for every classifier.
    """

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
        """Judge the random splits that lead to a classifier."""
        splits = [split for split in module.trace.of(Split) if _leaves_to_chance(split)]
        if not splits or module.is_test:
            return
        evident = module.imbalance.evident
        if not evident and module.profile == "exploration":
            return
        for split in splits:
            tasks = _tasks(module.trace, split)
            if "regressor" in tasks or _resampled(module.trace, split):
                continue
            if "classifier" in tasks or (evident and not _regression(module)):
                yield self._judge(module, split, evident)

    def _judge(self, module: Module, split: Split, evident: bool) -> Finding:
        imbalance = module.imbalance
        message = (
            f"`{split.function}` divides the rows at random without `stratify`, so the share of "
            "each class in the parts is left to chance"
        )
        confidence = Confidence.HIGH if imbalance.shown else Confidence.MEDIUM
        return self.report(
            split.place,
            f"{message}, although {imbalance.words}" if evident else message,
            evidence=imbalance.evidence if evident else (),
            severity=None if evident else Severity.INFO,
            confidence=confidence if evident else Confidence.MEDIUM,
            conditional=split.conditional,
            fix=Fix(f"Pass stratify={_target(split)} to the split."),
        )


def _leaves_to_chance(split: Split) -> bool:
    if split.function not in SPLITTERS or "**" in split.place.text:
        return False
    stratify, shuffle = split.arguments.get("stratify"), split.arguments.get("shuffle")
    if stratify is not None and not (stratify.known and stratify.value is None):
        return False
    return shuffle is None or (shuffle.known and shuffle.value is True)


def _tasks(trace: Trace, split: Split) -> set[str | None]:
    """Tell what is trained on the parts of a split."""
    return {
        fit.model.task
        for fit in trace.of(Fit)
        if fit.model.role is Role.PREDICTOR and any(fit.rows.overlap(part) for part in split.parts)
    }


def _resampled(trace: Trace, split: Split) -> bool:
    """Rows that were resampled before are as balanced as the author wanted them."""
    return any(split.rows.within(resample.result) for resample in trace.of(Resample))


def _regression(module: Module) -> bool:
    return any(
        call.entry is not None and call.entry.task == "regressor"
        for call in module.calls
        if call.entry is not None and call.entry.kind in {"predictor", "metric"}
    )


def _target(split: Split) -> str:
    """Name what to stratify by: the second array, where there are two."""
    return split.arrays[1] if len(split.arrays) == 2 else "the column of classes"
