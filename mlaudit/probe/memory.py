"""From the bytes of every step to what a card must have: peak, band, budget, growth."""

from __future__ import annotations

import shutil
from itertools import combinations, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from mlaudit.model.frozen import replace
from mlaudit.model.profile import Course, Memory, Share
from mlaudit.probe.cards import GIB
from mlaudit.probe.ending import How

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlaudit.probe.job import Budget, Job
    from mlaudit.probe.launch import Event, Run
    from mlaudit.probe.places import Resolver

FRAGMENTED = 1.2
CONTEXT = int(0.6 * GIB)
WARM_UP = 5
LEAST_STEPS = 10
LEAST_GROWTH = 4096
_MOST_POINTS = 120
_UNTRACKED = "workspaces of CUDA"
_MEASURED = "T1, measured: the counters of CUDA's allocator"
_TRACKED = "T2, tracked: the storages of all tensors, counted while the program ran"
_SIMULATED = "T3, simulated: what tensors would take on a CUDA device, which held no data"
SIMULATED_STEPS = 24


def simulated(job: Job, card: Budget) -> Job:
    """Give the same job on a card that holds no data; a few steps tell what it would take."""
    limits = replace(job.limits, steps=job.limits.steps or SIMULATED_STEPS)
    return replace(job, track_memory=True, simulated=card, limits=limits)


def needs_cuda(run: Run) -> bool:
    """Say whether the program failed because there is no CUDA."""
    return run.ending.how is How.FAILED and any(event["needed"] for event in run.of("no_cuda"))


def _kept(run: Run) -> tuple[str, ...]:
    told = list(run.of("grown"))
    return tuple(told[-1]["kept"]) if told else ()


def keep_snapshots(run: Run, folder: Path) -> None:
    """Copy what the agent kept of the memory of CUDA, which is gone when the run is."""
    for path in run.folder.glob("memory.*"):
        shutil.copy(path, folder / path.name)


def measured(run: Run, allowed: Budget, places: Resolver) -> Memory | None:
    """Judge the memory of a run; None where no step was followed."""
    peaks, steps = list(run.of("peak")), list(run.of("memory"))
    if not peaks or not steps:
        return None
    last, counted = peaks[-1], [step for step in steps if "reserved" in step]
    peak, kinds = int(last["bytes"]), dict(last["kinds"])
    top = upper(peak)
    if counted:
        tracked, peak = peak, max(int(step["peak"]) for step in counted)
        kinds[_UNTRACKED] = max(0, peak - tracked)
        top = max(peak, *(int(step["reserved"]) for step in counted)) + CONTEXT
    first = [step for step in steps if step["optimizer"] == steps[0]["optimizer"]]
    grown = growth([(int(step["step"]), int(step["live"])) for step in first], peak)
    return Memory(
        tier=_tier(run, counted),
        device=last["device"],
        steps=len(steps),
        peak=peak,
        upper=top,
        kinds=dict(sorted(kinds.items(), key=lambda item: -item[1])),
        lines=tuple(_shares(last["lines"], places)),
        budget=allowed.size,
        card=allowed.name,
        fits=verdict(peak, top, allowed.size),
        growth=grown,
        full_at=len(steps) + max(0, allowed.size - top) // grown if grown else None,
        grown=tuple(_grown(run, places)) if grown else (),
        kept=_kept(run) if grown else (),
        course=_course(last["course"]),
        live=thinned([int(step["live"]) for step in first]),
    )


def _tier(run: Run, counted: Sequence[Event]) -> str:
    if counted:
        return f"{_MEASURED} on {counted[0]['card']}"
    return _SIMULATED if run.job.simulated is not None else _TRACKED


def _course(told: dict[str, Any]) -> Course:
    return Course(tuple(told["kinds"]), tuple(map(tuple, told["moments"])))


def thinned(values: Sequence[Any]) -> tuple[Any, ...]:
    """Give some of the values, evenly spread, the last one among them."""
    stride = -(-len(values) // _MOST_POINTS) or 1
    return tuple(values[::-1][::stride][::-1])


def _grown(run: Run, places: Resolver) -> list[Share]:
    """Give the lines whose tensors pile up, by the bytes that each adds in a step."""
    told = list(run.of("grown"))
    if not told:
        return []
    steps = told[-1]["step"] - told[-1]["since"]
    lines = [(place, size // steps) for place, size in told[-1]["lines"]]
    return _shares([line for line in lines if line[1]], places)


def upper(peak: int) -> int:
    """Give the upper edge of what a card needs: fragmentation, and what CUDA itself takes."""
    return int(peak * FRAGMENTED) + CONTEXT


def verdict(peak: int, top: int, size: int) -> str:
    """Say whether a training fits that needs between `peak` and `top`."""
    if top <= size:
        return "fits"
    return "may not fit" if peak <= size else "does not fit"


def growth(live: Sequence[tuple[int, int]], peak: int) -> int:
    """Give the bytes that every step leaves behind; 0 where that is not certain.

    `live` has the bytes held after steps, with the numbers of the steps.
    """
    later = live[WARM_UP:]
    if len(later) < LEAST_STEPS:
        return 0
    rising = sum(after[1] >= before[1] for before, after in pairwise(later))
    slope = _slope(later)
    if slope <= max(LEAST_GROWTH, peak // 10_000) or rising < 0.9 * (len(later) - 1):
        return 0
    return int(slope)


def _slope(points: Sequence[tuple[int, int]]) -> float:
    """Give the median of the slopes between all pairs, which outliers hardly move."""
    some = points[:: max(1, len(points) // _MOST_POINTS)]
    return median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(some, 2))


def _shares(lines: Sequence[Any], places: Resolver) -> list[Share]:
    found = []
    for position, size, *kind in lines:
        place = places(position)
        if place is not None:
            code = " ".join(place.text.split())[:60]
            found.append(Share(place.location, code, size, *kind))
    return found
