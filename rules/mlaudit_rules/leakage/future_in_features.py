"""LEAK010: features of a row are made of later rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Effect,
    Finding,
    Fit,
    Fix,
    Kind,
    Needs,
    Ordered,
    Role,
    Rule,
    RuleMeta,
    Severity,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Influence, Module, Place, Trace


class FutureInFeatures(Rule):
    """Reports features that a negative shift or a centred window takes from later rows.

    In exploration only where the program forecasts, and not where it labels whole recordings.
    """

    meta = RuleMeta(
        code="LEAK010",
        name="future-in-features",
        family="leakage",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Use values that are known at the time of the row: positive shifts, trailing windows.",
        impact="The model is told what happens next, which nobody can tell it in use.",
    )
    needs = Needs(influences=(Kind.LOOK_AHEAD,))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what reached the features of every predictor, one finding a cause."""
        seen: set[Place] = set()
        for fit in module.trace.of(Fit):
            if fit.model.role is not Role.PREDICTOR:
                continue
            for influence in fit.influences:
                if influence.kind is not Kind.LOOK_AHEAD or influence.place in seen:
                    continue
                sure = module.profile != "exploration" or _forecasts(fit, influence)
                if sure and _oldest_first(module.trace, influence):
                    seen.add(influence.place)
                    yield self._judge(fit, influence)

    def _judge(self, fit: Fit, influence: Influence) -> Finding:
        column = f"`{influence.column}`" if influence.column else "a column"
        return self.report(
            influence.place,
            f"{quoted(influence.place)} takes {influence.statistic}, and its result ({column}) "
            f"is among the features of {quoted(fit.place)}: at the time of a row these values are "
            "not known yet",
            severity=Severity.WARNING if influence.effect is Effect.LOW else None,
            evidence=[("taken from later rows here", influence.place), ("trained here", fit.place)],
            conditional=influence.conditional or fit.conditional,
            fix=Fix(
                f"Fill {column} from earlier rows, by `ffill`."
                if influence.effect is Effect.LOW
                else f"Drop {column} from the features, or use it as the target only."
            ),
        )


def _forecasts(fit: Fit, influence: Influence) -> bool:
    """Say whether the target lies in later rows, or is itself what later rows told."""
    return fit.target_ahead or (influence.source is not None and influence.source == fit.target)


def _oldest_first(trace: Trace, influence: Influence) -> bool:
    """Say whether the rows are known to be in time, and not the newest first.

    What is recorded as a whole, such as one breath or one sentence, may be seen as a whole.
    """
    near = trace.near(Ordered, influence.rows)
    known = [event for event in near if event.rows.overlap(influence.rows)]
    return not any(event.newest_first for event in known) and any(
        not event.how.startswith("lagged") for event in known
    )
