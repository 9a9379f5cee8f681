"""IMBA006: the classes are balanced twice, by resampling and by weights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Fit,
    Fix,
    Pattern,
    Resample,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Argument, Call, Finding, Model, Module, Place, RowSet

WEIGHTS = ("class_weight", "scale_pos_weight", "class_weights", "is_unbalance")
OF_LOSSES = {"weight", "pos_weight"}
NEUTRAL = (None, False, 1, 1.0, "")
# Weights that are counted when the model is fitted are all one after resampling.
BALANCED = ("balanced", "balanced_subsample", "Balanced", True)
SEVERAL_PATHS = Pattern(r"\bif\b.*(sampl|weight|imbalance|balanc|smote)|\belse\b.*Loss\(", re.I)


class DoubleCorrection(Rule):
    """Reports weights on top of resampling, where they are not counted from what it gives."""

    meta = RuleMeta(
        code="IMBA006",
        name="double-correction",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Either resample or weigh the classes.",
        impact="The rare class counts too much: recall soars, precision and probabilities suffer.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge trainings on resampled rows, pipelines that resample, and weighing samplers."""
        if module.is_test:
            return
        seen = set()
        for event in module.trace.events:
            if not isinstance(event, Fit | CrossValidate):
                continue
            resampled = _resampled(module, event)
            weighed = next(_weighed(event), None) if resampled is not None else None
            if resampled is None or weighed is None or weighed[0] in seen:
                continue
            seen.add(weighed[0])
            yield self._judge(resampled, *weighed, conditional=event.conditional)
        yield from self._drawn(module)

    def _drawn(self, module: Module) -> Iterator[Finding]:
        """Judge losses with weights beside a loader that draws the rare class more often."""
        if SEVERAL_PATHS.search(module.document.text):
            return
        sampler = next((c for c in module.calls if c.name.endswith("WeightedRandomSampler")), None)
        if sampler is None:
            return
        for call in module.calls:
            weight = next(iter(_of_loss(call)), None)
            if weight is not None:
                given = f"{weight}={call.arguments[weight].text}"
                yield self._judge(sampler.place, call.place, given)
                return

    def _judge(
        self, resampled: Place, weighed: Place, weight: str, conditional: bool = False
    ) -> Finding:
        return self.report(
            weighed,
            f"{quoted(weight)} weighs classes that {quoted(resampled)} has balanced already",
            evidence=[("balanced here", resampled), ("weighed here", weighed)],
            conditional=conditional,
            fix=Fix(f"Drop `{weight.split('=')[0]}`, or do not resample."),
        )


def _resampled(module: Module, event: Fit | CrossValidate) -> Place | None:
    """Find where the rows of a training were balanced in full."""
    for step in (event.model, *event.model.steps):
        if step.role is Role.RESAMPLER and _in_full(step):
            return step.place
    for resample in module.trace.near(Resample, event.rows):
        sampler = resample.model
        if sampler and _in_full(sampler) and _surely(event.rows, resample.result):
            return resample.place
    return None


def _in_full(model: Model) -> bool:
    """Say whether a sampler makes the classes equally frequent, as it does by default."""
    given = model.arguments.get("sampling_strategy") or model.arguments.get("ratio")
    if any(name.isdigit() for name in model.arguments):
        return False
    return given is None or (given.known and isinstance(given.value, str))


def _surely(rows: RowSet, result: RowSet) -> bool:
    return rows.known and rows.within(result)


def _weighed(event: Fit | CrossValidate) -> Iterator[tuple[Place, str]]:
    """Find weights that were not counted from the rows of the training."""
    for part in (event.model, *event.model.steps):
        for name in WEIGHTS:
            given = part.arguments.get(name)
            if given is not None and not _neutral(given) and not _counted_again(given):
                yield part.place, f"{name}={given.text}"
    given = event.weights if isinstance(event, Fit) and not _of_own_rows(event) else None
    if given is not None and not _neutral(given):
        yield event.place, f"class_weight={given.text}"


def _of_own_rows(fit: Fit) -> bool:
    return fit.counted is not None and fit.counted.within(fit.rows)


def _neutral(given: Argument) -> bool:
    if not given.known:
        return False
    return any(given.value is value or given.value == value for value in (*NEUTRAL, *BALANCED))


def _counted_again(given: Argument) -> bool:
    """Say whether a weight is made of counts of resampled labels, as far as names tell."""
    return re.search(r"(?i)res|smote|over|under|balanced|_sm\b|_os\b|_us\b", given.text) is not None


def _of_loss(call: Call) -> list[str]:
    if call.entry is None or call.entry.kind != "loss" or not call.name.startswith("torch."):
        return []
    return [
        name
        for name in OF_LOSSES & call.arguments.keys()
        if not (call.arguments[name].known and call.arguments[name].value is None)
    ]
