"""The largest batch that fits: found by a line where there is one, by trial elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.probed import probe
from mlaudit.probe.cards import budget
from mlaudit.probe.job import Limits, job_of
from mlaudit.probe.largest import MOST_RUNS, search
from mlaudit.probe.memory import CONTEXT, FRAGMENTED, simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def counted(peak: Callable[[int], int]) -> tuple[Callable[[int], int | None], list[int]]:
    asked: list[int] = []

    def run(size: int) -> int:
        asked.append(size)
        return peak(size)

    return run, asked


def test_a_line_needs_three_runs() -> None:
    peak, asked = counted(lambda size: 200 + 80 * size)
    assert search(peak, 32, 200 + 80 * 126 + 79, None) == (
        126,
        "a line through batches of 16, 32, 64",
    )
    assert asked == [16, 32, 64]


def test_a_batch_is_not_larger_than_the_data() -> None:
    peak, asked = counted(lambda size: 200 + 80 * size)
    assert search(peak, 64, 10**9, 100) == (100, "a line through batches of 16, 32, 64")
    assert max(asked) <= 100


def test_a_floor_is_no_line() -> None:
    """What the optimizer needs is more than what few rows need."""
    peak, asked = counted(lambda size: max(3000, 100 + 60 * size))
    found = search(peak, 32, 100 + 60 * 300, None)
    assert found is not None
    assert found[1] == "runs with other batches"
    assert 280 <= found[0] <= 300
    assert len(asked) <= 3 + MOST_RUNS


def test_a_line_is_not_followed_below_its_batches() -> None:
    """Below the smallest batch that was tried there may be a floor."""
    peak, _ = counted(lambda size: max(1500, 100 + 60 * size))
    assert search(peak, 256, 1000, None) == (0, "runs with other batches")


def test_nothing_is_said_where_a_run_told_nothing() -> None:
    assert search(lambda size: None, 32, 1000, None) is None


TRAINING = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

model = nn.Sequential(nn.Linear(512, 2048), nn.ReLU(), nn.Linear(2048, 2048)).cuda()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.zeros(500_000, 1)), batch_size=1024, shuffle=True)
for (rows,) in loader:
    loss = model(rows.cuda().expand(-1, 512)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.slow
def test_the_batches_of_loaders_are_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(TRAINING)
    job = job_of("train.py", (), module=False, python=None, limits=Limits(seconds=120, steps=3))
    card = budget(2 * 2**30, None)
    review = probe(simulated(job, card), Config(), allowed=card, largest_batch=True)
    assert review.profile is not None
    used = review.profile.memory
    assert used is not None
    assert used.batch == 1024
    assert used.largest is not None
    limit, output = (card.size - CONTEXT) / FRAGMENTED, 2048 * 4
    # Two linear layers, what is squared, and gradients: four to seven outputs of a layer a row.
    assert limit / (7 * output) < used.largest < limit / (4 * output)
