"""Weights and rows that one file draws and another one trains with: which draw is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.rulekit.testing import OneFile, findings
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding


def drawn(other: str, source: str) -> list[Finding]:
    """Review a program beside `common.py`."""
    document = from_text(source, "train.py")
    return findings(document, "SEED005", project=OneFile("common", other))


BUILDER = """
from keras import Sequential
from keras.layers import Dense

def network():
    net = Sequential([Dense(8, activation="relu"), Dense(1)])
    net.compile(loss="mse", optimizer="adam")
    return net
"""
FITTED = """
import numpy as np
from common import network

net = network()
net.fit(np.load("x.npy"), np.load("y.npy"), epochs=9)
"""


def test_weights_are_drawn_in_another_file_that_builds_the_network() -> None:
    (finding,) = drawn(BUILDER, FITTED)
    assert finding.location.line == 6
    (built,) = finding.evidence
    assert (built.location.path, built.location.line) == ("common.py", 6)


def test_weights_of_another_file_that_a_seed_reaches_are_no_fault() -> None:
    seed = "from keras.utils import set_random_seed\nset_random_seed(3)\n"
    assert drawn(BUILDER, seed + FITTED) == []
    assert drawn(seed + BUILDER, FITTED) == []


def test_weights_that_either_file_reads_are_not_drawn() -> None:
    reading = BUILDER.replace("    return", '    net.load_weights("old.h5")\n    return')
    assert drawn(reading, FITTED) == []
    reading = FITTED.replace("net.fit", 'net.load_weights("old.h5")\nnet.fit')
    assert drawn(BUILDER, reading) == []


def test_what_another_file_only_predicts_with_or_rescales_draws_no_weights() -> None:
    assert drawn(BUILDER, FITTED.replace("net.fit", "net.predict")) == []
    rescaling = BUILDER.replace('Dense(8, activation="relu"), Dense(1)', "Rescaling(0.1)")
    assert drawn(rescaling, FITTED) == []


LENDING = """
import pandas as pd
import numpy as np

def rows():
    table = pd.read_csv("a.csv")
    {}
    return table
"""
LEARNING = """
from sklearn.svm import SVC
from common import rows

table = rows()
SVC().fit(table[["a", "b"]], table["y"])
"""


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("table = table.sample(frac=0.5)", ["SEED005"]),
        ("table = table.sample(frac=0.5, random_state=3)", []),
        ("print(table.sample(frac=0.5))", []),
        ("np.random.seed(3); table = table.sample(frac=0.5)", []),
        ("if len(table) > 9: table = table.sample(frac=0.5)", []),
    ],
)
def test_a_draw_in_another_file_reaches_what_its_caller_trains(line: str, codes: list[str]) -> None:
    assert [one.code for one in drawn(LENDING.format(line), LEARNING)] == codes
    seeded = f"import numpy as np\nnp.random.seed(3)\n{LEARNING}"
    assert drawn(LENDING.format(line), seeded) == []
    unused = LEARNING.replace("table = rows()", "print(rows())")
    assert drawn(LENDING.format(line), unused) == []


def test_of_several_draws_in_another_file_the_one_called_first_is_told_in_every_run() -> None:
    names = ["depth", "width", "rate", "share", "epochs", "units", "size", "steps"]
    lending = "import random\n" + "".join(
        f"def {name}():\n    return random.random()\n" for name in names
    )
    asked = ", ".join(f"{name}()" for name in reversed(names))
    learning = f"from common import {', '.join(names)}\n"
    learning += f"from sklearn.svm import SVC\ngiven = [{asked}]\n"
    learning += "SVC(C=max(given)).fit([[1], [2]], [0, 1])\n"
    for _ in range(4):  # what is first in a set of nodes depends on where they lie in memory
        (finding,) = drawn(lending, learning)
        assert (finding.location.line, finding.location.column) == (3, 10)
        assert "`steps`" in finding.message


NET = """
import torch
from torch import nn

class Reader(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(width, 4)

    def take_up(self, path):
        self.load_state_dict(torch.load(path))

    def forward(self, pages):
        return self.inner(pages)

def learn(net, batches):
    steps = torch.optim.Adam(net.parameters())
    for pages, words in batches:
        steps.zero_grad()
        nn.functional.cross_entropy(net(pages), words).backward()
        steps.step()
"""
TAUGHT = """
import numpy as np
from common import Reader, learn

reader = Reader(30)
learn(reader, np.load("batches.npy"))
"""
HANDED_OVER = """
import pytorch_lightning as pl
from common import Reader

reader = Reader(30)
trainer = pl.Trainer(max_epochs=4)
trainer.fit(reader)
"""
HANDED_OVER_BY_NAME = HANDED_OVER.replace("fit(reader)", "fit(model=reader)")


@pytest.mark.parametrize(
    ("text", "learns"), [(TAUGHT, 20), (HANDED_OVER, 7), (HANDED_OVER_BY_NAME, 7)]
)
def test_weights_are_drawn_of_a_class_in_another_file(text: str, learns: int) -> None:
    handed_over = text is not TAUGHT
    described = NET.replace("(nn.Module)", "(pl.LightningModule)") if handed_over else NET
    if handed_over:
        described = described.replace(
            "import torch\n", "import torch\nimport pytorch_lightning as pl\n"
        )
        described = described[: described.index("def learn")]
    (finding,) = drawn(described, text)
    assert finding.message.startswith("The initial weights of `reader` come from PyTorch's")
    assert finding.location.line == 5
    assert [each.location.line for each in finding.evidence] == [learns]


def test_weights_of_a_class_in_another_file_that_are_seeded_or_read_are_no_fault() -> None:
    assert len(drawn(NET, TAUGHT)) == 1
    seeded = TAUGHT.replace("\nreader", "\nimport torch\ntorch.manual_seed(2)\nreader")
    assert drawn(NET, seeded) == []
    assert (
        drawn(NET.replace("    steps = ", "    torch.manual_seed(2)\n    steps = "), TAUGHT) == []
    )
    reading = NET.replace("width, 4)\n", "width, 4)\n        self.load_state_dict(torch.load(0))\n")
    assert drawn(reading, TAUGHT) == []
    reading = TAUGHT.replace(
        "learn(reader", 'reader.load_state_dict(np.load("old.npy"))\nlearn(reader'
    )
    assert drawn(NET, reading) == []


def test_a_class_in_another_file_without_weights_or_training_draws_none() -> None:
    assert drawn(NET.replace("nn.Linear(width, 4)", "nn.Flatten()"), TAUGHT) == []
    assert drawn(NET, TAUGHT.replace("learn(reader, ", "reader(")) == []
