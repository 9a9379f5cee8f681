"""What it costs to be observed: ratios of times measured in one run.

`python -m benchmarks.observing [TIMES]` prints the time to hash a matrix of a million rows of 50
numbers beside the time to add it up once.  Then programs take turns with themselves as the probe
sees them, TIMES times each (5 unless told), on one thread.  Only training is timed, without imports
and without making the data.  A line gives the fastest run that was not observed, the ratio of the
fastest runs by the clock and by the time of the processor, which is the steadier of the two where
other programs run, and how far the latter ratios of neighbouring runs lie apart.  The last ratio
leaves out what the probe measures of data and scores while the program waits: these are results
that were asked for, the rest is the price of seeing what the program does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000_000
LIMIT = 1.10
TRAINING = """
import time
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
X = rng.normal(size=(100_000, 50))
scores = X @ rng.normal(size=(50, CLASSES)) + rng.normal(size=(100_000, CLASSES))
y = scores.argmax(axis=1)
start = time.perf_counter(), time.process_time()
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = StandardScaler().fit(X_train)
model = MODEL
model.fit(scaler.transform(X_train), y_train)
accuracy_score(y_test, model.predict(scaler.transform(X_test)))
print("took", time.perf_counter() - start[0], time.process_time() - start[1])
"""
ESTIMATORS = {
    "a line between 2 classes": (2, "LogisticRegression()"),
    "lines between 20 classes": (20, "LogisticRegression()"),
    "10 trees of a forest": (2, "RandomForestClassifier(10, max_depth=10)"),
    "100 boosted trees": (2, "HistGradientBoostingClassifier(early_stopping=False)"),
}
EPOCH = """
import time
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
torch.set_num_threads(1)
X = torch.randn(COUNT, *SHAPE)
y = (X.flatten(1)[:, 0] + torch.randn(COUNT) > 0).long()
train_set, test_set = random_split(TensorDataset(X, y), [0.8, 0.2])
net = nn.Sequential(LAYERS)
optimizer = torch.optim.Adam(net.parameters())
start = time.perf_counter(), time.process_time()
for batch, target in DataLoader(train_set, batch_size=BATCH, shuffle=True):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(batch), target)
    loss.backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    right = 0
    for batch, target in DataLoader(test_set, batch_size=BATCH):
        right += (net(batch).argmax(1) == target).sum().item()
print("took", time.perf_counter() - start[0], time.process_time() - start[1])
"""
PERCEPTRON = (
    "nn.Linear(100, 256), nn.ReLU(), nn.Dropout(0.1), "
    "nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 2)"
)
CONVOLUTIONS = (
    "nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), "
    "nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 25, 2)"
)
NETWORKS = {
    "250 steps of a perceptron": (40_000, (100,), 128, PERCEPTRON),
    "125 steps of convolutions": (10_000, (1, 28, 28), 64, CONVOLUTIONS),
}


def fastest(work: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def hashing(rows: int) -> None:
    import numpy as np

    from mlaudit.probe.agent.hashing import hashes

    matrix = np.random.default_rng(0).normal(size=(rows, 50))
    hashed, summed = fastest(lambda: hashes(matrix)), fastest(lambda: matrix.sum(axis=1))
    print(f"hash {rows:,} rows of 50: {hashed:.3f} s, {hashed / summed:.1f} times a sum of them")


@frozen
class Took:
    """Seconds that a training took by the clock, of a processor, and of these to measure."""

    clock: float
    busy: float
    measuring: float = 0.0


def observed(what: str, text: str, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "train.py")
        program.write_text(text)
        runs = [(_plain(program), _seen(program)) for _ in range(times)]
    clock, busy = (min(getattr(plain, kind) for plain, _ in runs) for kind in ("clock", "busy"))
    waited = min(seen.clock for _, seen in runs) / clock
    worked = min(seen.busy for _, seen in runs) / busy
    pairs = sorted(seen.busy / plain.busy for plain, seen in runs)
    bare = min(seen.busy - seen.measuring for _, seen in runs) / busy
    print(
        f"{what:26} {clock:6.2f} s, observed {waited:.2f} times that by the clock, "
        f"{worked:.2f} ({pairs[0]:.2f} to {pairs[-1]:.2f}) of the processor, "
        f"{bare:.2f} without measuring{'' if bare < LIMIT else ', too much'}",
        flush=True,
    )


def _plain(program: Path) -> Took:
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    return _took(done.stdout)


def _seen(program: Path) -> Took:
    from mlaudit.probe.job import Limits, job_of
    from mlaudit.probe.launch import running
    from mlaudit.source.read import read

    job = job_of(str(program), (), module=False, python=None, limits=Limits())
    with running(job, read(program, program.name)) as run:
        measuring = sum(float(event["seconds"]) for event in run.of("measured"))
        return _took(run.output, measuring)


def _took(output: str, measuring: float = 0.0) -> Took:
    clock, busy = output.split("took")[1].split()
    return Took(float(clock), float(busy), measuring)


def main(times: int) -> None:
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    hashing(ROWS)
    print("sklearn, 100,000 rows of 50:")
    for what, (classes, model) in ESTIMATORS.items():
        text = TRAINING.replace("CLASSES", str(classes)).replace("MODEL", model)
        observed(what, text, times)
    print("torch, an epoch and an evaluation:")
    for what, (count, shape, batch, layers) in NETWORKS.items():
        settings = f"COUNT, SHAPE, BATCH = {count}, {shape}, {batch}\n"
        observed(what, settings + EPOCH.replace("LAYERS", layers), times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
