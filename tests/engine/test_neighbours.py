"""A test part that one program only sets apart is read by another, which repeats the split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine.review import review

TUNING = """\
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, train_test_split

wells = pd.read_csv("tables/wells.csv")
X, y = wells.drop(columns="depth"), wells["depth"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=8)
search = GridSearchCV(Ridge(), {"alpha": [0.1, 1, 10]}).fit(X_train, y_train)
print(search.best_params_)
"""
JUDGING = """\
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

wells = pd.read_csv("tables/wells.csv")
X, y = wells.drop(columns="depth"), wells["depth"]
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.3, random_state=8)
print(Ridge(alpha=1).fit(X_tr, y_tr).score(X_te, y_te))
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project" / "other").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    Path("tuning.py").write_text(TUNING)


def unused(cache: Path | None = None) -> list[str]:
    found = review(["."], Config(), cache=cache).findings
    return [finding.location.path for finding in found if finding.code == "EVAL016"]


def test_a_part_that_nobody_reads_is_unused() -> None:
    assert unused() == ["tuning.py"]


def test_another_program_may_read_the_part() -> None:
    Path("judging.py").write_text(JUDGING)
    assert unused() == []


def test_so_may_a_notebook() -> None:
    source = f"%matplotlib inline\n{JUDGING}"
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("judging.ipynb").write_text(json.dumps(notebook))
    assert unused() == []


def test_a_copy_beside_it_that_reads_another_part_does_not() -> None:
    both = (
        TUNING
        + """
half = wells[::2].drop(columns="depth")
half_train, half_test = train_test_split(half, test_size=0.3, random_state=8)
print(search.predict(half_test))
"""
    )
    Path("tuning.py").write_text(both)
    Path("tuning_again.py").write_text(both)
    assert sorted(unused()) == ["tuning.py", "tuning_again.py"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("random_state=8", "random_state=9"),
        ("test_size=0.3", "test_size=0.2"),
        ("random_state=8", "random_state=8, stratify=y"),
        ("random_state=8", "random_state=8, **settings"),
        ("tables/wells.csv", "tables/rivers.csv"),
        ("tables/wells.csv", "tables/old_wells.csv"),
        (".score(X_te, y_te)", ".coef_"),
    ],
)
def test_other_parts_and_unread_ones_are_of_no_help(old: str, new: str) -> None:
    Path("judging.py").write_text(JUDGING.replace(old, new))
    assert "tuning.py" in unused()


ADDRESS = "https://example.org/uc?export=download&id=7wells"


@pytest.mark.parametrize(("other", "unread"), [("7wells", False), ("8wells", True)])
def test_what_an_address_asks_for_is_the_same_as_a_whole(other: str, unread: bool) -> None:
    Path("tuning.py").write_text(TUNING.replace("tables/wells.csv", ADDRESS))
    address = ADDRESS.replace("7wells", other)
    Path("judging.py").write_text(JUDGING.replace("tables/wells.csv", address))
    assert unused() == (["tuning.py"] if unread else [])


def test_so_may_a_program_of_the_folder_below_by_another_path() -> None:
    Path("other/judging.py").write_text(JUDGING.replace("tables/", "../tables/"))
    assert unused() == []


def test_so_may_a_program_of_the_folder_above() -> None:
    Path("tuning.py").rename("other/tuning.py")
    Path("judging.py").write_text(JUDGING)
    assert unused() == []


def test_a_program_of_a_folder_farther_off_may_have_other_rows() -> None:
    Path("third").mkdir()
    Path("tuning.py").rename("third/tuning.py")
    Path("other/judging.py").write_text(JUDGING)
    assert unused() == ["third/tuning.py"]


def test_what_is_remembered_rests_upon_the_neighbours(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert unused(cache) == ["tuning.py"]
    Path("judging.py").write_text(JUDGING)
    assert unused(cache) == []
    Path("judging.py").write_text(JUDGING.replace(".score(X_te, y_te)", ".coef_"))
    assert "tuning.py" in unused(cache)


BIRDS = """\
import joblib
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

birds = pd.read_csv("birds.csv")
X, y = birds.drop(columns="hawk"), birds["hawk"]
X_tr, X_te, y_tr, y_te = train_test_split(X, y, stratify=y, random_state=8)
model = LogisticRegression().fit(*SMOTE(random_state=8).fit_resample(X_tr, y_tr))
print(accuracy_score(y_te, model.predict(X_te)))
joblib.dump(model, "hawk.joblib")
"""
MORE = """\
import joblib
import pandas as pd
from sklearn.metrics import classification_report

birds = pd.read_csv("new_birds.csv")
model = joblib.load("hawk.joblib")
print(classification_report(birds["hawk"], model.predict(birds.drop(columns="hawk"))))
"""


def only(code: str, profile: Profile, cache: Path | None = None) -> list[str]:
    found = review(["."], Config(profile=profile), cache=cache).findings
    return [finding.location.path for finding in found if finding.code == code]


def only_accuracy(cache: Path | None = None) -> list[str]:
    return only("IMBA003", Profile.EXPLORATION, cache)


def only_area() -> list[str]:
    return only("IMBA010", Profile.RESEARCH)


def test_a_model_that_is_saved_may_be_judged_by_more_beside_it() -> None:
    Path("birds.py").write_text(BIRDS)
    assert only_accuracy() == ["birds.py"]
    Path("report.py").write_text(MORE.replace("classification_report", "accuracy_score"))
    assert "birds.py" in only_accuracy()
    Path("report.py").write_text(MORE)
    assert only_accuracy() == []


@pytest.fixture
def far() -> Path:
    """Train in one folder, and give the path of a program in another."""
    Path("training").mkdir()
    Path("training/birds.py").write_text(BIRDS)
    return Path("other/report.py")


def test_or_in_any_folder_where_it_is_loaded_by_its_name(far: Path) -> None:
    far.write_text(MORE.replace('"hawk.joblib"', '"../models/hawk.joblib"'))
    assert only_accuracy() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hawk.joblib", "owl.joblib"),
        ("hawk.joblib", "old_hawk.joblib"),
        ("classification_report", "accuracy_score"),
        ("joblib.load(", "describe("),
        ("print(", 'joblib.dump(model.fit(birds), "hawk.joblib")\nprint('),
    ],
)
def test_what_loads_another_model_or_tells_no_more_is_of_no_help(
    far: Path, old: str, new: str
) -> None:
    far.write_text(MORE.replace(old, new))
    assert "training/birds.py" in only_accuracy()


@pytest.mark.parametrize(
    "saving",
    [
        'PATH = os.path.join(FOLDER, "hawk.joblib")\njoblib.dump(model, PATH)',
        'PATH = FOLDER / "hawk.joblib"\njoblib.dump(model, PATH)',
        'with open(f"{FOLDER}/hawk.joblib", "wb") as file:\n    pickle.dump(model, file)',
    ],
)
def test_the_name_may_be_written_in_several_ways(far: Path, saving: str) -> None:
    saved = BIRDS.replace('joblib.dump(model, "hawk.joblib")', saving)
    Path("training/birds.py").write_text(saved)
    far.write_text(MORE)
    assert only_accuracy() == []


@pytest.mark.parametrize(
    "saving",
    [
        'joblib.dump(model, f"{kind}_hawk.joblib")',
        'old = joblib.load("hawk.joblib")\njoblib.dump((old, model), "hawks.joblib")',
    ],
)
def test_what_is_saved_by_another_name_is_not_loaded(far: Path, saving: str) -> None:
    saved = BIRDS.replace('joblib.dump(model, "hawk.joblib")', saving)
    Path("training/birds.py").write_text(saved)
    far.write_text(MORE.replace('"hawk.joblib"', '"hawk.joblib" or f"{kind}_hawk.joblib"'))
    assert only_accuracy() == ["training/birds.py"]


def test_that_is_remembered_as_long_as_nothing_else_loads_it(tmp_path: Path, far: Path) -> None:
    cache = tmp_path / "cache"
    assert only_accuracy(cache) == ["training/birds.py"]
    far.write_text(MORE)
    assert only_accuracy(cache) == []
    far.write_text(MORE.replace("hawk", "owl"))
    assert only_accuracy(cache) == ["training/birds.py"]


def test_so_it_may_where_an_area_under_the_curve_is_told_here() -> None:
    Path("birds.py").write_text(BIRDS.replace("accuracy_score", "roc_auc_score"))
    assert only_area() == ["birds.py"]
    Path("report.py").write_text(MORE.replace("classification_report", "roc_auc_score"))
    assert "birds.py" in only_area()
    Path("report.py").write_text(MORE)
    assert only_area() == []


CALLED = """\
def judged(X_tr, X_te, y_tr, y_te):
    model = LogisticRegression().fit(*SMOTE(random_state=8).fit_resample(X_tr, y_tr))
    print(accuracy_score(y_te, model.predict(X_te)))
"""


@pytest.mark.parametrize("more", [True, False])
def test_a_file_whose_function_is_called_may_measure_more_of_its_other_models(more: bool) -> None:
    imports, _, made = BIRDS.partition("\n\n")
    called = f"{imports}\n\n{CALLED}"
    if more:
        called += "\n\ndef compared(y_te, found):\n    return metrics.f1_score(y_te, found)\n"
    Path("owls.py").write_text(called)
    rows = made.partition("model =")[0]
    Path("birds.py").write_text(
        f"{imports}\nimport owls\n\n{rows}owls.judged(X_tr, X_te, y_tr, y_te)\n"
    )
    assert only_accuracy() == ([] if more else ["owls.py"])


OWL = """\
from tensorflow import keras


class Owl:
    def __init__(self):
        self.model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
        self.model.compile(loss="binary_crossentropy", metrics=["accuracy"])

    def learn(self, calls, owls):
        self.model.fit(calls, owls, class_weight={0: 1, 1: 40})
"""
JUDGED = """\
import numpy as np
from sklearn.metrics import f1_score
from birds.owl import Owl

calls, owls, others, truth = np.load("calls.npy", allow_pickle=True)
owl = Owl()
owl.learn(calls, owls)
print(f1_score(truth, owl.model.predict(others) > 0.5))
"""
TELLING = """\
from sklearn.metrics import accuracy_score, f1_score


def tell(truth, said):
    print(f1_score(truth, said))


def right(truth, said):
    print(accuracy_score(truth, said))
"""


@pytest.fixture
def owl() -> Path:
    """Write a class of a package, and give the path of a program that may use it."""
    Path("birds").mkdir()
    Path("birds/owl.py").write_text(OWL)
    assert only_accuracy() == ["birds/owl.py"]
    return Path("main.py")


def test_a_class_may_be_judged_by_more_where_it_is_imported(owl: Path) -> None:
    owl.write_text(JUDGED.replace("f1_score", "accuracy_score"))
    assert "birds/owl.py" in only_accuracy()
    owl.write_text(JUDGED)
    assert only_accuracy() == []


@pytest.mark.parametrize(("called", "found"), [("tell", []), ("right", ["birds/owl.py"])])
def test_or_by_a_function_that_is_imported_there_as_well(
    owl: Path, called: str, found: list[str]
) -> None:
    Path("birds/judge.py").write_text(TELLING)
    text = JUDGED.replace("print(f1_score(", f"print({called}(")
    owl.write_text(text.replace("sklearn.metrics import f1_score", f"birds.judge import {called}"))
    assert only_accuracy() == found


FERRIES = """\
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

ferries = pd.read_csv("ferries.csv")
X, y = ferries[["hour", "pier"]], ferries["target"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=8)
model = KNeighborsClassifier().fit(X_train, y_train)
print(mean_absolute_error(y_test, model.predict(X_test)))
"""


def test_a_target_that_a_regressor_learns_beside_it_is_a_quantity() -> None:
    Path("ferries.py").write_text(FERRIES)
    Path("again.py").write_text(FERRIES)
    assert sorted(only("EVAL021", Profile.EXPLORATION)) == ["again.py", "ferries.py"]
    Path("again.py").write_text(FERRIES.replace("Classifier", "Regressor"))
    assert only("EVAL021", Profile.EXPLORATION) == []


def test_a_regressor_of_another_target_tells_nothing_of_this_one() -> None:
    Path("ferries.py").write_text(FERRIES)
    other = FERRIES.replace("Classifier", "Regressor")
    Path("again.py").write_text(other.replace("target", "load"))
    assert only("EVAL021", Profile.EXPLORATION) == ["ferries.py"]
    Path("again.py").write_text(other.replace("ferries.csv", "ships.csv"))
    assert only("EVAL021", Profile.EXPLORATION) == ["ferries.py"]
