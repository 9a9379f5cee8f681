"""LEAK011: rows that follow one another in time are split at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Finding,
    Fix,
    Needs,
    Ordered,
    Overlap,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Tier,
    Windowed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Place, Trace

SHUFFLED = frozenset({"train_test_split", "ShuffleSplit", "random_split"})
SHUFFLED_ON_DEMAND = frozenset({"KFold", "StratifiedKFold"})
SAID = {
    "sorted": "are sorted by `{}`",
    "dated": "are dated by `{}`",
    "resampled": "are made by `{}`",
    "lagged": "`{}` relates to their neighbours in time",
}


class ShuffledTimeSeries(Rule):
    """Reports random splits of rows whose order in time is evident from the code."""

    meta = RuleMeta(
        code="LEAK011",
        name="shuffled-time-series",
        family="leakage",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Split at a point in time, or use TimeSeriesSplit.",
        impact="The model is asked about days between days that it has seen, not about the future.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(trace=("Split",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge every split by chance by what is known of the order of its rows."""
        seen: set[Place] = set()
        for split in trace.of(Split):
            if not shuffles(split) or windows(trace, split) is not None:
                continue
            order = split.order or _lag(trace, split)
            if order is not None and order.place not in seen and not _judges_others(trace, split):
                seen.add(order.place)
                yield self._judge(split, order)

    def _judge(self, split: Split, order: Ordered) -> Finding:
        by = order.by if order.how in {"sorted", "dated"} else " ".join(order.by.split())
        return self.report(
            split.place,
            f"`{split.function}` deals rows out at random that {SAID[order.how].format(by)}: the "
            "model is tested on moments between those that it was trained on",
            evidence=[("order shown here", order.place), ("split here", split.place)],
            conditional=split.conditional,
            fix=Fix(
                "Split at a point in time (shuffle=False on sorted rows) or by TimeSeriesSplit."
            ),
        )


def _judges_others(trace: Trace, split: Split) -> bool:
    """Say whether models are judged on rows beyond those dealt out, and on none of these.

    Then the parts are learnt from in different ways, as one tells the other the rates of groups.
    """
    if not trace.judged_beyond(split.rows):
        return False
    judged = [event.rows for event in trace.near(Evaluate, split.rows)]
    judged += [event.rows for event in trace.near(CrossValidate, split.rows)]
    return not any(rows.overlap(split.rows) for rows in judged)


def _lag(trace: Trace, split: Split) -> Ordered | None:
    """Find what relates rows to their neighbours; in groups, these are sequences of their own.

    So they are where a loop goes through the groups, unless every turn divides the rows of one.
    """
    found = [
        event
        for event in trace.near(Ordered, split.rows)
        if event.how.startswith("lagged") and event.rows.overlap(split.rows) is Overlap.MUST
    ]
    of_all = all(event.how == "lagged" and event.turns <= split.loops for event in found)
    return found[0] if found and of_all else None


def windows(trace: Trace, split: Split) -> Windowed | None:
    """Find the overlapping windows that a split deals out, not those cut of one of its parts."""
    near = trace.near(Windowed, split.rows)
    met = (e for e in near if split.rows.overlap(e.rows) is Overlap.MUST)
    return next((e for e in met if not any(map(e.rows.within, split.parts))), None)


def shuffles(split: Split) -> bool:
    """Say whether a split deals rows out at random."""
    if "**" in split.place.text:
        return False
    shuffle = split.arguments.get("shuffle")
    if split.function in SHUFFLED_ON_DEMAND:
        return shuffle is not None and shuffle.known and shuffle.value is True
    if split.function not in SHUFFLED:
        return False
    return shuffle is None or (shuffle.known and shuffle.value is True)
