"""What the rules about memory make of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.engine.policy import verdict
from mlaudit.model.frozen import replace
from mlaudit.model.location import Location
from mlaudit.model.measured import Latency, Measured
from mlaudit.model.profile import Memory, Profile, Share
from mlaudit.model.review import Coverage, FileCoverage
from mlaudit.rulekit.registry import rules

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding

GIB = 2**30
FORWARD, BACKWARD = Location("train.py", 8), Location("train.py", 10)
USED = Memory(
    tier="T2, tracked: the storages of all tensors",
    device="cpu",
    steps=20,
    peak=4 * GIB,
    upper=6 * GIB,
    kinds={"activations and batch": 3 * GIB, "parameters": GIB},
    lines=(
        Share(BACKWARD, "loss.backward()", 2 * GIB, "temporary"),
        Share(FORWARD, "model(batch)", GIB, "activations and batch"),
    ),
    budget=11 * GIB,
    card="RTX 2080 Ti",
    fits="fits",
)


def found(code: str, used: Memory) -> list[Finding]:
    profile = Profile("train.py", "3.12.0", "finished", "ran to its end", memory=used)
    return list(rules()[code].rule.check_profile(profile))


@pytest.mark.parametrize(
    ("peak", "upper", "fits", "recommendation"),
    [
        (4, 6, "fits", "APPROVE"),
        (9, 12, "may not fit", "CONDITIONAL"),
        (12, 15, "does not fit", "NEEDS-REWORK"),
    ],
)
def test_the_verdict_follows_from_the_band(
    peak: int, upper: int, fits: str, recommendation: str
) -> None:
    used = replace(USED, peak=peak * GIB, upper=upper * GIB, fits=fits)
    covered = Coverage(files=(FileCoverage("train.py", "examined"),), rules=("GPU001",))
    judged = verdict(found("GPU001", used), covered, learns=True)
    assert judged.recommendation == recommendation


def test_a_budget_that_is_exceeded_names_tier_card_kind_and_batch() -> None:
    used = replace(USED, peak=12 * GIB, upper=15 * GIB, fits="does not fit", batch=64, largest=48)
    (finding,) = found("GPU001", used)
    assert finding.message == (
        "the training does not fit into the 11.0 GiB of the RTX 2080 Ti: it needs 12.0 GiB to"
        " 15.0 GiB (T2, tracked), 3.0 GiB of it for activations and batch; a batch of 48 fits"
        " instead of 64"
    )
    assert finding.location == FORWARD
    assert [each.location for each in finding.evidence] == [FORWARD, BACKWARD]


def test_what_cuda_counted_is_sure_and_what_was_simulated_is_not() -> None:
    exceeded = replace(USED, peak=12 * GIB, upper=15 * GIB, fits="does not fit")
    sure = replace(exceeded, tier="T1, measured: the counters of CUDA's allocator on A100")
    assert [finding.confidence for finding in found("GPU001", sure)] == ["high"]
    assert [finding.confidence for finding in found("GPU001", exceeded)] == ["medium"]


def test_growth_names_the_step_at_which_the_card_is_full() -> None:
    grown = (Share(FORWARD, "model(batch)", GIB),)
    used = replace(USED, growth=2**20, full_at=5120, grown=grown)
    (finding,) = found("GPU002", used)
    assert finding.message == (
        "every step leaves 1.0 MiB behind: the 11.0 GiB of the RTX 2080 Ti are full at step 5,120"
        " (T2, tracked)"
    )
    assert finding.location == FORWARD
    assert found("GPU002", USED) == []


@pytest.mark.parametrize(
    ("calls", "p50", "p95", "words"),
    [
        (50, 0.02, 0.12, "120.0 ms for one row (95 % of 50 calls; half of them 20.0 ms)"),
        (50, 0.02, 0.08, None),
        (5, 0.02, 0.12, None),
        (5, 0.11, 0.12, "110.0 ms for one row (half of 5 calls)"),
    ],
)
def test_of_few_calls_the_slowest_proves_nothing(
    calls: int, p50: float, p95: float, words: str | None
) -> None:
    latency = Latency(FORWARD, "SVC", calls, p50, p95, p95, 9, 100.0)
    measured = replace(Measured(), latency=latency)
    measured = replace(measured, budgets=replace(measured.budgets, latency_ms=100))
    profile = Profile("train.py", "3.12.0", "finished", "ran to its end", measured=measured)
    told = [finding.message for finding in rules()["GPU012"].rule.check_profile(profile)]
    assert told == ([] if words is None else [f"`SVC` takes {words}, more than 100 ms"])
