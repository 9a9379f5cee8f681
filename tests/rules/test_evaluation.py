"""How findings about evaluation are graded and worded by what else the program tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review
from mlaudit.model.finding import Severity
from mlaudit.rulekit.testing import findings

FIXTURES = Path(__file__).parents[2] / "fixtures" / "evaluation"
TRAINED = """
import lightgbm as lgb
import pandas as pd
from sklearn.linear_model import Lasso, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

rents = pd.read_csv("rents.csv")
X, y = rents.drop(columns="rent"), rents["rent"]
model = Ridge().fit(X, y)
"""
HELD_OUT = """
X_old, X_new, y_old, y_new = train_test_split(X, y, random_state=0)
print(Lasso().fit(X_old, y_old).score(X_new, y_new))
"""
SCORED_ELSEWHERE = """
from sklearn.metrics import r2_score

def mark(model, X, y):
    return {"r2": r2_score(y, model.predict(X))}
"""
CHOSEN_HERE = """
import pandas as pd
from marks import mark
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import train_test_split

rents = pd.read_csv("rents.csv")
X, y = rents.drop(columns="rent"), rents["rent"]
X_old, X_test, y_old, y_test = train_test_split(X, y, random_state=0)
marks = {}
for name, model in {"lasso": Lasso(), "ridge": Ridge()}.items():
    marks[name] = mark(model.fit(X_old, y_old), X_test, y_test)
    print(name, marks[name]["r2"])
best = max(marks, key=lambda name: marks[name]["r2"])
print("best", best, marks[best]["r2"])
"""
BARE = "print(model.score(X, y))\n"
FRANK = 'print("on the training rows:", model.score(X, y))\n'


WATCHED_AMONG = """
import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from sklearn.metrics import mean_squared_error

X, y = np.load("x.npy"), np.load("y.npy")
model = Sequential([Dense(1)])
model.compile(loss="mse")
model.fit(X, y, validation_data=(X[:90], y[:90]))
print(mean_squared_error(y, model.predict(X)))
"""


def severities(code: str) -> list[Severity]:
    return [found.severity for found in findings(code, "EVAL002")]


def test_a_training_score_alone_is_an_error() -> None:
    (found,) = findings(TRAINED + BARE, "EVAL002")
    assert found.severity is Severity.ERROR
    assert found.message.endswith("no score on other rows stands beside it")


def test_a_score_on_more_than_the_training_rows_is_called_so() -> None:
    (found,) = findings(TRAINED + BARE, "EVAL002")
    assert "measured on `X`, rows that `" in found.message
    (found,) = findings(TRAINED.replace("fit(X, y)", "fit(X[:900], y[:900])") + BARE, "EVAL002")
    assert "measured on `X`, among which are all rows that" in found.message


def test_a_training_score_tells_what_keras_has_set_apart() -> None:
    code = TRAINED.replace("fit(X, y)", "fit(X, y, validation_split=0.2)") + BARE
    (found,) = findings(code, "EVAL002")
    assert "trained it on but for those that `validation_split=0.2` sets apart" in found.message
    assert found.message.endswith("of other rows only the training itself tells scores")


def test_a_training_that_watches_its_own_rows_tells_of_no_others() -> None:
    (found,) = findings(WATCHED_AMONG, "EVAL002")
    assert found.message.endswith("no score on other rows stands beside it")
    apart = WATCHED_AMONG.replace("fit(X, y,", "fit(X[90:], y[90:],")
    (found,) = findings(apart, "EVAL002")
    assert found.message.endswith("of other rows only the training itself tells scores")


def test_a_choice_by_a_score_from_another_file_stands_where_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "marks.py").write_text(SCORED_ELSEWHERE)
    (tmp_path / "compare.py").write_text(CHOSEN_HERE)
    found = review([str(tmp_path)], Config(select=("EVAL003",))).findings
    assert [(f.location.path.rsplit("/", 1)[-1], f.location.line) for f in found] == [
        ("compare.py", 14)
    ]


def test_a_training_score_beside_scores_of_other_models_is_a_warning() -> None:
    (found,) = findings(TRAINED + BARE + HELD_OUT, "EVAL002")
    assert found.severity is Severity.WARNING
    assert found.message.endswith("this model has no score on other rows")


def test_a_training_score_that_is_called_so_is_what_it_says() -> None:
    assert severities(TRAINED + FRANK) == []
    assert severities(TRAINED + FRANK + HELD_OUT) == []


def test_a_training_score_may_be_called_so_in_other_languages() -> None:
    foreign = "print(f\"Accuracy sur l'ensemble d'entraînement : {model.score(X, y):.3f}\")\n"
    assert severities(TRAINED + foreign) == []
    assert severities(TRAINED + foreign.replace("d'entraînement", "complet")) == [Severity.ERROR]


def test_a_score_that_is_told_later_as_a_training_score_is_what_it_says() -> None:
    later = 'score = model.score(X, y)\nprint(f"Training R2: {score:.3f}")\n'
    assert severities(TRAINED + later) == []
    assert severities(TRAINED + later.replace("Training", "Final")) == [Severity.ERROR]


def test_the_name_of_the_rows_is_no_confession_to_readers() -> None:
    named = TRAINED.replace("fit(X, y)", "fit(X_train, y)").replace("X, y =", "X_train, y =")
    told = "print(model.score(X_train, y))\n"
    assert severities(named + told) == [Severity.ERROR]
    other = HELD_OUT.replace("(X, y,", "(X_train, y,")
    assert severities(named + told + other) == []


CHOSEN = (
    TRAINED
    + """
from sklearn.metrics import max_error

X_old, X_new, y_old, y_new = train_test_split(X, y, random_state=0)
results = {}
for model in (Lasso(), Ridge()):
    predicted = model.fit(X_old, y_old).predict(X_new)
    results[model] = {"fit": r2_score(y_new, predicted), "worst": max_error(y_new, predicted)}
best = KEY
print(best, results[best])
"""
)


def test_the_metric_that_chooses_is_named_where_the_code_names_it() -> None:
    by = 'max(results, key=lambda model: results[model]["{}"])'
    both = "max(results, key=lambda model: sum(results[model].values()))"
    (vague,) = findings(CHOSEN.replace("KEY", both), "EVAL003")
    assert vague.message.startswith("one of several scores, such as `r2_score` on")
    for key in ("fit", "r2"):
        (clear,) = findings(CHOSEN.replace("KEY", by.format(key)), "EVAL003")
        assert clear.message.startswith("`r2_score` on")


WATCHED = """
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

rents = pd.read_csv("rents.csv")
X, y = rents.drop(columns="rent"), rents["rent"]
X_train, {rows}, y_train, labels = train_test_split(X, y, random_state=0)
ours, theirs = lgb.Dataset(X_train, y_train), lgb.Dataset({rows}, labels)
model = lgb.train({{}}, ours, valid_sets=[ours, theirs], early_stopping_rounds=5)
print(r2_score(labels, model.predict({rows})))
"""


def test_of_several_watched_parts_the_one_that_decides_is_named() -> None:
    (found,) = findings(WATCHED.format(rows="X_test"), "EVAL004")
    assert found.severity is Severity.ERROR
    assert "lets `theirs` decide" in found.message


def test_watched_rows_called_validation_are_a_hint() -> None:
    for name in ("X_val", "validate_rows", "valid_rows"):
        code = WATCHED.format(rows=name).replace("theirs", name.replace("X", "set"))
        assert [found.severity for found in findings(code, "EVAL004")] == [Severity.INFO]


def test_a_score_told_as_one_of_validation_is_a_hint() -> None:
    code = (FIXTURES / "early_stop_on_test" / "told_as_validation.py").read_text()
    assert [found.severity for found in findings(code, "EVAL004")] == [Severity.INFO]
    told = code.replace("val loss", "loss")
    assert [found.severity for found in findings(told, "EVAL004")] == [Severity.ERROR]
    read = told.replace("pairs_late", "pairs_val")
    assert [found.severity for found in findings(read, "EVAL004")] == [Severity.INFO]


def test_of_several_models_none_is_named_for_the_one_that_watches() -> None:
    code = (FIXTURES / "early_stop_on_test" / "any_of_these_watches.py").read_text()
    (found,) = findings(code, "EVAL004")
    assert "the number of rounds of `model`, and" in found.message


AVERAGED = """
import pandas as pd
from sklearn.metrics import (
    f1_score,
    fbeta_score,
    mean_pinball_loss,
    mean_tweedie_deviance,
    precision_score,
    recall_score,
)
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

leaves = pd.read_csv("leaves.csv")
X, y = leaves.drop(columns="kind"), leaves["kind"]
X_old, X_new, y_old, y_new = train_test_split(X, y, stratify=y, random_state=0)
found = DecisionTreeClassifier(random_state=0).fit(X_old, y_old).predict(X_new)
"""


def test_a_trainer_that_loads_the_best_model_keeps_a_checkpoint() -> None:
    code = (FIXTURES / "early_stop_on_test" / "transformers_trainer.py").read_text()
    (found,) = findings(code, "EVAL004")
    assert "decide the checkpoint to keep of `trainer`" in found.message


@pytest.mark.parametrize(
    ("call", "effect"),
    [
        ("precision_score(found, y_new)", "it gives the recall"),
        ("recall_score(found, y_new, average='macro')", "it gives the precision"),
        (
            "precision_score(found, y_new, average='weighted')",
            "it gives the recall of each class, weighted by how often it is predicted",
        ),
        ("recall_score(found, y_new, average='weighted')", None),
        ("precision_score(found, y_new, average='micro')", None),
        ("recall_score(found, y_new, average=chosen)", None),
        ("f1_score(found, y_new, average='macro')", None),
        (
            "f1_score(found, y_new, average='weighted')",
            "classes are weighted by how often they are predicted",
        ),
        ("fbeta_score(found, y_new, beta=1)", None),
        ("fbeta_score(found, y_new, beta=2)", "precision and recall change places in it"),
        ("mean_pinball_loss(found, y_new)", None),
        ("mean_pinball_loss(found, y_new, alpha=0.9)", "too high and too low change places"),
        ("mean_tweedie_deviance(found, y_new)", None),
        (
            "mean_tweedie_deviance(found, y_new, power=1)",
            "the deviance is taken the wrong way round",
        ),
    ],
)
def test_what_an_exchange_gives_hangs_on_the_average(call: str, effect: str | None) -> None:
    told = [found.message.rpartition(": ")[2] for found in findings(AVERAGED + call, "EVAL010")]
    assert told == ([effect] if effect else [])


DRAWN = """
from sklearn.metrics import confusion_matrix
import seaborn as sns
import matplotlib.pyplot as plt
sns.heatmap(confusion_matrix(found, y_new))
plt.xlabel("{across}")
plt.ylabel("{upwards}")
"""


@pytest.mark.parametrize(
    ("across", "upwards", "count"),
    [("true kind", "predicted kind", 0), ("predicted kind", "true kind", 1)],
)
def test_a_matrix_drawn_as_it_was_asked_for_is_right(across: str, upwards: str, count: int) -> None:
    code = AVERAGED + DRAWN.format(across=across, upwards=upwards)
    assert len(findings(code, "EVAL010")) == count


SEARCHED = (
    HELD_OUT
    + """
best = 0
for depth in range(2, 9):
    tree = {tried}(alpha=depth).fit(X_old, y_old)
    score = r2_score(y_new, tree.predict(X_new))
    if score > best:
        best, kept = score, tree
print(kept.score(X_new, y_new))
"""
)


@pytest.mark.parametrize("tried", ["Ridge", "Lasso"])
def test_a_choice_stands_beside_the_number_that_it_brought(tried: str) -> None:
    code = TRAINED + SEARCHED.format(tried=tried)
    (found,) = findings(code, "EVAL003")
    (told,) = [e.location.line for e in found.evidence if e.role == "reported here"]
    assert code.splitlines()[told - 1] == "print(kept.score(X_new, y_new))"


BRANCHED = """
import sys
from sklearn.preprocessing import StandardScaler

X_old, X_new, y_old, y_new = train_test_split(X, y, random_state=0)
scaler = StandardScaler()
scaled = scaler.fit_transform(X_old)
rescaled = scaler.fit_transform(X_new)
model = Ridge()
if len(sys.argv) > 1:
    model.fit(scaled, y_old, sample_weight=weights)
else:
    model.fit(scaled, y_old)
print(r2_score(y_new, model.predict(rescaled)))
"""


def test_of_two_trainings_the_one_next_above_the_score_is_named() -> None:
    (found,) = findings(TRAINED + BRANCHED, "EVAL001")
    (line,) = [e.location.line for e in found.evidence if e.role == "trained here"]
    assert (TRAINED + BRANCHED).splitlines()[line - 1].strip() == "model.fit(scaled, y_old)"


SWAPPED = """
from sklearn.metrics import precision_score, recall_score


def told(y_true, predicted):
    return precision_score(predicted, y_true, {0}), recall_score(predicted, y_true, {0})
"""
TELLING = """
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

from scores import told

ferns = pd.read_csv("ferns.csv")
X, y = ferns.drop(columns="kind"), ferns["kind"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=4)
print(told(y_test, GaussianNB().fit(X_train, y_train).predict(X_test)))
"""


@pytest.mark.parametrize(
    ("average", "ends"),
    [("average='weighted'", ["weighted by how often it is predicted"]), ("**settings", [])],
)
def test_how_classes_are_averaged_in_another_file_tells_what_an_exchange_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, average: str, ends: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scores.py").write_text(SWAPPED.format(average), encoding="utf-8")
    Path("train.py").write_text(TELLING, encoding="utf-8")
    found = [one for one in review(["train.py"], Config()).findings if one.code == "EVAL010"]
    assert [one.message.partition("class, ")[2] for one in found] == ends


def test_classes_that_stand_where_labels_belong_give_no_balanced_accuracy() -> None:
    folder = FIXTURES / "hard_labels_to_ranking_metric"
    source = (folder / "labels_exchanged.py").read_text()
    (exchanged,) = findings(source, "EVAL011")
    in_order = source.replace("(called, y_new)", "(y_new, called)")
    (given,) = findings(in_order, "EVAL011")
    assert "balanced accuracy" in given.message
    assert "balanced accuracy" not in exchanged.message
