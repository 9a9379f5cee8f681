"""The memory of tensors: what is counted in a run, and what is made of the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.probed import probe
from mlaudit.probe.cards import GIB, budget
from mlaudit.probe.job import Limits, ProbeError, job_of
from mlaudit.probe.memory import growth, upper, verdict

if TYPE_CHECKING:
    from mlaudit.model.profile import Memory

TRAINING = """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 256))
optimizer = torch.optim.Adam(model.parameters())
kept = []
for step in range(30):
    batch = torch.randn(64, 256)
    answer = model(batch)
    loss = nn.functional.mse_loss(answer, batch)
    optimizer.zero_grad()
    kept.append(answer)
    loss.backward()
    optimizer.step()
"""
PARAMETERS = 4 * (256 * 512 + 512 + 512 * 256 + 256)


LEFT = 64 * 256 * 4


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Memory:
    folder = tmp_path_factory.mktemp("tracked")
    (folder / "train.py").write_text(TRAINING)
    limits = Limits(seconds=120)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        job = job_of("train.py", (), module=False, python=None, limits=limits, track_memory=True)
        review = probe(job, Config(), allowed=budget(None, None))
    assert review.profile is not None
    assert review.profile.ended == "ran to its end"
    assert review.profile.steps == 30
    first, last = review.profile.losses
    assert 0 < last < first
    assert review.profile.memory is not None
    return review.profile.memory


@pytest.mark.xdist_group("tracked")
def test_a_training_is_counted_by_what_its_tensors_are_for(memory: Memory) -> None:
    assert memory.tier.startswith("T2, tracked")
    assert memory.kinds["parameters"] == PARAMETERS
    assert memory.kinds["gradients"] == PARAMETERS
    assert 2 * PARAMETERS <= memory.kinds["optimizer state"] <= 2 * PARAMETERS + 4 * 512
    assert sum(memory.kinds.values()) == memory.peak
    assert (memory.card, memory.fits) == ("RTX 2080 Ti", "fits")
    assert {share.location.line for share in memory.lines} >= {5, 14}


@pytest.mark.xdist_group("tracked")
def test_what_every_step_leaves_behind_is_told(memory: Memory) -> None:
    assert LEFT <= memory.growth <= 4 * LEFT
    assert memory.kept == ("kept",)
    assert memory.full_at == pytest.approx((11 * GIB - memory.upper) / memory.growth, rel=0.01)


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        ([100, 900, 1000] + [1000] * 30, 0),
        ([100 + 8192 * step for step in range(30)], 8192),
        ([100 + 512 * step for step in range(30)], 0),  # detached losses
        ([8192 * step for step in range(10)], 0),  # too few to tell
        ([8192 * (step % 4) for step in range(40)], 0),  # buffers that are emptied
    ],
)
def test_growth_is_told_where_it_is_certain(live: list[int], expected: int) -> None:
    assert growth(list(enumerate(live, 1)), peak=10_000) == expected


@pytest.mark.parametrize(
    ("peak", "fits"), [(4 * GIB, "fits"), (9 * GIB, "may not fit"), (12 * GIB, "does not fit")]
)
def test_a_peak_is_a_band(peak: int, fits: str) -> None:
    assert verdict(peak, upper(peak), 11 * GIB) == fits
    assert upper(peak) > peak


def test_a_budget_is_a_size_or_a_card() -> None:
    assert budget(5 * GIB, None).size == 5 * GIB
    assert (budget(None, "nvidia rtx3090").size, budget(None, "rtx 3090").name) == (
        24 * GIB,
        "RTX 3090",
    )
    with pytest.raises(ProbeError, match="no card is known as 'RTX 1'"):
        budget(None, "RTX 1")
