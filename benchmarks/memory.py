"""Peaks of memory by the probe's tiers, beside what the allocator of the CPU handed out.

`python benchmarks/memory.py` trains three small networks for three steps each, with and without
mixed precision: once on the CPU under torch's profiler, whose record of allocations is taken for
the truth, once under the probe, once on a simulated CUDA device, and once on a real one if there is
one.
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
    model.to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters())
    for _ in range(steps):
        inputs, labels = (part.to(DEVICE) for part in batch())
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=MIXED):
            loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
train(3)
"""
CPU, CUDA = "cpu", "cuda"


def program(network: str, device: str, mixed: bool) -> str:
    """Write the training of a network down."""
    return f"{SETTING}DEVICE, MIXED = {device!r}, {mixed}\n{network}{LOOP}"


def allocated(text: str) -> int:
    """Add up the allocations and releases that the profiler recorded on the CPU."""
    import torch

    with torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True
    ) as record:
        exec(text, {})
    told = record.profiler.kineto_results.events()
    changes = [(event.start_ns(), event.nbytes()) for event in told if event.name() == "[memory]"]
    return int(max(accumulate(size for _, size in sorted(changes, key=lambda item: item[0]))))


def probed(text: str, *, on_card: bool = False) -> int:
    """Ask the probe, with a simulated card or with what is there."""
    from mlaudit.probe.cards import budget
    from mlaudit.probe.job import Limits, job_of
    from mlaudit.probe.launch import running
    from mlaudit.probe.memory import simulated
    from mlaudit.source.read import read

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "train.py")
        path.write_text(text)
        limits = Limits(seconds=600)
        job = job_of(str(path), (), module=False, python=None, limits=limits, track_memory=True)
        if on_card:
            job = simulated(job, budget(None, None))
        with running(job, read(path, "train.py")) as run:
            return max(int(event["peak"]) for event in run.of("memory"))


def row(name: str, network: str, mixed: bool, real: bool) -> str:
    """Measure one network by all tiers."""
    on_cpu, on_cuda = program(network, CPU, mixed), program(network, CUDA, mixed)
    truth, tracked = allocated(on_cpu), probed(on_cpu)
    counted = probed(on_cuda, on_card=True)
    cells = [
        f"{name + (', bfloat16' if mixed else ''):46}",
        _bytes(truth),
        f"{_bytes(tracked)} {_against(tracked, truth)}",
        f"{_bytes(counted)} {_against(counted, tracked)}",
    ]
    if real:
        measured = probed(on_cuda)
        cells.append(f"{_bytes(measured)} {_against(measured, counted)}")
    return " ".join(cells)


def _bytes(count: int) -> str:
    return f"{count / 2**20:>7.1f} MiB"


def _against(one: int, other: int) -> str:
    return f"{100 * (one / other - 1):+5.1f} %"


def main() -> None:
    """Print the table; each tier against the one before."""
    import torch

    real = torch.cuda.is_available()
    heads = [f"{'three steps of AdamW':46}", f"{'allocator':>11}"]
    heads += [f"{tier:>19}" for tier in ("T2 tracked", "T3 simulated")]
    print(" ".join(heads + ([f"{'T1 measured':>19}"] if real else [])))
    for name, network in NETWORKS.items():
        for mixed in (False, True):
            print(row(name, network, mixed, real), flush=True)
    if not real:
        print("No CUDA device is at hand: nothing was measured by T1.")


if __name__ == "__main__":
    main()
