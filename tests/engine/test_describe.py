"""What a trace tells of models, data and evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.engine.cards import models
from mlaudit.engine.describe import describe as describe_briefly
from mlaudit.engine.details import add_details
from mlaudit.engine.measures import measurements, schemes
from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text
from mlaudit.trace.events import Argument, CrossValidate, Fit, Role, Use
from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    from mlaudit.engine.description import Description
    from mlaudit.rulekit.module import Module

PROGRAM = """
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

np.random.seed(3)
table = pd.read_csv("sales.csv")
X, y = table.drop(columns="bought"), table["bought"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=7)
scaler = StandardScaler().fit(X_train)
model = LogisticRegression(C=0.5, max_iter=limit)
model.fit(scaler.transform(X_train), y_train)
print(f1_score(y_test, model.predict(scaler.transform(X_test))))
joblib.dump(model, "model.joblib")
"""


def describe(module: Module) -> Description:
    told = describe_briefly(module)
    add_details(told, module, ())
    return told


def test_reads_a_program() -> None:
    told = describe(examine(from_text(PROGRAM, "train.py")))
    assert told.frameworks == ["sklearn"]
    assert told.tasks == ["classification"]
    assert told.targets == ["bought"]
    assert [source.name for source in told.sources] == ["sales.csv"]
    assert told.schemes == ["hold-out: a part split off by train_test_split"]
    assert told.metrics == ["f1_score"]
    assert list(told.evaluations.values()) == [True]
    assert [place.line for place in told.seeds] == [10]
    assert [place.line for place in told.stored["model"]] == [18]
    assert "preprocessing" not in told.stored
    assert told.prepares
    assert told.learns
    (card,) = told.models
    assert (card.name, card.library, card.task) == (
        "LogisticRegression",
        "sklearn",
        "classification",
    )
    assert [(h.name, h.value, h.inline) for h in card.hyperparameters] == [
        ("C", "0.5", True),
        ("max_iter", "limit", False),
    ]
    assert [place.line for place in card.fitted_at] == [16]
    assert [place.line for place in card.evaluated_at] == [17]


@pytest.mark.parametrize(
    ("call", "seeded", "stratified", "shuffled"),
    [
        ("train_test_split(X, y)", None, False, True),
        ("train_test_split(X, y, random_state=1)", True, False, True),
        ("train_test_split(X, y, random_state=None)", None, False, True),
        ("train_test_split(X, y, random_state=SEED)", True, False, True),
        ("train_test_split(X, y, stratify=y)", None, True, True),
        ("train_test_split(X, y, shuffle=False)", None, False, False),
        ("train_test_split(X, y, shuffle=flag)", None, False, None),
    ],
)
def test_facts_of_a_split_are_told_only_as_far_as_they_can_be_read(
    call: str, seeded: bool | None, stratified: bool, shuffled: bool | None
) -> None:
    code = PROGRAM.replace("train_test_split(X, y, random_state=7)", call)
    (split,) = describe(examine(from_text(code, "train.py"))).splits
    assert (split.seeded, split.stratified, split.shuffled) == (seeded, stratified, shuffled)
    assert split.parts == ("X_train", "X_test", "y_train", "y_test")


def test_metrics_of_what_was_predicted_in_folds_are_followed() -> None:
    code = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_predict

table = pd.read_csv("sales.csv")
X, y = table.drop(columns="bought"), table["bought"]
guessed = cross_val_predict(LogisticRegression(), X, y, cv=5)
print(accuracy_score(y, guessed), f1_score(y, other))
"""
    told = describe(examine(from_text(code, "folds.py")))
    assert {place.line: known for place, known in told.evaluations.items()} == {9: True, 10: False}
    assert sorted(told.evaluations.values()) == [False, True, True]


def test_without_any_seed_a_split_is_known_to_be_unseeded() -> None:
    code = PROGRAM.replace(", random_state=7", "").replace("np.random.seed(3)", "")
    (split,) = describe(examine(from_text(code, "train.py"))).splits
    assert split.seeded is False


def test_a_saved_pipeline_saves_its_preprocessing() -> None:
    code = """
import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
model = make_pipeline(StandardScaler(), LogisticRegression(C=2))
model.fit(X, y)
joblib.dump(model, "model.joblib")
"""
    told = describe(examine(from_text(code, "train.py")))
    assert set(told.stored) == {"model", "preprocessing"}
    (card,) = told.models
    assert [h.name for h in card.hyperparameters] == ["LogisticRegression.C"]


def test_a_metric_that_the_trace_does_not_tell_of_was_not_followed() -> None:
    code = "from sklearn.metrics import f1_score\nprint(f1_score(a, b))\n"
    told = describe(examine(from_text(code, "score.py")))
    assert list(told.evaluations.values()) == [False]


def test_a_fit_that_the_trace_does_not_tell_of_was_not_followed(make: Any) -> None:
    code = "import torch\nfrom torch.optim import SGD\nopt = SGD(p, lr=1)\nloss.backward()\n"
    module = examine(from_text(code, "train.py"))
    module.trace = Trace([], [])
    assert [place.line for place in describe(module).trainings] == [4]
    module = examine(from_text(code.replace("opt = SGD(p, lr=1)", ""), "train.py"))
    module.trace = Trace([], [])
    assert not describe(module).trainings


GRAPH = """
import tensorflow as tf
loss = tf.losses.mean_squared_error(wanted, tf.layers.dense(rows, 1))
{step}
"""
STEP = "step = tf.train.AdamOptimizer(0.1).minimize(loss)"
TAPE = """
optimizer = tf.keras.optimizers.Adam(0.1)
optimizer.apply_gradients(zip(tape.gradient(loss, net.variables), net.variables))
"""


@pytest.mark.parametrize(("step", "lines"), [(STEP, [4]), (TAPE, [6]), ("print(loss)", [])])
def test_a_step_of_tensorflow_is_a_training(step: str, lines: list[int]) -> None:
    told = describe(examine(from_text(GRAPH.format(step=step), "graph.py")))
    assert [place.line for place in told.trainings] == lines
    assert not any(told.trainings.values())
    assert told.learns is bool(lines or told.evaluations)


@pytest.mark.parametrize(("told", "lines"), [("", [4]), (", run=True", [4]), (", run=False", [])])
def test_a_command_line_of_lightning_trains(told: str, lines: list[int]) -> None:
    code = f"""
from lightning.pytorch.cli import LightningCLI
from project import Net, Rows
LightningCLI(Net, Rows{told})
"""
    found = describe(examine(from_text(code, "main.py"))).trainings
    assert [place.line for place, followed in found.items() if not followed] == lines


def test_transformers_and_steps_of_others_have_no_card(make: Any) -> None:
    step, scaler = make.model(1), make.model(2, "lib.Scaler", Role.TRANSFORMER)
    whole = make.model(3, "lib.Pipeline")
    whole.steps = (scaler, step)
    trace = Trace([make.fit(4, whole, make.train)], [step, scaler, whole])
    assert [card.name for card in models(trace)] == ["Pipeline(Scaler, SVC)"]


def test_models_of_one_place_share_a_card(make: Any) -> None:
    one, other = make.model(1), make.model(1)
    trace = Trace([make.fit(4, one, make.train), make.fit(5, other, make.train)], [one, other])
    (card,) = models(trace)
    assert [place.line for place in card.fitted_at] == [4, 5]


def test_long_values_are_cut(make: Any) -> None:
    model = make.model(
        1,
        values=Argument("[" + "1, " * 99 + "]"),
        **{"0": Argument("3", 3, known=True), "1": Argument("layer")},
    )
    (card,) = models(Trace([make.fit(4, model, make.train)], [model]))
    assert len(card.hyperparameters[0].value) == 80
    assert card.hyperparameters[0].value.endswith("…")
    assert [one.name for one in card.hyperparameters] == ["values", "argument 1"]


def test_the_class_of_a_net_is_no_model_of_its_own() -> None:
    code = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    def forward(self, x):
        return self.layers(x)
net = Net()
"""
    assert [
        (card.name, card.location.line)
        for card in describe(examine(from_text(code, "net.py"))).models
        if card.name == "Net"
    ] == [("Net", 10)]


NET = """
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 3)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
class Duel:
    def __init__(self):
        self.maker = Net()
duel = Duel()
net = {made}
net = torch.compile(net)
checkpoint = {{"epoch": 3, "{part}": {part}.state_dict()}}
torch.save(checkpoint, "net.pt")
"""


def cards(code: str) -> list[tuple[str, int]]:
    told = describe(examine(from_text(code, "net.py")))
    return [(card.name, card.location.line) for card in told.models]


def test_what_a_net_makes_for_itself_and_what_is_around_it_is_no_model_of_its_own() -> None:
    assert cards(NET.format(made="Net()", part="net")) == [("Net", 14), ("Net", 16)]


@pytest.mark.parametrize(("part", "lines"), [("net", [19]), ("optimizer", [])])
def test_a_checkpoint_with_the_weights_saves_the_model(part: str, lines: list[int]) -> None:
    told = describe(examine(from_text(NET.format(made="build()", part=part), "net.py")))
    assert [place.line for place in told.stored.get("model", ())] == lines


GRADIENTS = """
import torch
net = torch.nn.Sequential(torch.nn.Linear(3, 1))
net(rows).sum().backward()
{after}
"""


@pytest.mark.parametrize(("after", "lines"), [("", []), ("optimizer.step()", [4])])
def test_gradients_train_only_where_something_steps_along_them(
    after: str, lines: list[int]
) -> None:
    told = describe(examine(from_text(GRADIENTS.format(after=after), "net.py")))
    assert [place.line for place in told.trainings] == lines


def test_a_number_that_the_program_works_out_says_how() -> None:
    code = PROGRAM.replace("f1_score(y_test, model", "(y_test == model").replace(
        "))))", "))).mean())"
    )
    told = describe(examine(from_text(code, "train.py")))
    assert told.metrics == ["mean worked out by hand"]


def test_a_pretrained_net_is_named_by_its_class() -> None:
    code = "from transformers import BertModel\nnet = BertModel.from_pretrained('bert')\n"
    assert cards(code) == [("BertModel", 2)]


def test_a_score_on_held_out_rows_counts_though_nobody_prints_it() -> None:
    told = describe(examine(from_text(PROGRAM.replace("print(", "assert ("), "train.py")))
    assert [place.line for place in told.held_out] == [17]
    assert told.judged_apart
    assert not told.independent


def test_a_search_names_what_it_searches(make: Any) -> None:
    step = make.model(1, C=Argument("3", 3, known=True))
    step.variable = "svc"
    arguments = {"estimator": Argument("svc"), "param_grid": Argument("GRID")}
    search = make.model(2, "lib.GridSearchCV", **arguments)
    search.steps = (step,)
    (card,) = models(Trace([make.fit(4, search, make.train)], [step, search]))
    assert card.name == "GridSearchCV(SVC)"
    assert [one.name for one in card.hyperparameters] == ["param_grid", "SVC.C"]


def test_the_task_may_be_told_by_the_metric() -> None:
    code = (
        "from sklearn.metrics import f1_score\nnet.fit(X, y)\nprint(f1_score(y, net.predict(X)))\n"
    )
    assert describe(examine(from_text(code, "train.py"))).tasks == ["classification"]


def test_scheme_of_held_out_rows(make: Any) -> None:
    fit = make.fit(4, make.model(1), make.train)
    trace = Trace([make.split(2), fit, make.evaluate(5, fit, make.test)], [fit.model])
    assert schemes(trace) == ["hold-out: a part split off by train_test_split"]


def test_scheme_of_training_rows(make: Any) -> None:
    fit = make.fit(4, make.model(1), make.train)
    trace = Trace([fit, make.evaluate(5, fit, make.train)], [fit.model])
    assert schemes(trace) == ["training rows only"]


def test_scheme_of_unknown_rows(make: Any) -> None:
    fit = make.fit(4, make.model(1), make.train)
    trace = Trace([fit, make.evaluate(5, fit, make.unknown)], [fit.model])
    assert schemes(trace) == ["judged on rows whose origin could not be followed"]


@pytest.mark.parametrize(
    ("cv", "search", "words"),
    [
        (Argument("5", 5, known=True), False, "5-fold cross-validation (cross_val_score)"),
        (Argument("folds"), False, "cross-validation by folds (cross_val_score)"),
        (None, False, "cross-validation (cross_val_score)"),
        (
            Argument("3", 3, known=True),
            True,
            "search with 3-fold cross-validation (cross_val_score)",
        ),
    ],
)
def test_scheme_of_cross_validation(
    make: Any, cv: Argument | None, search: bool, words: str
) -> None:
    arguments = {"cv": cv} if cv else {}
    event = CrossValidate(
        make.at(3), make.model(1), "cross_val_score", make.all, search=search, arguments=arguments
    )
    assert schemes(Trace([event], [])) == [words]


@pytest.mark.parametrize(
    ("scoring", "metric"),
    [
        ("", "default score"),
        (", scoring=None", "default score"),
        (", scoring='f1'", "f1"),
        (", scoring=['f1', 'recall']", "scoring=['f1', 'recall']"),
        (", scoring=make_scorer(cost)", "scoring=make_scorer(cost)"),
    ],
)
def test_cross_validation_names_what_it_scores_by(scoring: str, metric: str) -> None:
    code = (
        "import numpy as np\nfrom sklearn.svm import SVC\n"
        "from sklearn.model_selection import cross_validate\n"
        f"X, y = np.load('x.npy'), np.load('y.npy')\nprint(cross_validate(SVC(), X, y{scoring}))\n"
    )
    told = describe(examine(from_text(code, "folds.py")))
    assert [each.metric for each in told.measurements] == [metric]


def test_scheme_of_folds_by_hand(make: Any) -> None:
    fit = make.fit(4, make.model(1), make.train)
    split = make.split(2, "KFold", {"n_splits": Argument("4", 4, known=True)})
    trace = Trace([split, fit, make.evaluate(5, fit, make.test)], [fit.model])
    assert schemes(trace, {"KFold"}) == ["4-fold cross-validation in a loop (KFold)"]


def test_measurements_say_which_rows_and_what_for(make: Any) -> None:
    fit: Fit = make.fit(4, make.model(1), make.train)
    both = frozenset(Use)
    trace = Trace(
        [
            make.evaluate(5, fit, make.test, uses=both),
            make.evaluate(6, fit, make.train, "accuracy_score", variable="X_train"),
            make.evaluate(7, fit, make.unknown, uses=frozenset(), variable=""),
            make.evaluate(8, fit, make.test, metric=None),
        ],
        [fit.model],
    )
    assert [(one.metric, one.rows, one.use) for one in measurements(trace)] == [
        ("f1_score", "X_test (held out of sales.csv)", f"{Use.REPORTED} and {Use.SELECTS}"),
        ("accuracy_score", "X_train (training rows of sales.csv)", "reported"),
        ("f1_score", "origin unknown", "no use recognised"),
    ]


@pytest.mark.parametrize("code", [PROGRAM, NET.format(made="Net()", part="net"), "import torch\n"])
def test_what_the_verdict_needs_is_told_without_the_details(code: str) -> None:
    module = examine(from_text(code, "train.py"))
    brief, whole = describe_briefly(module), describe(module)
    assert (brief.brief, whole.brief) == (True, False)
    assert brief.learns == (code != "import torch\n")
    for name in ("learns", "judged_apart", "evaluations", "trainings", "held_out", "is_test"):
        assert getattr(brief, name) == getattr(whole, name), name
