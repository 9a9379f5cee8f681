"""What it costs to be observed: ratios of times measured in one run.

`python benchmarks/observing.py [ROWS]` prints the time to hash a matrix of ROWS x 50 numbers beside
the time to add it up once, and those of a training by sklearn and of an epoch of torch as they are
and as the probe sees them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1_000_000
TRAINING = """
import time
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
X = rng.normal(size=(100_000, 50))
y = (X[:, 0] + rng.normal(size=100_000) > 0).astype(int)
start = time.perf_counter()
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = StandardScaler().fit(X_train)
model = LogisticRegression(max_iter=60)
model.fit(scaler.transform(X_train), y_train)
accuracy_score(y_test, model.predict(scaler.transform(X_test)))
print("took", time.perf_counter() - start)
"""
BOOSTING = "sklearn.ensemble.HistGradientBoostingClassifier(early_stopping=False)"
EPOCH = """
import time
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
torch.set_num_threads(1)
X = torch.randn(40_000, 100)
y = (X[:, 0] + torch.randn(40_000) > 0).long()
train_set, test_set = random_split(TensorDataset(X, y), [32_000, 8_000])
layers = [nn.Linear(100, 256), nn.ReLU(), nn.Dropout(0.1), nn.Linear(256, 256), nn.ReLU()]
net = nn.Sequential(*layers, nn.Linear(256, 2))
optimizer = torch.optim.Adam(net.parameters())
start = time.perf_counter()
for batch, target in DataLoader(train_set, batch_size=128, shuffle=True):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(batch), target).backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    right = 0
    for batch, target in DataLoader(test_set, batch_size=128):
        right += (net(batch).argmax(1) == target).sum().item()
print("took", time.perf_counter() - start)
"""


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


def observed(what: str, text: str) -> None:
    import os
    import subprocess

    from mlaudit.probe.job import Limits, job_of
    from mlaudit.probe.launch import running
    from mlaudit.source.read import read

    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "train.py")
        program.write_text(text)
        plain, seen = [], []
        for _ in range(5):
            done = subprocess.run([sys.executable, program], capture_output=True, text=True)
            plain.append(_took(done.stdout))
            job = job_of(str(program), (), module=False, python=None, limits=Limits())
            with running(job, read(program, "train.py")) as run:
                seen.append(_took(run.output))
    ratio = min(seen) / min(plain)
    print(f"{what}: {min(plain):.2f} s, observed {ratio:.2f} times that")


def _took(output: str) -> float:
    return float(output.split("took")[1])


if __name__ == "__main__":
    hashing(int(sys.argv[1]) if sys.argv[1:] else ROWS)
    observed("a line that is found in 7 steps, on 100,000 rows of 50", TRAINING)
    boosted = TRAINING.replace("LogisticRegression(max_iter=60)", BOOSTING)
    observed("100 trees, boosted, on as many", f"import sklearn.ensemble\n{boosted}")
    observed("an epoch of 250 steps of torch", EPOCH)
