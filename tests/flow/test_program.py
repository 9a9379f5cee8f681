"""How values travel: containers, functions, classes, loops, branches, files."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.read import read_text
from mlaudit.source.script import from_text
from mlaudit.trace.events import CrossValidate, Evaluate, Fit, Split, Use, Watch
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from mlaudit.trace.trace import Trace


def trace_of(source: str) -> Trace:
    return examine(from_text(dedent(source), "example.py")).trace


PREPARED = """
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import accuracy_score, roc_curve
    from sklearn.model_selection import train_test_split
    from sklearn.svm import SVC

    df = pd.read_csv("a.csv")
    X, y = df.drop(columns="t"), df["t"]
    X_train, X_test, y_train, y_test = train_test_split(X, y)
"""


def test_a_split_names_its_outputs() -> None:
    (split,) = trace_of(PREPARED).of(Split)
    assert split.outputs == ("X_train", "X_test", "y_train", "y_test")
    assert split.arrays == ("X", "y")
    assert split.parts[0].overlap(split.parts[1]) is Overlap.DISJOINT


def test_models_of_a_literal_list_are_told_apart() -> None:
    trace = trace_of(
        PREPARED
        + """
    for name, model in [("svc", SVC()), ("forest", RandomForestClassifier())]:
        model.fit(X_train, y_train)
        print(name, model.score(X_test, y_test))
    """
    )
    assert [event.model.name for event in trace.of(Evaluate)] == ["SVC", "RandomForestClassifier"]
    assert all(event.uses == {Use.REPORTED} for event in trace.of(Evaluate))


def test_models_of_a_dict_are_told_apart() -> None:
    trace = trace_of(
        PREPARED
        + """
    models = {"svc": SVC(), "forest": RandomForestClassifier()}
    for name, model in models.items():
        model.fit(X_train, y_train)
    scores = {name: model.score(X_test, y_test) for name, model in models.items()}
    """
    )
    assert [event.model.name for event in trace.of(Evaluate)] == ["SVC", "RandomForestClassifier"]
    assert all(len(event.fits) == 1 for event in trace.of(Evaluate))


def test_a_refit_forgets_what_was_learned_before() -> None:
    trace = trace_of(
        PREPARED
        + """
    model = SVC().fit(X, y)
    model.fit(X_train, y_train)
    print(model.score(X_test, y_test))
    """
    )
    assert trace.overlaps == []


def test_fitting_on_everything_overlaps_the_test_part() -> None:
    trace = trace_of(PREPARED + "\n    print(SVC().fit(X, y).score(X_test, y_test))\n")
    (found,) = trace.overlaps
    assert found.overlap is Overlap.MUST


def test_metrics_by_hand_are_evaluations() -> None:
    trace = trace_of(
        PREPARED + "\n    print((SVC().fit(X_train, y_train).predict(X_test) == y_test).mean())\n"
    )
    (event,) = trace.of(Evaluate)
    assert event.metric == "own mean"
    assert Use.REPORTED in event.uses


def test_a_mean_that_numpy_takes_of_errors_is_an_evaluation() -> None:
    trace = trace_of(
        PREPARED
        + """
    import numpy as np

    model = SVC().fit(X_train, y_train)
    print(np.mean(model.predict(X_test) == y_test))
    wave = np.mean(np.array(model.predict(X_test)) * np.linspace(0, 1, 9))
    """
    )
    judged = [event.metric for event in trace.of(Evaluate) if event.metric is not None]
    assert judged == ["own numpy.mean"]


def test_slices_between_lengths_give_back_what_was_joined() -> None:
    trace = trace_of(
        PREPARED
        + """
    others = pd.read_csv("b.csv")
    everything = pd.concat([X_train, X_test, others])
    size, more = len(X_train), len(X_test)
    model = SVC().fit(everything[:size], y_train)
    print(model.score(everything[size : size + more], y_test))
    """
    )
    assert trace.overlaps == []
    assert next(trace.of(Evaluate)).held_out


def test_labels_know_what_units_they_were_brought_to() -> None:
    trace = trace_of(
        PREPARED
        + """
    import numpy as np
    from sklearn.metrics import mean_absolute_error
    from sklearn.preprocessing import StandardScaler

    model = SVC().fit(X_train, y_train)
    scaler = StandardScaler().fit(y_train)
    small = scaler.transform(y_test)
    mean_absolute_error(small, model.predict(X_test))
    mean_absolute_error(np.log(y_test), model.predict(X_test))
    mean_absolute_error(scaler.inverse_transform(small), model.predict(X_test))
    mean_absolute_error(np.exp(np.log(y_test)), model.predict(X_test))
    mean_absolute_error(y_test, model.predict(scaler.transform(X_test)))
    """
    )
    units = [event.units for event in trace.of(Evaluate) if event.metric is not None]
    assert [each and each.how for each in units] == ["scaled", "log", None, None, None]


def test_predictions_in_the_place_of_labels() -> None:
    fitted = PREPARED + "\n    p = SVC().fit(X_train, y_train).predict(X_test)\n"
    (swapped,) = trace_of(fitted + "    accuracy_score(p, y_test)\n").of(Evaluate)
    (right,) = trace_of(fitted + "    accuracy_score(y_test, p)\n").of(Evaluate)
    assert swapped.swapped
    assert not right.swapped


def test_an_index_array_chooses_the_same_rows_everywhere() -> None:
    trace = trace_of("""
    import numpy as np
    from sklearn.svm import SVC

    X, y = np.load("x.npy"), np.load("y.npy")
    order = np.random.permutation(len(X))
    cut = int(0.8 * len(X))
    first, last = order[:cut], order[cut:]
    print(SVC().fit(X[first], y[first]).score(X[last], y[last]))
    """)
    (event,) = trace.of(Evaluate)
    assert event.rows.known
    assert trace.overlaps == []


def test_sampled_rows_and_the_rest_are_disjoint() -> None:
    source = """
    import pandas as pd
    from sklearn.svm import SVC

    df = pd.read_csv("a.csv")
    train = df.sample(frac=0.8, random_state=1)
    test = df.drop(train.index)
    model = SVC().fit(train.drop(columns="t"), train["t"])
    print(model.score(test.drop(columns="t"), test["t"]))
    """
    assert trace_of(source).overlaps == []
    (found,) = trace_of(source.replace("df.drop(train.index)", "df.sample(frac=0.2)")).overlaps
    assert found.overlap is Overlap.MUST


SPLITTERS = """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold, StratifiedKFold

    df = pd.read_csv("a.csv")
    X, y = df.drop(columns="t"), df["t"].values
    splitter = StratifiedKFold(5) if balanced else KFold(5)
    for learned, held_out in splitter.split(X, y):
        model = LogisticRegression().fit(X.iloc[{fitted}], y[{fitted}])
        print(model.score(X.iloc[held_out], y[held_out]))
"""


def test_the_folds_of_one_of_two_splitters_are_disjoint() -> None:
    (event,) = trace_of(SPLITTERS.format(fitted="learned")).of(Evaluate)
    assert event.held_out
    (event,) = trace_of(SPLITTERS.format(fitted="held_out")).of(Evaluate)
    assert event.rows.overlap(event.fits[0].rows) is Overlap.MUST


def test_rows_of_one_of_two_indices_may_be_those_of_either() -> None:
    trace = trace_of(
        PREPARED
        + """
    rows = X_train.index if first else X_test.index
    model = SVC().fit(X_train, y_train)
    print(model.score(X.loc[rows], y[rows]), model.score(X.loc[X_test.index], y_test))
    """
    )
    either, held_out = trace.of(Evaluate)
    assert either.rows.overlap(held_out.rows) is Overlap.MUST
    assert either.rows.overlap(either.fits[0].rows) is Overlap.MUST
    assert held_out.held_out


def test_what_wraps_a_net_stands_for_it() -> None:
    trace = trace_of(
        """
        import numpy as np
        import torch

        X, y = torch.tensor(np.load("x.npy")), torch.tensor(np.load("y.npy"))
        net = torch.nn.Sequential(torch.nn.Linear(3, 1))
        net = torch.compile(torch.nn.DataParallel(module=net))
        torch.nn.MSELoss()(net(X), y).backward()
        """
    )
    (fit,) = trace.of(Fit)
    assert fit.model.name == "Sequential"


def test_a_batch_trains_when_its_loss_reaches_backward() -> None:
    trace = trace_of("""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, random_split
    from torchvision import datasets

    class Net(nn.Module):
        def forward(self, x):
            return x

    digits = datasets.MNIST("data", train=True)
    train, held_out = random_split(digits, [50000, 10000])
    net, loss = Net(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in DataLoader(train):
        optimizer.zero_grad()
        out = net(x)
        batch = loss(out, y)
        batch.backward()
        optimizer.step()
        print((out.argmax(1) == y).sum().item())
    correct = 0
    for x, y in DataLoader(held_out):
        correct += (net(x).argmax(1) == y).sum().item()
    print(correct)
    """)
    (fit,) = trace.of(Fit)
    (event,) = trace.of(Evaluate)
    assert event.fits == (fit,)
    assert event.rows.overlap(fit.rows) is Overlap.DISJOINT
    assert Use.REPORTED in event.uses


def test_training_watches_the_rows_given_to_it() -> None:
    source = (
        PREPARED
        + """
    from tensorflow.keras import Sequential
    from tensorflow.keras.callbacks import EarlyStopping

    net = Sequential()
    net.fit(X_train, y_train, validation_data=(X_test, y_test), callbacks=[EarlyStopping()])
    """
    )
    (watch,) = trace_of(source).of(Watch)
    assert watch.chooses == "the epoch to stop at"
    (silent,) = trace_of(source.replace(", callbacks=[EarlyStopping()]", "")).of(Watch)
    assert silent.chooses is None


def test_a_model_that_can_watch_nothing_is_not_the_one_that_watches() -> None:
    source = (
        PREPARED
        + """
    from lightgbm import LGBMClassifier
    from sklearn.linear_model import SGDClassifier

    if plain:
        model = SGDClassifier()
    else:
        model = LGBMClassifier()
    if plain:
        model.fit(X_train, y_train)
    else:
        model.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=5)
    """
    )
    (watch,) = trace_of(source).of(Watch)
    assert watch.model.name == "LGBMClassifier"


def test_a_search_is_a_cross_validation() -> None:
    trace = trace_of(
        PREPARED
        + """
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV(SVC(), {"C": [1, 10]}).fit(X_train, y_train)
    print(search.score(X_test, y_test))
    """
    )
    (search,) = trace.of(CrossValidate)
    (event,) = trace.of(Evaluate)
    assert search.search
    assert [fit.place for fit in event.fits] == [search.place]


def _notebook(*cells: str) -> Trace:
    stored = [{"cell_type": "code", "source": dedent(cell), "outputs": []} for cell in cells]
    text = json.dumps({"cells": stored, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return examine(read_text(text, "example.ipynb", notebook=True)).trace


def test_an_empty_notebook_has_an_empty_trace() -> None:
    assert _notebook().events == []


def test_what_ends_a_cell_is_shown() -> None:
    fitted = PREPARED + "\n    model = SVC().fit(X_train, y_train)\n"
    (shown,) = _notebook(fitted, "model.score(X_test, y_test)").of(Evaluate)
    (unseen,) = _notebook(fitted, "model.score(X_test, y_test)\nprint('done')").of(Evaluate)
    assert shown.uses == {Use.REPORTED}
    assert unseen.uses == set()


def test_a_network_class_may_have_a_base_by_one_of_several_imports() -> None:
    trace = trace_of("""
    from torch.utils.data import DataLoader
    from torchvision import datasets

    try:
        from torch.nn import Module as Base
    except ImportError:
        Base = object

    class Net(Base):
        def forward(self, x):
            return x

    net = Net()
    for x, y in DataLoader(datasets.MNIST("data")):
        net(x).sum().backward()
    """)
    (fit,) = trace.of(Fit)
    assert fit.model.name == "Net"


def test_a_file_that_comes_in_parts_has_disjoint_parts() -> None:
    trace = trace_of("""
    from datasets import load_dataset
    from sklearn.svm import SVC

    train, test = load_dataset("imdb", split=["train", "test"])
    print(SVC().fit(train, train["label"]).score(test, test["label"]))
    """)
    (event,) = trace.of(Evaluate)
    assert event.rows.known
    assert trace.overlaps == []


@pytest.mark.parametrize(
    ("learnt", "judged", "overlap"),
    [
        ("'train'", "'test'", Overlap.DISJOINT),
        ("'train_clean'", "'train_noisy'", Overlap.DISJOINT),
        ("'train'", "name", Overlap.MAY),
        ("name", "name", Overlap.MUST),
        ("'train'", "'train'", Overlap.MUST),
    ],
)
@pytest.mark.parametrize("mapped", ["", "parts = parts.map(tidy, batched=True)"])
def test_parts_of_a_data_set_go_by_their_names(
    learnt: str, judged: str, overlap: Overlap, mapped: str
) -> None:
    trace = trace_of(f"""
    import sys
    from datasets import load_dataset
    from sklearn.svm import SVC

    name = sys.argv[1]
    parts = load_dataset("imdb")
    {mapped}
    model = SVC().fit(parts[{learnt}]["text"], parts[{learnt}]["label"])
    print(model.score(parts[{judged}]["text"], parts[{judged}]["label"]))
    """)
    (fit,), (event,) = trace.of(Fit), trace.of(Evaluate)
    assert fit.rows.overlap(event.rows) is overlap


@pytest.mark.parametrize("asked", ["split='train'", "None, None, None, 'train'", "**settings"])
def test_a_data_set_whose_part_is_asked_for_is_not_divided(asked: str) -> None:
    trace = trace_of(f"""
    from datasets import load_dataset
    from sklearn.svm import SVC

    rows = load_dataset("imdb", {asked}).map(tidy)
    print(SVC().fit(rows["text"], rows["label"]).score(rows["text"], rows["label"]))
    """)
    (overlapping,) = trace.overlaps
    assert overlapping.overlap is Overlap.MUST


@pytest.mark.parametrize(
    ("turns", "chooses"),
    [
        ("range(1)", False),
        ("range(3, 4)", False),
        ("range(2)", True),
        ("range(turns)", True),
        ("['gini']", False),
    ],
)
def test_a_list_of_one_score_chooses_nothing(turns: str, chooses: bool) -> None:
    trace = trace_of(f"""
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    turns = 1
    table = pd.read_csv("t.csv")
    X_train, X_test, y_train, y_test = train_test_split(table[["a"]], table["b"])
    scores = []
    for turn in {turns}:
        model = DecisionTreeClassifier().fit(X_train, y_train)
        scores.append(model.score(X_test, y_test))
    best = np.argmax(scores)
    print(best, scores[best])
    """)
    (event,) = trace.of(Evaluate)
    assert (Use.SELECTS in event.uses) is chooses


@pytest.mark.parametrize(("sliced", "all_rows"), [("df['code'].str", True), ("df", False)])
def test_a_slice_of_texts_keeps_all_rows(sliced: str, all_rows: bool) -> None:
    trace = trace_of(
        PREPARED
        + f"""
    coded = {sliced}.slice(0, 3)
    RandomForestClassifier().fit(coded, y)
    """
    )
    (fit,) = trace.of(Fit)
    (split,) = trace.of(Split)
    assert (fit.rows == split.rows) is all_rows


@pytest.mark.parametrize("asked", ["net.predict(n=12)", "net.predict(n=12, series=before)"])
def test_a_forecast_is_judged_on_the_rows_that_it_is_compared_with(asked: str) -> None:
    trace = trace_of(
        f"""
        import pandas as pd
        from darts import TimeSeries
        from darts.metrics import mape
        from darts.models import RNNModel

        series = TimeSeries.from_csv("a.csv", time_col="day")
        before, after = series.split_after(0.9)
        net = RNNModel(input_chunk_length=12)
        net.fit(series=before)
        print(mape(after, {asked}))
        """
    )
    (judged,) = trace.of(Evaluate)
    (split,) = trace.of(Split)
    assert judged.rows == split.parts[1]
    assert judged.meetings == (Overlap.DISJOINT,)
    assert judged.reported


@pytest.mark.parametrize(
    ("unread", "overlap"),
    [
        ("X, rest = X[:9], X[9:]\nprint X.shape", Overlap.DISJOINT),
        ("kept = X[9:]\nprint kept.shape", Overlap.MUST),
    ],
)
def test_what_a_cell_that_does_not_parse_binds_is_not_known_behind_it(
    unread: str, overlap: Overlap
) -> None:
    loaded = "import pandas as pd\nfrom sklearn.svm import SVC\nX = pd.read_csv('a.csv')\nfirst = X"
    trace = _notebook(loaded, unread, "model = SVC().fit(X, y)\nprint(model.score(first, y))")
    (scored,) = trace.of(Evaluate)
    assert [fit.rows.overlap(scored.rows) for fit in scored.fits] == [overlap]
