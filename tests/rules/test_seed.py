"""What fixtures of the rules about seeds cannot say: messages, fixes, witnesses, other files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.model.finding import Confidence
from mlaudit.rulekit.registry import rules
from mlaudit.rulekit.testing import OneFile, findings
from mlaudit.source.read import read, read_text
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.source.document import Document

FIXTURES = Path(__file__).parents[2] / "fixtures" / "reproducibility"

SPLIT = """
from sklearn.model_selection import train_test_split
{before}
train, test = train_test_split(range(100){arguments})
{after}
"""

LOADERS = """
import torch
from torch import nn
from torch.utils.data import DataLoader

net = nn.Linear(4, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
sample = DataLoader(parts[0], shuffle=True)
print(next(iter(sample)))
test_rows = DataLoader(parts[1], shuffle=True)
rows = DataLoader(parts[0], shuffle=True)
for batch, labels in rows:
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(batch), labels).backward()
    optimizer.step()
"""

NETWORK = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

rows = torch.tensor(np.random.rand(90, 3) + np.random.rand(90, 1)).float()
net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for batch in DataLoader(rows, batch_size=30, shuffle=True):
    optimizer.zero_grad()
    net(batch).sum().backward()
    optimizer.step()
"""


def split(before: str = "", arguments: str = "", after: str = "") -> str:
    return SPLIT.format(before=before, arguments=arguments, after=after)


def test_fix_uses_the_name_that_the_document_has_for_a_seed() -> None:
    (finding,) = findings(split(before="RANDOM_SEED = 5"), "SEED001")
    assert finding.fix is not None
    assert finding.fix.code == "train_test_split(range(100), random_state=RANDOM_SEED)"


def test_fix_invents_a_number_where_there_is_no_name() -> None:
    (finding,) = findings(split(arguments=",\n    test_size=0.5,\n"), "SEED001")
    assert finding.fix is not None
    expected = "train_test_split(range(100),\n    test_size=0.5, random_state=42)"
    assert finding.fix.code == expected


def test_seed_that_comes_too_late_is_reported_with_what_was_drawn_before() -> None:
    source = split(after="import numpy as np\nnp.random.seed(0)\nprint(train)")
    (finding,) = findings(source, "SEED001", "SEED006")
    assert (finding.code, finding.location.line) == ("SEED006", 6)
    assert [(evidence.role, evidence.location.line) for evidence in finding.evidence] == [
        ("drawn before", 4)
    ]


def test_message_tells_none_from_nothing() -> None:
    (missing,) = findings(split(), "SEED001")
    (none,) = findings(split(arguments=", random_state=None"), "SEED001")
    assert "no `random_state` is given" in missing.message
    assert "`random_state` is None" in none.message


def test_only_loaders_that_feed_a_training_are_named() -> None:
    (finding,) = findings(LOADERS, "SEED005")
    shuffled = [e.location.line for e in finding.evidence if e.role == "shuffled here"]
    assert shuffled == [11]


def test_the_loader_of_another_training_is_not_named() -> None:
    first = (
        "def first(net, rows):\n    rows = DataLoader(rows, shuffle=True)\n    train(net, rows)\n"
    )
    (finding,) = findings(f"{LOADERS}\n{first}first(net, parts[1])\n", "SEED005")
    shuffled = [e.location.line for e in finding.evidence if e.role == "shuffled here"]
    assert shuffled == [11]


def test_the_step_that_is_named_is_one_of_the_optimizer_at_hand() -> None:
    other = "def warm_up(optimizer):\n    optimizer.step()\n"
    (alone,) = findings(LOADERS, "SEED005")
    (beside,) = findings(f"{other}{LOADERS}", "SEED005")
    places = [
        next(e.location.line for e in finding.evidence if e.role == "trained here")
        for finding in (alone, beside)
    ]
    assert places == [15, 17]


def test_batches_that_nobody_goes_through_are_not_named() -> None:
    taught = f"""{TEACHING}
net = nn.Linear(4, 2)
shown = torch.utils.data.DataLoader(parts[1], shuffle=True)
teach(net, torch.utils.data.DataLoader(parts[0]))
"""
    (finding,) = findings(taught, "SEED005")
    assert "The initial weights of `net` come" in finding.message
    (finding,) = findings(f"{taught}teach(net, shown)\n", "SEED005")
    assert "and the order of the shuffled batches" in finding.message


def test_batches_of_a_test_part_train_nothing() -> None:
    trained = LOADERS.replace("rows = DataLoader(parts[0], shuffle=True)", "rows = parts[0]")
    (finding,) = findings(trained, "SEED005")
    assert "initial weights of `net` come" in finding.message


TEACHING = """\
import torch
from torch import nn
def teach(network, batches):
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for batch, labels in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(batch), labels).backward()
        optimizer.step()
"""


def test_a_network_goes_by_the_name_that_it_is_built_under() -> None:
    source = f"{TEACHING}reader = nn.Linear(4, 2)\nteach(reader, batches)\n"
    (finding,) = findings(source, "SEED005")
    assert finding.location.line == 9
    assert finding.message.startswith("The initial weights of `reader` come")


def test_a_network_that_is_built_elsewhere_goes_by_its_own_name_and_not_by_its_optimizer() -> None:
    source = (
        f"{TEACHING}"
        "class Reader(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.layer = nn.Linear(4, 2)\n"
        "    def forward(self, batch):\n"
        "        return self.layer(batch)\n"
        "for reader in [torch.compile(Reader()) for _ in range(2)]:\n"
        "    teach(reader, batches)\n"
    )
    messages = [finding.message for finding in findings(source, "SEED005")]
    assert not any("`optimizer`" in message for message in messages)
    assert any("`network`" in message for message in messages)


def test_a_network_that_inherits_its_optimizer_goes_by_its_own_name() -> None:
    code = (FIXTURES / "unseeded_generator" / "steps_of_the_parent.py").read_text()
    (found,) = findings(code, "SEED005")
    assert "initial weights of `depth`" in found.message
    (found,) = findings(
        code.replace("depth = Depth(16)", "").replace("(depth,", "(Depth(9),"), "SEED005"
    )
    assert "initial weights of `Depth`" in found.message


def test_layers_with_weights_of_their_own_are_not_where_weights_are_drawn() -> None:
    source = (
        "from tensorflow.keras import Sequential\n"
        "from tensorflow.keras.layers import Dense, Embedding\n"
        "net = Sequential([\n"
        "    Embedding(90, 8, weights=[words], trainable=False),\n"
        "    Dense(1),\n"
        "])\n"
        "net.fit(rows, labels, epochs=3)\n"
    )
    (finding,) = findings(source, "SEED005")
    assert [(e.role, e.location.line) for e in finding.evidence] == [("built here", 5)]


def test_function_that_nobody_calls_is_less_certain() -> None:
    body = "    return train_test_split(rows)\n"
    head = "from sklearn.model_selection import train_test_split\ndef part(rows):\n"
    (uncalled,) = findings(head + body, "SEED001")
    (called,) = findings(head + body + "part([1, 2, 3])\n", "SEED001")
    assert uncalled.confidence is Confidence.MEDIUM
    assert called.confidence is Confidence.HIGH


def test_estimators_that_draw_only_between_equal_splits_are_less_certain() -> None:
    head = "from sklearn.ensemble import GradientBoostingClassifier\nX, y = [[1], [2]], [0, 1]\n"
    (ties,) = findings(f"{head}GradientBoostingClassifier().fit(X, y)\n", "SEED003")
    (rows,) = findings(f"{head}GradientBoostingClassifier(subsample=0.5).fit(X, y)\n", "SEED003")
    assert ties.confidence is Confidence.MEDIUM
    assert "equally good splits" in ties.message
    assert rows.confidence is Confidence.HIGH


def test_boosted_trees_draw_only_between_equal_splits_unless_they_draw_rows() -> None:
    head = "from sklearn.ensemble import *\nfrom sklearn.tree import *\nX, y = [[1], [2]], [0, 1]\n"
    (named,) = findings(
        f"{head}X = [[1, 2], [3, 4]]\ntree = DecisionTreeClassifier(max_depth=2, random_state=1)\n"
        "AdaBoostClassifier(tree).fit(X, y)\n",
        "SEED003",
    )
    (other,) = findings(
        f"{head}AdaBoostClassifier(DecisionTreeClassifier(max_features=1)).fit(X, y)\n", "SEED003"
    )
    (rows,) = findings(f"{head}AdaBoostRegressor().fit(X, y)\n", "SEED003")
    assert "equally good splits" in named.message
    assert "learns something else" in other.message
    assert "learns something else" in rows.message
    assert (named.confidence, rows.confidence) == (Confidence.MEDIUM, Confidence.HIGH)


def test_each_generator_is_reported_once_with_its_witnesses() -> None:
    torch_finding, numpy_finding = sorted(
        findings(NETWORK, "SEED005"), key=lambda finding: "NumPy" in finding.message
    )
    assert torch_finding.location.line == 8
    assert "weights of `net` and the order of the shuffled batches" in torch_finding.message
    assert [evidence.role for evidence in torch_finding.evidence] == [
        "shuffled here",
        "trained here",
    ]
    assert numpy_finding.location.line == 7
    assert numpy_finding.message.endswith(
        "reaches `net(batch).sum().backward`; 1 more draw like it"
    )


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("seeded_too_late", "SEED006"),
        ("partly_seeded", "SEED007"),
        ("time_based_seed", "SEED009"),
        ("unseeded_search", "SEED004"),
    ],
)
def test_one_fault_is_reported_by_one_rule(folder: str, code: str) -> None:
    seeds = [other for other in rules() if other.startswith("SEED")]
    marked = [
        path
        for path in (FIXTURES / folder).iterdir()
        if f"expect: {code}" in path.read_text(encoding="utf-8")
    ]
    assert marked
    for path in marked:
        found = findings(read(path, path.name), *seeds)
        assert {finding.code for finding in found} == {code}, path


@pytest.mark.parametrize(
    ("name", "tested"),
    [
        ("parts/test_split.py", "def test_split():\n    assert True\n"),
        ("tests/test_split.py", ""),
        ("split_test.py", "import pytest\n"),
        ("conftest.py", ""),
    ],
)
def test_tests_are_left_alone(name: str, tested: str) -> None:
    assert findings(from_text(split() + tested, name), "SEED001") == []


def test_a_program_with_the_name_of_a_test_is_a_program() -> None:
    assert findings(from_text(split(), "test_split.py"), "SEED001") != []
    assert findings(from_text(NETWORK, "network_test.py"), "SEED005") != []


def codes_beside(other: str, source: str, code: str = "SEED001") -> list[str]:
    return codes_of(from_text(source, "train.py"), other, code)


def codes_of(document: Document, other: str, code: str) -> list[str]:
    found = findings(document, code, project=OneFile("common", other))
    return [finding.code for finding in found]


def test_seed_in_another_file_of_the_project_reaches() -> None:
    prepare = "import numpy as np\ndef prepare():\n    {}\n"
    source = split(before="from common import prepare\nprepare()")
    assert codes_beside(prepare.format("np.random.seed(3)"), source) == []
    assert codes_beside(prepare.format("np.random.seed()"), source) == ["SEED001"]


def test_a_seed_counts_whose_library_comes_by_a_star_import() -> None:
    source = split(before="from common import *\nnp.random.seed(3)")
    assert codes_beside("import numpy as np", source) == []
    assert codes_beside("import random as np", source) == ["SEED001"]


GUARDED = """
import numpy as np

def rows():
    return np.zeros((9, 3))

if __name__ == "__main__":
    np.random.seed(3)
    print(rows())
"""


def test_what_a_file_does_as_a_program_seeds_nobody_who_imports_it() -> None:
    source = split(before="from common import rows")
    assert codes_beside(GUARDED, source) == ["SEED001"]
    assert codes_beside(GUARDED.replace('if __name__ == "__main__":', "if True:"), source) == []
    assert codes_beside("", split(before=GUARDED)) == []


def test_a_generator_seeded_only_where_another_file_is_the_program_is_no_other() -> None:
    source = f"from common import rows\n{LOADED}"
    assert codes_beside(GUARDED, source, "SEED007") == []
    assert codes_beside(GUARDED, source, "SEED005") == ["SEED005"]
    unguarded = GUARDED.replace('if __name__ == "__main__":', "if True:")
    assert codes_beside(unguarded, source, "SEED007") == ["SEED007"]


def test_a_file_that_a_cell_runs_is_a_program() -> None:
    for cell, codes in (("%run common.py", []), ("from common import *", ["SEED001"])):
        stored = [{"cell_type": "code", "source": text, "outputs": []} for text in (cell, split())]
        text = json.dumps({"cells": stored, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        document = read_text(text, "train.ipynb", notebook=True)
        assert codes_of(document, GUARDED, "SEED001") == codes


LOADED = """
import torch
from torch.utils.data import DataLoader
from transformers import AutoModel

net = AutoModel.from_pretrained("camembert-base")
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-5)
for batch in DataLoader(rows, batch_size=8, shuffle=True):
    net(batch).sum().backward()
    optimizer.step()
"""


def test_one_thing_that_is_random_is_named_in_the_singular() -> None:
    (finding,) = findings(LOADED, "SEED005")
    assert finding.message.startswith("The order of the shuffled batches comes from PyTorch's")


def test_draws_of_tensorflow_are_named_after_it() -> None:
    source = "import tensorflow as tf\nx = tf.random.normal([9])\nmodel.fit(x, 2 * x)\n"
    (finding,) = findings(source, "SEED005")
    assert "draws from TensorFlow's global generator" in finding.message


def test_what_draws_weights_is_named_and_not_what_is_read_from_a_file() -> None:
    code = """
from tensorflow import keras

base = keras.applications.Xception(weights="imagenet", include_top=False)
features = keras.layers.GlobalAveragePooling2D()(base.output)
net = keras.Model(base.input, keras.layers.Dense(4)(features))
net.fit(pictures, epochs=3)
"""
    (finding,) = findings(code, "SEED005")
    assert [evidence.location.line for evidence in finding.evidence] == [6]


def test_weights_of_the_network_that_is_fitted_are_named() -> None:
    code = """
from keras import layers, models

other = models.Sequential([layers.Dense(2)])
net = models.Sequential([layers.Dense(4)])
net.fit(pictures, numbers, epochs=3)
"""
    (finding,) = findings(code, "SEED005")
    assert [evidence.location.line for evidence in finding.evidence] == [5]


def test_weights_of_a_network_that_takes_the_name_later_are_others() -> None:
    code = """
from keras import Model, Sequential, layers

seen = layers.Input(shape=(8,))
told = layers.Dense(1)(seen)
net = Model(seen, told)
net.fit(pictures, numbers, epochs=3)
net = Sequential()
net.add(layers.Dense(4))
net.fit(pictures, numbers, epochs=3)
"""
    (finding,) = findings(code, "SEED005")
    assert [evidence.location.line for evidence in finding.evidence] == [5]


@pytest.mark.parametrize("call", ["set_randomness(1)", "repro.fix_everything_seeded(1)"])
def test_functions_of_unknown_libraries_that_speak_of_seeding_seed(call: str) -> None:
    assert not findings(split(before=f"import bench\nbench.{call}"), "SEED001")


@pytest.mark.parametrize("call", ["get_seed()", "random_seed()", "Seeds(1)"])
def test_functions_of_unknown_libraries_that_ask_for_a_seed_seed_nothing(call: str) -> None:
    assert findings(split(before=f"import bench\nbench.{call}"), "SEED001")


def test_functions_of_known_libraries_are_judged_by_their_tables() -> None:
    assert findings(split(before="import torch\ntorch.seeded_things(1)"), "SEED001")


MACHINE = """
from sklearn.svm import SVC

machine = SVC(probability=True)
{}
"""


def test_probabilities_of_a_machine_that_is_fitted_in_the_same_line_count() -> None:
    code = MACHINE.format("print(machine.fit(rows, kinds).predict_proba(rows))")
    assert findings(code, "SEED003")


def test_probabilities_of_another_model_do_not_count() -> None:
    code = MACHINE.format("print(machine.fit(rows, kinds).score(rows), other.predict_proba(rows))")
    assert not findings(code, "SEED003")


@pytest.mark.parametrize(("written", "count"), [('net.save_weights("start")', 1), ("pass", 0)])
def test_weights_that_the_program_drew_and_wrote_itself_are_not_given(
    written: str, count: int
) -> None:
    code = f"""
from keras import layers, models

net = models.Sequential([layers.Dense(2)])
{written}
net.load_weights("start")
net.fit(pictures, numbers, epochs=3)
"""
    assert len(findings(code, "SEED005")) == count


def test_of_several_networks_by_one_name_the_trained_one_is_named() -> None:
    code = """
import torch
from torch import nn

net = nn.Linear(3, 1)
print(net(torch.ones(1, 3)))
net = nn.Linear(4, 1)
net = net.to("cpu")
sgd = torch.optim.SGD(net.parameters())
"""
    (finding,) = findings(code, "SEED005")
    assert finding.location.line == 7


def test_the_last_layer_before_a_functional_model_is_named() -> None:
    code = """
from tensorflow import keras

old = keras.layers.Dense(8)
inputs = keras.Input(shape=(4,))
outputs = keras.layers.Dense(2)(inputs)
net = keras.Model(inputs, outputs)
net.fit(rows, labels, epochs=3)
"""
    (finding,) = findings(code, "SEED005")
    assert [evidence.location.line for evidence in finding.evidence] == [6]


def test_weights_of_a_helper_that_makes_the_network_are_named() -> None:
    code = """
from tensorflow import keras

other = keras.Sequential([keras.layers.Dense(8)])


def build():
    return keras.Sequential([keras.layers.Dense(2)])


net = build()
net.fit(rows, labels, epochs=3)
"""
    (finding,) = findings(code, "SEED005")
    assert [evidence.location.line for evidence in finding.evidence] == [8]


TRAINING = """
import torch
from torch import nn

net = nn.Linear(4, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=RATE)


def one_epoch(batches):
    for rows, labels in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(rows), labels).backward()
        {step}


one_epoch(torch.load("batches.pt"))
"""


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("optimizer.step()", ("trained here", 13)),
        ("scaler.step(optimizer)", ("trained here", 13)),
        ("stepped(optimizer)", ("given to an optimizer here", 6)),
    ],
)
def test_training_is_where_the_optimizer_steps(step: str, told: tuple[str, int]) -> None:
    (found,) = findings(TRAINING.format(step=step), "SEED005")
    assert [(each.role, each.location.line) for each in found.evidence] == [told]


@pytest.mark.parametrize(
    ("made", "does"),
    [
        ('DummyClassifier(strategy="uniform")', "predicts other classes in every run"),
        ('DummyClassifier(strategy="stratified")', "predicts other classes in every run"),
        ("RandomForestClassifier()", "learns something else in every run"),
        (
            'DecisionTreeClassifier(splitter="best")',
            "chooses at random between equally good splits",
        ),
        ('DecisionTreeClassifier(splitter="random")', "learns something else in every run"),
    ],
)
def test_what_an_estimator_without_a_seed_does_is_told_as_it_is(made: str, does: str) -> None:
    code = f"""
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
table = pd.read_csv("table.csv")
model = {made}
model.fit(table[["size", "age"]], table["kind"])
print(model.predict(pd.read_csv("new.csv")[["size", "age"]]))
"""
    (found,) = findings(code, "SEED003")
    assert does in found.message
