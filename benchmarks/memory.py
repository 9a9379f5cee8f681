"""Peaks of memory by the probe's tiers, beside what the allocator of the CPU handed out.

`python benchmarks/memory.py` trains three small networks for three steps each, once under torch's
profiler, whose record of allocations is taken for the truth, and once under the probe.
"""

from __future__ import annotations

import tempfile
from itertools import accumulate
from pathlib import Path

SETTING = """
import torch
from torch import nn
torch.manual_seed(0)
"""
NETWORKS = {
    "MLP, batch 2048": """
model = nn.Sequential(nn.Linear(784, 2048), nn.ReLU(), nn.Linear(2048, 2048), nn.ReLU(),
                      nn.Linear(2048, 10))
def batch():
    return torch.randn(2048, 784), torch.randint(0, 10, (2048,))
""",
    "convolutions, 64 pixels, batch 32": """
def block(inside, outside):
    return nn.Sequential(nn.Conv2d(inside, outside, 3, padding=1), nn.BatchNorm2d(outside),
                         nn.ReLU(), nn.MaxPool2d(2))
model = nn.Sequential(block(3, 32), block(32, 64), block(64, 128), nn.Flatten(),
                      nn.Linear(128 * 64, 10))
def batch():
    return torch.randn(32, 3, 64, 64), torch.randint(0, 10, (32,))
""",
    "transformer, 128 tokens, batch 16": """
layer = nn.TransformerEncoderLayer(256, 8, 1024, batch_first=True)
model = nn.Sequential(nn.Embedding(5000, 256), nn.TransformerEncoder(layer, 3),
                      nn.Flatten(), nn.Linear(128 * 256, 10))
def batch():
    return torch.randint(0, 5000, (16, 128)), torch.randint(0, 10, (16,))
""",
}
LOOP = """
def train(steps):
    optimizer = torch.optim.AdamW(model.parameters())
    for _ in range(steps):
        inputs, labels = batch()
        loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def allocated(network: str) -> int:
    """Add up the allocations and releases that the profiler recorded."""
    import torch

    scope: dict[str, object] = {}
    with torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True
    ) as record:
        exec(SETTING + network + LOOP + "train(3)", scope)
    told = record.profiler.kineto_results.events()
    changes = [(event.start_ns(), event.nbytes()) for event in told if event.name() == "[memory]"]
    return int(max(accumulate(size for _, size in sorted(changes, key=lambda item: item[0]))))


def tracked(network: str) -> int:
    """Ask the probe."""
    from mlaudit.probe.job import Limits, job_of
    from mlaudit.probe.launch import running
    from mlaudit.source.read import read

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "train.py")
        path.write_text(SETTING + network + LOOP + "train(3)\n")
        limits = Limits(seconds=600)
        job = job_of(str(path), (), module=False, python=None, limits=limits, track_memory=True)
        with running(job, read(path, "train.py")) as run:
            return max(int(event["bytes"]) for event in run.of("peak"))


def main() -> None:
    """Print the table."""
    print(f"{'three steps of AdamW':36} {'allocator':>11} {'T2 tracked':>11}")
    for name, network in NETWORKS.items():
        truth, found = allocated(network), tracked(network)
        told = f"{truth / 2**20:>7.1f} MiB {found / 2**20:>7.1f} MiB"
        print(f"{name:36} {told} {100 * (found / truth - 1):+.1f} %")


if __name__ == "__main__":
    main()
