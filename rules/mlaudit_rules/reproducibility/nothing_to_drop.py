"""Under-samplers of rows that an over-sampler has made equally many of every class before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import CrossValidate, Fit, Resample, Role
from mlaudit_rules.reproducibility.estimators import is_set_later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Model, Module, RowSet, Trace

_UNDER = "RandomUnderSampler"
# These add exactly as many rows as a class lacks; others of their kind may add fewer.
_OVER = frozenset({"RandomOverSampler", "SMOTE", "SMOTEN", "SMOTENC"})
_IN_FULL = frozenset({"auto", "all", "not majority", "not minority"})
_LESS = frozenset({"ratio", "replacement", "kind"})


def drops_nothing(module: Module, call: Call) -> bool:
    """Say whether an under-sampler is only ever given classes of one size, all rows of which stay.

    Each is to be brought to the size of the smallest, and an over-sampler has just brought each
    to that of the largest.
    """
    if not call.name.endswith(_UNDER):
        return False
    before = list(_samplers_before(module, call))
    return (
        bool(before)
        and all(one is not None and one.name in _OVER and _in_full(one) for one in before)
        and not is_set_later(module, {"sampling_strategy", "replacement"})
    )


def _samplers_before(module: Module, call: Call) -> Iterator[Model | None]:
    """Give, for each use of a sampler, the one that made the rows it is given, if any did.

    None stands for one that is not to be found, or for settings that may leave rows out.
    """
    trace = module.trace
    uses: list[Resample | Fit | CrossValidate] = [*trace.of(Resample), *trace.of(Fit)]
    uses += trace.of(CrossValidate)
    for use in uses:
        for chain in _chains(use.model) if use.model is not None else ():
            place = next((n for n, step in enumerate(chain) if step.place == call.place), None)
            if place is None:
                continue
            above = [step for step in chain[:place] if step.role is Role.RESAMPLER]
            if _in_full(chain[place]):
                yield above[-1] if above else _maker(trace, use.rows)
            else:
                yield None


def _maker(trace: Trace, rows: RowSet) -> Model | None:
    """Give the sampler that made just these rows."""
    return next(
        (
            resample.model
            for resample in trace.near(Resample, rows)
            if resample.result.within(rows) and rows.within(resample.result)
        ),
        None,
    )


def _chains(model: Model) -> Iterator[tuple[Model, ...]]:
    """Give the steps of a pipeline, in order, wherever it is within a model; or a model itself."""
    yield model.steps or (model,)
    for step in model.steps:
        if step.steps:
            yield from _chains(step)


def _in_full(sampler: Model) -> bool:
    """Say whether a sampler evens all classes out, as it does by default."""
    if any(name.isdigit() or name in _LESS for name in sampler.arguments):
        return False
    given = sampler.arguments.get("sampling_strategy")
    return given is None or (given.known and given.value in _IN_FULL)
