"""How findings about leakage are graded and worded by what else the program tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.model.finding import Severity
from mlaudit.rulekit.testing import findings

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding

IMPORTS = """
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
"""
LOADED = f"""{IMPORTS}
table = pd.read_csv("table.csv")
X, y = table.drop(columns="kind"), table["kind"]
"""
FOLDS = (
    LOADED
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = StandardScaler()
scaled = scaler.fit_transform(X_train)
model = LogisticRegression()
print(cross_val_score(model, scaled, y_train).mean())
"""
)
SCORED = """
model.fit(scaled, y_train)
print(model.score(scaler.transform(X_test), y_test))
"""
SPLIT = (
    LOADED
    + """
scaled = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(scaled, y, random_state=0)
model = {model}
model.fit(X_train, y_train)
"""
)


def only(code: str, *codes: str) -> Finding:
    (found,) = findings(code, *codes)
    return found


def test_folds_that_give_the_only_score_weigh_more_than_folds_beside_a_clean_test() -> None:
    assert only(FOLDS, "LEAK002").severity is Severity.ERROR
    assert only(FOLDS + SCORED, "LEAK002").severity is Severity.WARNING


def test_a_clean_test_of_other_data_changes_nothing() -> None:
    other = """
other = pd.read_csv("other.csv")
A_train, A_test, b_train, b_test = train_test_split(other[["size"]], other["price"])
print(Ridge().fit(A_train, b_train).score(A_test, b_test))
"""
    assert only(FOLDS + other, "LEAK002").severity is Severity.ERROR


CHOOSING = """
best, kept = 0, None
for alpha in (0.1, 1, 10):
    tried = Ridge(alpha=alpha).fit(X_train, y_train)
    score = tried.score(X_test, y_test)
    if score > best:
        best, kept = score, tried
"""


def test_a_score_that_only_chooses_weighs_little() -> None:
    code = SPLIT.format(model="Ridge()") + CHOOSING
    chosen, told = only(code, "LEAK001"), only(f"{code}print(best)\n", "LEAK001")
    assert chosen.severity is Severity.INFO
    assert "which only chooses" in chosen.message
    assert told.severity is Severity.ERROR
    assert "which only chooses" not in told.message


def test_rows_that_are_predicted_only_are_not_said_to_be_scored() -> None:
    code = SPLIT.format(model="Ridge()")
    predicted = only(f"{code}print(model.predict(X_test)[:5])\n", "LEAK001")
    scored = only(f"{code}print(model.score(X_test, y_test))\n", "LEAK001")
    assert predicted.severity is Severity.WARNING
    assert "`model` (Ridge) predicts (`X_test`)" in predicted.message
    assert "score" not in predicted.message
    assert predicted.evidence[-1].role == "predicted here"
    assert scored.severity is Severity.ERROR
    assert "is scored on (`X_test`)" in scored.message
    assert scored.evidence[-1].role == "scored here"


def test_a_baseline_that_ignores_features_is_not_spoilt_by_them() -> None:
    told = "print(model.score(X_test, y_test))\n"
    assert findings(SPLIT.format(model="DummyClassifier()") + told, "LEAK001") == []
    assert only(SPLIT.format(model="LogisticRegression()") + told, "LEAK001")


@pytest.mark.parametrize(
    ("model", "way"),
    [
        ("LogisticRegression()", "into one Pipeline and fit that on `X_train`"),
        ("make_pipeline(LogisticRegression())", "make it a step of `model`."),
        ("BaggingClassifier(LogisticRegression())", "into one Pipeline and fit that on `X_train`"),
    ],
)
def test_the_remedy_fits_the_model(model: str, way: str) -> None:
    found = only(f"{SPLIT.format(model=model)}print(model.score(X_test, y_test))\n", "LEAK001")
    assert found.fix is not None
    assert way in found.fix.description


def test_a_search_is_given_the_pipeline_and_not_put_into_it() -> None:
    code = f"""{LOADED}
scaled = MinMaxScaler().fit_transform(X)
grid = GridSearchCV(LogisticRegression(), {{"C": [1, 10]}})
grid.fit(scaled, y)
print(grid.best_score_)
"""
    found = only(code, "LEAK002")
    assert found.fix is not None
    assert found.fix.description == (
        "Put `MinMaxScaler` and `LogisticRegression` into one Pipeline and give that to `grid` "
        "(GridSearchCV)."
    )


def test_folds_that_only_choose_weigh_little_whoever_judges_the_test_part() -> None:
    code = f"""{LOADED}
from reports import show

X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = MinMaxScaler().fit(X_train)
grid = GridSearchCV(LogisticRegression(), {{"C": [1, 10]}})
grid.fit(scaler.transform(X_train), y_train)
print(grid.best_score_)
"""
    shown = "show(y_test, grid.predict(scaler.transform(X_test)))\n"
    assert only(code, "LEAK002").severity is Severity.ERROR
    assert only(code + shown, "LEAK002").severity is Severity.INFO


def test_the_strongest_part_of_a_pipeline_gives_the_grade() -> None:
    parts = ["('fill', SimpleImputer())", "('scale', StandardScaler())"]
    for steps in (parts, parts[::-1]):
        code = f"""{LOADED}
prepare = Pipeline([{", ".join(steps)}])
prepared = prepare.fit_transform(X)
prepared = pd.DataFrame(prepared).fillna(0)
print(cross_val_score(LogisticRegression(), prepared, y))
"""
        found = only(code, "LEAK002")
        assert found.severity is Severity.ERROR
        assert "column means and standard deviations" in found.message


def test_the_split_in_the_evidence_is_the_one_whose_parts_are_used() -> None:
    code = f"""{LOADED}
scaled = StandardScaler().fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(scaled, y, random_state=0)
A_train, A_test, b_train, b_test = train_test_split(X, y, random_state=0)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""
    found = only(code, "LEAK001")
    (split,) = [place for place in found.evidence if place.role == "split here"]
    assert code.split("\n")[split.location.line - 1].startswith("X_train")


def test_importances_are_replaced_by_a_selector_of_the_same_model() -> None:
    code = f"""{LOADED}
from sklearn.ensemble import ExtraTreesClassifier

trees = ExtraTreesClassifier(random_state=0).fit(X, y)
X = X[[name for name, share in zip(X.columns, trees.feature_importances_) if share > 0.05]]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""
    found = only(code, "LEAK003")
    assert found.fix is not None
    assert "make `SelectFromModel(ExtraTreesClassifier())` a step" in found.fix.description


def test_folds_around_a_fitted_selector_get_a_selector_for_the_pipeline() -> None:
    code = f"""{LOADED}
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import SelectFromModel

trees = ExtraTreesClassifier(random_state=0).fit(X, y)
small = SelectFromModel(trees, prefit=True).transform(X)
print(cross_val_score(LogisticRegression(), small, y))
"""
    found = only(code, "LEAK002")
    assert found.fix is not None
    assert found.fix.description.startswith("Put `SelectFromModel(ExtraTreesClassifier())` and")


def test_gaps_filled_by_means_of_groups_weigh_less_than_these_means_themselves() -> None:
    split = """
X, y = table[["age", "new"]], table["kind"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""
    means = 'table.groupby("town")["age"].transform("median")'
    as_they_are = only(f'{LOADED}table["new"] = {means}\n{split}', "LEAK004")
    in_gaps = only(f'{LOADED}table["new"] = table["age"].fillna({means})\n{split}', "LEAK004")
    assert as_they_are.severity is Severity.ERROR
    assert in_gaps.severity is Severity.WARNING


def test_a_selection_by_hand_is_not_put_into_a_pipeline() -> None:
    code = f"""{LOADED}
strength = table.corrwith(y).abs()
print(cross_val_score(LogisticRegression(), X[strength[strength > 0.3].index], y))
"""
    found = only(code, "LEAK002")
    assert found.fix is not None
    assert found.fix.description == (
        "Select by correlations of the training rows of each fold alone."
    )


def test_of_equal_splits_the_one_before_the_score_is_shown() -> None:
    code = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

flats = pd.read_csv("flats.csv")
flats["floor"] = flats["floor"].fillna(flats["floor"].median())
X, y = flats[["floor", "size"]], flats["rent"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=4)
model = Ridge().fit(X_train, y_train)
print(model.score(X_test, y_test))
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=4)
"""
    (finding,) = findings(code, "LEAK004")
    places = {evidence.role: evidence.location.line for evidence in finding.evidence}
    assert places["split here"] == 9
    overlapping = code.replace(".fit(X_train, y_train)", ".fit(X, y)")
    (finding,) = findings(overlapping, "LEAK007")
    places = {evidence.role: evidence.location.line for evidence in finding.evidence}
    assert places["split here"] == 9


NAMED = """
import sys
import pandas as pd
from sklearn.linear_model import LinearRegression

streets = pd.read_csv("streets.csv")
columns = ["cars", "noise", "width"]
{change}
LinearRegression().fit(streets[columns], streets["noise"])
"""


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ("columns.remove('cars')", True),
        ("columns.remove('noise')", False),
        ("columns.remove(sys.argv[1])", False),
        ("del columns[0]", True),
        ("del columns[1]", False),
        ("columns.pop(columns.index('noise'))", False),
        ("columns.pop()", True),
        ("if 'noise' in columns: columns.remove('noise')", False),
        ("if 'noise' not in columns: columns.remove('noise')", True),
        ("if len(sys.argv) > 1: columns.remove('noise')", False),
        ("columns.clear()", False),
    ],
)
def test_a_list_of_columns_holds_what_is_left_of_it(change: str, kept: bool) -> None:
    assert bool(findings(NAMED.format(change=change), "LEAK008")) is kept


def test_of_two_bounds_the_message_names_the_one_that_was_taken() -> None:
    code = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

tides = pd.read_csv("tides.csv")
tides["depth"] = tides["depth"] / tides["depth"].max()
X_train, X_test, y_train, y_test = train_test_split(tides.drop(columns="flow"), tides["flow"])
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
"""
    [highest] = findings(code, "LEAK004")
    [lowest] = findings(code.replace(".max()", ".min()"), "LEAK004")
    assert "by the maximum of all rows" in highest.message
    assert "by the minimum of all rows" in lowest.message


SCORED_RIDGE = """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
"""


@pytest.mark.parametrize(
    ("counted", "count"),
    [
        ("table.isnull().sum()", 0),
        ("pd.isnull(table).sum()", 0),
        ("pd.isna(table).mean()", 0),
        ("table.std()", 1),
    ],
)
def test_to_count_gaps_is_no_selection_by_what_rows_hold(counted: str, count: int) -> None:
    chosen = f"counted = {counted}\nX = X[counted[counted < 9].index]\n"
    assert len(findings(LOADED + chosen + SCORED_RIDGE, "LEAK003")) == count


def test_what_a_function_computes_of_each_group_is_called_so() -> None:
    filled = "X['age'] = X.groupby('port')['age'].apply(lambda each: each - each.max())\n"
    assert "group statistics" in only(LOADED + filled + SCORED_RIDGE, "LEAK004").message


@pytest.mark.parametrize(
    ("encoder", "told"),
    [
        ("TargetEncoder", "the mean target of each category"),
        ("WOEEncoder", "the odds of the target in each category"),
        ("SummaryEncoder", "quantiles of the target in each category"),
    ],
)
def test_encoders_are_said_to_take_what_they_take(encoder: str, told: str) -> None:
    code = (
        LOADED
        + f"""
from category_encoders import {encoder}
scaled = {encoder}().fit_transform(X, y)
X_train, X_test, y_train, y_test = train_test_split(scaled, y, random_state=0)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
    )
    message = only(code, "LEAK009").message
    assert f"takes {told} from all rows" in message
    assert "their labels have shaped the features" in message


DATED = f"""{IMPORTS}
table = pd.read_csv("table.csv")
table["others"] = table.groupby({{keys}})["price"].transform("max")
{{divided}}
model = Ridge().fit(train[["others", "area"]], train["sales"])
print(model.score(test[["others", "area"]], test["sales"]))
"""
MASKED = 'train, test = table[table["{by}"] < cut], table[table["{by}"] >= cut]'
INVERTED = 'early = table["date"] < cut\ntrain, test = table.loc[early], table.loc[~early]'
SLICED = "train, test = table.iloc[:900], table.iloc[900:]"


@pytest.mark.parametrize(
    ("keys", "divided", "spanned"),
    [
        ('["shop", "date"]', MASKED.format(by="date"), False),
        ('["shop", "date"]', MASKED.format(by="year"), False),
        ('["shop", "round"]', MASKED.format(by="round"), False),
        ('["shop", "round"]', MASKED.format(by="date"), True),
        ('["shop", "day_of_week"]', MASKED.format(by="date"), True),
        ('["shop", "date"]', MASKED.format(by="area"), True),
        ('["shop", "date"]', INVERTED, False),
        ('["shop", "date"]', SLICED, False),
        ('["shop", "date"]', "table = table.sample(frac=1, random_state=1)\n" + SLICED, True),
        ('"shop"', SLICED, True),
        ('["shop", "date"]', "train, test = train_test_split(table, random_state=0)", True),
        ('["shop", "date"]', "train, test = train_test_split(table, shuffle=False)", False),
    ],
)
def test_no_group_spans_a_division_by_its_own_key(keys: str, divided: str, spanned: bool) -> None:
    code = DATED.format(keys=keys, divided=divided)
    assert bool(findings(code, "LEAK004")) is spanned
    assert not findings(code, "EVAL001")


def test_groups_within_the_training_part_are_spanned_by_a_random_validation_part() -> None:
    divided = MASKED.format(by="date") + "\ntrain, test = train_test_split(train, random_state=0)"
    assert findings(DATED.format(keys='["shop", "date"]', divided=divided), "LEAK004")


@pytest.mark.parametrize(("part", "told"), [("X_valid", "validation"), ("X_test", "test")])
def test_a_part_is_called_what_the_code_calls_it_where_both_go_by_one_name(
    part: str, told: str
) -> None:
    code = f"""{LOADED}
scaled = StandardScaler().fit_transform(X)
X_train, {part}, y_train, y_last = train_test_split(scaled, y, random_state=0)
x = X_train[:, :2]
model = LogisticRegression().fit(x, y_train)
x = {part}[:, :2]
print(model.predict(x))
"""
    assert f"(the {told} part)" in only(code, "LEAK001").message


@pytest.mark.parametrize("first", [True, False])
def test_of_scores_of_some_columns_and_of_all_the_latter_is_named(first: bool) -> None:
    code = f"""{IMPORTS}
inn = pd.read_csv("inn.csv")
usual = inn.groupby("class")["floor"].median()
inn["floor"] = inn["floor"].fillna(inn["class"].map(usual))
inn = pd.concat([inn, pd.get_dummies(inn["floor"])], axis=1)


def judged(columns, model):
    print(cross_val_score(model, inn[columns], inn["back"], cv=4).mean())

"""
    calls = ['judged(["age"], Ridge())\n', 'judged(["age", "0", "1"], LogisticRegression())\n']
    found = only(code + "".join(calls if first else reversed(calls)), "LEAK002")
    assert "`LogisticRegression`" in found.message


@pytest.mark.parametrize(
    ("keys", "profile", "told"),
    [
        ('"region"', "exploration", 0),
        ('"region"', "research", 1),
        ('"customer_id"', "exploration", 1),
        ('["region", "product"]', "exploration", 1),
    ],
)
def test_means_of_the_training_rows_alone_matter_in_small_groups(
    keys: str, profile: str, told: int
) -> None:
    code = f"""{IMPORTS}
table = pd.read_csv("table.csv")
train, test = train_test_split(table, random_state=0)
train["usual"] = train.groupby({keys})["sales"].transform("mean")
model = Ridge().fit(train[["usual", "day"]], train["sales"])
"""
    assert len(findings(code, "LEAK009", profile=profile)) == told


def test_trees_split_scaled_columns_alike_but_not_components_of_them() -> None:
    forest, linear = SPLIT.format(model="BaggingClassifier(random_state=0)"), "LogisticRegression()"
    told = "print(model.score(X_test, y_test))\n"
    found = only(forest + told, "LEAK001")
    assert found.severity is Severity.INFO
    assert "trees split scaled columns alike" in found.message
    beside = f"{told}print({linear}.fit(X_train, y_train).score(X_test, y_test))\n"
    assert only(forest + beside, "LEAK001").severity is Severity.ERROR
    neighbours = forest.replace("BaggingClassifier(", f"BaggingClassifier({linear}, ")
    assert only(neighbours + told, "LEAK001").severity is Severity.ERROR
    parts = forest.replace("X_train, X", "scaled = PCA().fit_transform(scaled)\nX_train, X", 1)
    mixed = "from sklearn.decomposition import PCA\n" + parts + told
    assert {found.severity for found in findings(mixed, "LEAK001")} == {Severity.ERROR}


def test_one_of_several_models_is_softened_where_no_other_can_be_meant() -> None:
    code = f"""{IMPORTS}
import sys
from lightgbm import LGBMClassifier
table = pd.read_csv("table.csv")
X, y = StandardScaler().fit_transform(table.drop(columns="kind")), table["kind"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
by_word = {{"line": LogisticRegression(), "trees": LGBMClassifier(random_state=0)}}
model = by_word[sys.argv[1]]
model.fit(X_train, y_train, eval_set=[(X_test, y_test)])
print(model.score(X_test, y_test))
"""
    assert only(code, "LEAK001").severity is Severity.INFO
    found = only(code.replace(", eval_set=[(X_test, y_test)]", ""), "LEAK001")
    assert found.severity is Severity.ERROR
    assert "`LogisticRegression`" not in found.message


@pytest.mark.parametrize("made", ["model", "make_pipeline(SimpleImputer(), model)"])
def test_in_folds_the_model_that_minds_units_speaks_for_all_that_may_be_meant(made: str) -> None:
    code = f"""{LOADED}
model = BaggingClassifier(random_state=0)
if len(table) < 1000:
    model = LogisticRegression()
X = StandardScaler().fit_transform(X)
print(cross_val_score({made}, X, y).mean())
"""
    found = only(code, "LEAK002")
    assert found.severity is Severity.ERROR
    assert "LogisticRegression" not in found.message


def test_a_pipeline_that_scales_by_itself_undoes_what_was_scaled_before() -> None:
    twice = FOLDS.replace("LogisticRegression()", "make_pipeline({}, LogisticRegression())")
    assert not findings(twice.format("StandardScaler()"), "LEAK002")
    assert only(twice.format("SimpleImputer()"), "LEAK002").severity is Severity.ERROR


@pytest.mark.parametrize(
    ("made", "unmoved"),
    [
        ("0.5 * t['fare'] / t['fare'].mean()", True),
        ("(t['fare'] - t['fare'].min()) / (t['fare'].max() - t['fare'].min())", True),
        ("(t['fare'] - t['fare'].mean()).fillna(0)", False),
        ("abs(t['fare'] - t['fare'].mean())", False),
        ("(t['fare'] - t['fare'].mean()) ** 2", False),
        ("t['fare'] / t['fare'].mean() + t['stay']", False),
        ("t['fare'] / t['fare'].mean() > 2", False),
        ("t['fare'].fillna(t['fare'].mean())", False),
        ("t['fare'].mean() / t['fare']", False),
        ("t['fare'] / t.groupby('port')['fare'].mean()", False),
    ],
)
def test_scaling_by_hand_is_a_unit_and_nothing_else_is(made: str, unmoved: bool) -> None:
    code = f"""{IMPORTS}
t = pd.read_csv("table.csv")
t["fare"] = {made}
X, y = t[["fare", "age"]], t["kind"]
print(cross_val_score(BaggingClassifier(random_state=0), X, y).mean())
"""
    assert {found.severity is Severity.INFO for found in findings(code, "LEAK002")} == {unmoved}
    beside = code + "print(cross_val_score(LogisticRegression(), X[['fare']], y).mean())\n"
    assert "`LogisticRegression`" in only(beside, "LEAK002").message or not unmoved


@pytest.mark.parametrize(
    ("made", "unmoved"),
    [
        ("lambda x: (x - usual) / wide", True),
        ("lambda x: max(x - usual, 0) / wide", False),
        ("lambda x: (x - usual) ** 2 / wide", False),
        ("lambda x: 1 if x > usual + wide else 0", False),
        ("scaled", True),
        ("cut", False),
    ],
)
def test_scaling_value_by_value_moves_trees_by_neither_of_its_halves(
    made: str, unmoved: bool
) -> None:
    code = f"""{IMPORTS}
from wording import NAMES
def scaled(x):
    return (x - usual) / wide
def cut(x):
    if x > usual:
        return x / wide
    return 0
t = pd.read_csv("table.csv")
for name in NAMES:
    usual = t[name].mean()
    wide = t[name].std()
    t[name] = t[name].apply({made})
X, y = t[NAMES], t["kind"]
print(cross_val_score(BaggingClassifier(random_state=0), X, y).mean())
"""
    graded = {found.severity is Severity.INFO for found in findings(code, "LEAK002")}
    assert graded == {unmoved}


@pytest.mark.parametrize(
    ("made", "unmoved"),
    [
        ("t.groupby('town')['fare'].transform('mean')", True),
        ("t['town'].map(t.groupby('town')['fare'].median())", True),
        ("t.groupby('town')['fare'].transform('prod')", False),
        ("t.groupby('town')['fare'].transform(lambda fares: fares ** 2)", False),
        ("t['fare'] - t.groupby('town')['fare'].transform('mean')", False),
    ],
)
def test_means_of_groups_are_in_the_units_of_their_column(made: str, unmoved: bool) -> None:
    code = f"""{IMPORTS}
from wording import NAMES
t = pd.read_csv("table.csv")
t["fare"] = t["fare"] / t["fare"].std()
t["usual"] = {made}
X, y = t[NAMES], t["kind"]
print(cross_val_score(BaggingClassifier(random_state=0), X, y).mean())
"""
    (scale,) = [f for f in findings(code, "LEAK002") if ".std()" in f.message]
    assert (scale.severity is Severity.INFO) is unmoved


def test_scaling_some_rows_by_hand_puts_them_among_others() -> None:
    code = """
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
X, y = np.load("x.npy"), np.load("y.npy")
X[{rows}, 0] = X[{rows}, 0] / X[:, 0].mean()
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
    whole = only(code.format(rows=":"), "LEAK004")
    assert whole.severity is Severity.INFO
    assert "trees split scaled columns alike" in whole.message
    assert only(code.format(rows="y > 0"), "LEAK004").severity is not Severity.INFO


@pytest.mark.parametrize(
    ("made", "unmoved"),
    [
        ("lgb.train({'verbose': -1}, lgb.Dataset(A, label=a), 100)", True),
        ("lgb.train({'linear_tree': True}, lgb.Dataset(A, label=a), 100)", False),
        ("lgb.LGBMRegressor().fit(A, a)", True),
        ("lgb.LGBMRegressor(linear_tree=True).fit(A, a)", False),
        ("xgb.train({'max_depth': 3}, xgb.DMatrix(A, a), 100)", True),
        ("xgb.train(dict(booster='gblinear'), xgb.DMatrix(A, a), 100)", False),
        ("xgb.XGBRegressor(booster='gblinear').fit(A, a)", False),
        ("cb.train(cb.Pool(A, a), {'depth': 3})", True),
    ],
)
def test_boosted_trees_mind_no_units_but_where_they_are_linear(made: str, unmoved: bool) -> None:
    code = f"""
import catboost as cb
import lightgbm as lgb
import xgboost as xgb
from sklearn.metrics import r2_score
{IMPORTS}
table = pd.read_csv("table.csv")
X = StandardScaler().fit_transform(table.drop(columns="price"))
A, B, a, b = train_test_split(X, table["price"], random_state=0)
model = {made}
print(r2_score(b, model.predict(B)))
"""
    found = only(code, "LEAK001")
    assert (found.severity is Severity.INFO) is unmoved
    assert ("trees split scaled columns alike" in found.message) is unmoved


@pytest.mark.parametrize(
    ("chosen", "unmoved"),
    [
        ("SelectFromModel(RandomForestClassifier(random_state=0)).fit_transform(Z, y)", True),
        ("RFE(RandomForestClassifier(random_state=0)).fit_transform(Z, y)", True),
        ("SelectFromModel(LogisticRegression(C=0.1)).fit_transform(Z, y)", False),
        ("VarianceThreshold(0.1).fit_transform(Z)", False),
        ("Z[:, X.std() > 0.1]", False),
    ],
)
def test_trees_choose_the_same_scaled_columns(chosen: str, unmoved: bool) -> None:
    code = f"""{IMPORTS}
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE, SelectFromModel, VarianceThreshold
t = pd.read_csv("table.csv")
X, y = t.drop(columns="kind"), t["kind"]
Z = StandardScaler().fit_transform(X)
Z = {chosen}
print(cross_val_score(RandomForestClassifier(random_state=0), Z, y).mean())
"""
    (scale,) = [f for f in findings(code, "LEAK002") if "standard deviations" in f.message]
    assert (scale.severity is Severity.INFO) is unmoved
    others = [f for f in findings(code, "LEAK002", "LEAK003") if f is not scale]
    assert any(f.severity is Severity.ERROR for f in others) or not unmoved


@pytest.mark.parametrize(
    ("model", "unmoved"),
    [
        ("LinearRegression()", True),
        ("LinearRegression(fit_intercept=True)", True),
        ("make_pipeline(MinMaxScaler(), LinearRegression())", True),
        ("LinearRegression(fit_intercept=False)", False),
        ("LinearRegression(**settings)", False),
        ("GridSearchCV(LinearRegression(), {'fit_intercept': [True, False]})", False),
        ("make_pipeline(SimpleImputer(), Ridge())", False),
        ("Ridge()", False),
        ("LinearDiscriminantAnalysis()", True),
        ("LinearDiscriminantAnalysis(solver='lsqr', shrinkage=None)", True),
        ("LinearDiscriminantAnalysis('lsqr', 'auto')", False),
        ("QuadraticDiscriminantAnalysis(reg_param=0.0)", True),
        ("QuadraticDiscriminantAnalysis(reg_param=0.1)", False),
        ("GaussianNB()", True),
        ("GaussianNB(var_smoothing=0.01)", False),
    ],
)
def test_a_model_without_a_penalty_minds_no_units(model: str, unmoved: bool) -> None:
    code = f"""
from sklearn.discriminant_analysis import *
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB
{IMPORTS}
table = pd.read_csv("table.csv")
X, y = table.drop(columns="price"), table["price"]
X_train, X_test, y_train, y_test = train_test_split(
    STEP.fit_transform(X), y, random_state=0
)
print({model}.fit(X_train, y_train).score(X_test, y_test))
"""
    for scaler in ("MinMaxScaler()", "StandardScaler()"):
        found = findings(code.replace("STEP", scaler), "LEAK001")
        undone = "Pipeline" in model or "pipeline(Min" in model
        assert undone is not bool(found)
        assert all((each.severity is Severity.INFO) is unmoved for each in found)
        assert all(("without a penalty" in each.message) is unmoved for each in found)
    parts = "from sklearn.decomposition import PCA\n" + code.replace("STEP", "PCA()")
    assert only(parts, "LEAK001").severity is Severity.ERROR


@pytest.mark.parametrize(
    ("last", "told"),
    [("ExtraTreesClassifier()", Severity.INFO), ("KNeighborsClassifier()", Severity.ERROR)],
)
def test_of_many_models_one_that_minds_units_is_told_of(last: str, told: Severity) -> None:
    trees = ", ".join(f"'t{n}': ExtraTreesClassifier(max_depth={n})" for n in range(1, 20))
    code = f"""
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.neighbors import KNeighborsClassifier
{IMPORTS}
table = pd.read_csv("table.csv")
X = StandardScaler().fit_transform(table.drop(columns="kind"))
models = {{{trees}, "last": {last}}}
for name, model in models.items():
    print(name, cross_val_score(model, X, table["kind"]).mean())
"""
    found = only(code, "LEAK002")
    assert found.severity is told
    assert f"`{last[:-2]}`" in found.message


@pytest.mark.parametrize(
    ("divides", "called"),
    [
        ("pass", "X_val"),
        ("X_test, _, y_test, _ = train_test_split(X_test, y_test, random_state=1)", "X_test"),
    ],
)
def test_rows_are_named_as_who_gives_them_does(divides: str, called: str) -> None:
    code = f"""
from sklearn.metrics import accuracy_score
{IMPORTS}
def prepared(table):
    return StandardScaler().fit_transform(table.drop(columns="kind")), table["kind"]

def score(model, X_test, y_test):
    {divides}
    return accuracy_score(y_test, model.predict(X_test))

def main():
    X, y = prepared(pd.read_csv("table.csv"))
    X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)
    model = LogisticRegression().fit(X_train, y_train)
    print(score(model, X_val, y_val))

main()
"""
    assert f"is scored on (`{called}`)" in only(code, "LEAK001").message


@pytest.mark.parametrize(
    ("settings", "learnt"),
    [
        ("", "column means and standard deviations"),
        ("with_mean=False", "column standard deviations"),
        ("with_std=False", "column means"),
        ("with_mean=True, with_std=False", "column means"),
    ],
)
def test_what_a_scaler_is_told_to_leave_out_is_not_learnt(settings: str, learnt: str) -> None:
    code = FOLDS.replace("StandardScaler()", f"StandardScaler({settings})")
    assert f"takes {learnt} from" in only(code.format("LogisticRegression()"), "LEAK002").message
    neither = FOLDS.replace("StandardScaler()", "StandardScaler(with_mean=False, with_std=False)")
    assert not findings(neither, "LEAK002")


@pytest.mark.parametrize(
    ("filler", "note"), [("SimpleImputer()", True), ("KNNImputer()", False), ("PCA()", False)]
)
def test_a_fill_value_of_each_column_minds_no_units(filler: str, note: bool) -> None:
    code = f"""{IMPORTS}
from sklearn.decomposition import PCA
from sklearn.impute import KNNImputer
from sklearn.multioutput import ClassifierChain
t = pd.read_csv("table.csv")
X = {filler}.fit_transform(StandardScaler().fit_transform(t[["fare", "age"]]))
print(cross_val_score(ClassifierChain(BaggingClassifier()), X, t[["kind", "port"]]).mean())
"""
    told = [each for each in findings(code, "LEAK002") if "column means" in each.message]
    assert [each.severity is Severity.INFO for each in told] == [note]


@pytest.mark.parametrize(
    ("model", "note"),
    [
        ("RandomSurvivalForest", True),
        ("ExtraSurvivalTrees", True),
        ("GradientBoostingSurvivalAnalysis", True),
        ("ComponentwiseGradientBoostingSurvivalAnalysis", False),
    ],
)
def test_trees_of_survival_split_scaled_columns_alike(model: str, note: bool) -> None:
    code = f"""{IMPORTS}
from sksurv.ensemble import {model}
t = pd.read_csv("table.csv")
X = StandardScaler().fit_transform(t[["fare", "age"]])
print(cross_val_score({model}(), X, t["left"]).mean())
"""
    assert (only(code, "LEAK002").severity is Severity.INFO) is note


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        ("pipe = build()\nscores = cross_val_score(pipe, X, y)", "`pipe`"),
        ("scores = cross_val_score(build(), X, y)", "`build()`"),
        ("scores = cross_val_score(build(\n    'ridge',\n), X, y)", "the model"),
        ("model = build()\nscores = cross_val_score(model, X, y)", "`model`"),
    ],
)
def test_a_model_of_unknown_origin_is_called_what_the_code_calls_it(
    asked: str, called: str
) -> None:
    code = f"""
from elsewhere import build
{LOADED}
X = StandardScaler().fit_transform(X)
{asked}
print(scores.mean())
"""
    assert f"so {called} is validated" in only(code, "LEAK002").message


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("XGBClassifier(random_state=0)", Severity.INFO),
        ("KNeighborsClassifier()", Severity.WARNING),
    ],
)
def test_a_moment_that_shifts_and_stretches_moves_what_minds_units(
    made: str, told: Severity
) -> None:
    code = f"""
from sklearn.neighbors import KNeighborsClassifier
from xgboost import XGBClassifier
{IMPORTS}
table = pd.read_csv("table.csv")
first, last = table["year"].min(), table["year"].max()
table["age"] = (table["year"] - first) / (last - first)
X_train, X_test, y_train, y_test = train_test_split(
    table[["age", "size"]], table["kind"], random_state=0
)
model = {made}
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
    assert only(code, "LEAK004").severity is told
