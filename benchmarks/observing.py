"""What it costs to be observed: ratios of times measured in one run.

`python benchmarks/observing.py [ROWS]` prints the time to hash a matrix of ROWS x 50 numbers beside
the time to add it up once, and that of a training as it is and as the probe sees it.
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


def training() -> None:
    import os
    import subprocess

    from mlaudit.probe.job import Limits, job_of
    from mlaudit.probe.launch import running
    from mlaudit.source.read import read

    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "train.py")
        program.write_text(TRAINING)
        plain, observed = [], []
        for _ in range(3):
            done = subprocess.run([sys.executable, program], capture_output=True, text=True)
            plain.append(_took(done.stdout))
            job = job_of(str(program), (), module=False, python=None, limits=Limits())
            with running(job, read(program, "train.py")) as run:
                observed.append(_took(run.output))
    ratio = min(observed) / min(plain)
    print(f"train on 100,000 rows of 50: {min(plain):.2f} s, observed {ratio:.2f} times that")


def _took(output: str) -> float:
    return float(output.split("took")[1])


if __name__ == "__main__":
    hashing(int(sys.argv[1]) if sys.argv[1:] else ROWS)
    training()
