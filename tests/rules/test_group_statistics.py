"""Which statistic of a group a column holds, where several stand in one table."""

from __future__ import annotations

import pytest

from mlaudit.rulekit.testing import findings

IMPORTS = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
"""


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (".mean()", "the mean of the target `sales`"),
        (".median()", "the median of the target `sales`"),
        ('.agg("mean")', "the mean of the target `sales`"),
        ('.agg(["mean"])["mean"]', "the mean of the target `sales`"),
        ('.agg(["mean", "std"])["mean"]', "the mean of the target `sales`"),
        ('.agg(usual="mean", often="count").usual', "the mean of the target `sales`"),
        (
            '.agg(["mean", "std"]).rename(columns={"mean": "m"}).reset_index()["m"]',
            "the mean of the target `sales`",
        ),
    ],
)
def test_the_statistic_of_the_target_is_named_where_it_is_known(taken: str, said: str) -> None:
    code = f"""{IMPORTS}
table = pd.read_csv("table.csv")
train, test = train_test_split(table, random_state=0)
usual = train.groupby("shop")["sales"]{taken}
train["usual"], test["usual"] = train["shop"].map(usual), test["shop"].map(usual)
model = Ridge().fit(train[["usual", "area"]], train["sales"])
print(model.score(test[["usual", "area"]], test["sales"]))
"""
    (found,) = findings(code, "LEAK009", profile="research")
    assert f"gives each training row {said} of its group" in found.message


@pytest.mark.parametrize(
    "taken",
    [
        '.agg(["mean", "std"])["std"]',
        '.agg(["mean", "count"])["count"]',
        '.agg(usual="mean", often="count").often',
        '.agg(["mean", "std"]).rename(columns={"std": "s"})["s"]',
        ".std() / train.groupby('shop')['sales'].mean()",
    ],
)
def test_other_statistics_beside_the_mean_of_the_target_are_no_encoding(taken: str) -> None:
    code = f"""{IMPORTS}
table = pd.read_csv("table.csv")
train, test = train_test_split(table, random_state=0)
usual = train.groupby("shop")["sales"]{taken}
train["usual"], test["usual"] = train["shop"].map(usual), test["shop"].map(usual)
model = Ridge().fit(train[["usual", "area"]], train["sales"])
print(model.score(test[["usual", "area"]], test["sales"]))
"""
    assert not findings(code, "LEAK009", profile="research")


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ('agg(often=("sales", "count")).often', []),
        ('agg(often=pd.NamedAgg(column="sales", aggfunc="size"))["often"]', []),
        ('agg(often=("sales", "count"), top=("sales", "max"))["often"]', []),
        ('agg(often=("sales", "count"), top=("sales", "max"))["top"]', ["LEAK004"]),
        ('agg(often=("sales", "count"), usual=("sales", "mean"))["usual"]', ["LEAK009"]),
        ('agg(top=("area", "max"), usual=("area", "mean"))["usual"]', ["LEAK004"]),
    ],
)
def test_each_column_of_a_table_of_groups_has_its_own_statistic(
    taken: str, told: list[str]
) -> None:
    code = f"""{IMPORTS}
table = pd.read_csv("table.csv")
table["usual"] = table["shop"].map(table.groupby("shop").{taken})
train, test = train_test_split(table, random_state=0)
model = Ridge().fit(train[["usual", "area"]], train["sales"])
print(model.score(test[["usual", "area"]], test["sales"]))
"""
    assert [found.code for found in findings(code, "LEAK004", "LEAK009")] == told
