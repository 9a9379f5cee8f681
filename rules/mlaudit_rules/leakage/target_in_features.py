"""LEAK008: the answer stands among the features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Finding,
    Fit,
    Fix,
    Needs,
    Role,
    Rule,
    RuleMeta,
    Severity,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Place, Trace


_LEARNING = (Fit, CrossValidate)


class TargetInFeatures(Rule):
    """Reports trainings whose features hold the target column, or one computed from it."""

    meta = RuleMeta(
        code="LEAK008",
        name="target-in-features",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Drop the target, and every column computed from it, from the features.",
        impact="The model reads the answer off a feature that will be missing in use.",
    )
    needs = Needs(trace=("Fit", "CrossValidate"))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge every training of a predictor whose columns are known."""
        seen: set[Place] = set()
        for fit in trace.events:
            if not isinstance(fit, _LEARNING):
                continue
            if fit.model.role is not Role.PREDICTOR or fit.place in seen:
                continue
            leaking = sorted(leaking_columns(fit))
            if leaking:
                seen.add(fit.place)
                yield self._judge(fit, leaking)

    def _judge(self, fit: Fit | CrossValidate, leaking: list[str]) -> Finding:
        columns = ", ".join(quoted(name) for name in leaking)
        features = quoted(fit.variable) if fit.variable else "the features"
        what = "the target itself" if leaking == [fit.target] else "computed from the target"
        if _source(fit) in leaking:
            what = f"the target `{fit.target}` is computed from it"
        return self.report(
            fit.place,
            f"{quoted(fit.place)} trains on {features} with {columns} still in it ({what}), so the "
            "model reads the answer instead of learning it",
            evidence=[("trained here", fit.place)],
            conditional=fit.conditional,
            fix=Fix(f"Drop {columns} from {features} before training."),
        )


def leaking_columns(fit: Fit | CrossValidate) -> set[str]:
    """Find the features that are, or derive from, the target; empty where it is not certain."""
    if fit.target is None or fit.features is None:
        return set()
    kept, dropped = fit.features.kept, fit.features.dropped
    found = {
        column
        for column, sources in fit.features.derived.items()
        if fit.target in sources and column not in dropped and (kept is None or column in kept)
    }
    if fit.features.holds(fit.target):
        found.add(fit.target)
    source = _source(fit)
    return found | {source} if source is not None else found


def _source(fit: Fit | CrossValidate) -> str | None:
    """Find the feature that the target, a column by another name, is computed from alone."""
    ahead = isinstance(fit, Fit) and fit.target_ahead
    if fit.features is None or fit.target is None or ahead:
        return None
    sources = fit.features.derived.get(fit.target, frozenset())
    source = next(iter(sources)) if len(sources) == 1 else None
    return source if source is not None and fit.features.holds(source) else None
