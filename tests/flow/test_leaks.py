"""Statistics of rows that are evaluated later, through the ways in which people write programs."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("patients.csv")
X, y = df.drop(columns="ill"), df["ill"]
"""
TAIL = """\
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"


def leaks(source: str) -> list[str]:
    trace = examine(from_text(source, "example.py")).trace
    return [leak.influence.operation for leak in trace.preprocessing_leaks]


LEAKING = {
    "the number of values in a group, as a feature": dedent("""\
        df["days"] = df.groupby("ward")["day"].transform("nunique")
        X, y = df.drop(columns="ill"), df["ill"]
        """)
    + SPLIT,
    "scaler before the split": "X = StandardScaler().fit_transform(X)\n" + SPLIT,
    "fit and transform apart": "s = StandardScaler()\ns.fit(X)\nX = s.transform(X)\n" + SPLIT,
    "scaler of all rows, applied to the parts": SPLIT
    + dedent("""\
        s = StandardScaler().fit(X)
        X_train, X_test = s.transform(X_train), s.transform(X_test)
        """),
    "mean of a column fills it": "X['age'] = X['age'].fillna(X['age'].mean())\n" + SPLIT,
    "mean of the table fills it": "X = X.fillna(X.mean())\n" + SPLIT,
    "filled in place": "X.fillna(X.mean(), inplace=True)\n" + SPLIT,
    "standardised by hand": "X = (X - X.mean()) / X.std()\n" + SPLIT,
    "NumPy statistics": "X = (X - np.mean(X, axis=0)) / np.std(X, axis=0)\n" + SPLIT,
    "statistics of groups": "X['m'] = X.groupby('ward')['age'].transform('mean')\n" + SPLIT,
    "quantile bins": "X['band'] = pd.qcut(X['age'], 4)\n" + SPLIT,
    "in a helper": dedent("""\
        def prepare(table):
            return StandardScaler().fit_transform(table)

        X = prepare(X)
        """)
    + SPLIT,
    "in a method": dedent("""\
        class Preparation:
            def __init__(self):
                self.scaler = StandardScaler()

            def run(self, table):
                self.scaler.fit(table)
                return self.scaler.transform(table)

        X = Preparation().run(X)
        """)
    + SPLIT,
    "through a dict": "parts = {'X': StandardScaler().fit_transform(X)}\nX = parts['X']\n" + SPLIT,
    "through an attribute": dedent("""\
        class Box:
            pass

        box = Box()
        box.X = StandardScaler().fit_transform(X)
        X = box.X
        """)
    + SPLIT,
    "in a loop over columns": "for c in ['a', 'b']:\n    X[c] = X[c] / X[c].max()\n" + SPLIT,
    "in a loop over tables": "for t in [X]:\n    t['a'] = t['a'].fillna(t['a'].median())\n" + SPLIT,
    "in one branch": "if len(df) > 9:\n    X = StandardScaler().fit_transform(X)\n" + SPLIT,
    "a pipeline as transformer": "X = make_pipeline(StandardScaler()).fit_transform(X)\n" + SPLIT,
    "a column transformer": dedent("""\
        X = ColumnTransformer([("s", StandardScaler(), ["age"])]).fit_transform(X)
        """)
    + SPLIT,
    "through a lambda": "m = X['age'].mean()\nX['d'] = X['age'].apply(lambda a: a - m)\n" + SPLIT,
    "a comprehension": "m = X['age'].mean()\nX['d'] = [a - m for a in X['age']]\n" + SPLIT,
    "inside try": "try:\n    X = StandardScaler().fit_transform(X)\nexcept ValueError:\n    raise\n"
    + SPLIT,
    "split by a mask": "X = StandardScaler().fit_transform(X)\n"
    "late = df['year'] > 2020\n"
    "X_train, X_test, y_train, y_test = X[~late], X[late], y[~late], y[late]\n",
    "split by slices": "X = StandardScaler().fit_transform(X)\n"
    "X_train, X_test, y_train, y_test = X[:800], X[800:], y[:800], y[800:]\n",
    "columns chosen by correlation": dedent("""\
        c = df.corr()
        keep = c[abs(c['ill']) > 0.1].index
        X = X[keep]
        """)
    + SPLIT,
}
CLEAN = {
    "groups that are complete": dedent("""\
        whole = df.groupby("ward")["day"].nunique() == 5
        df = df.merge(whole.reset_index(), on="ward")
        df = df[df["day_y"]]
        X, y = df.drop(columns="ill"), df["ill"]
        """)
    + SPLIT,
    "scaler after the split": SPLIT
    + dedent("""\
        s = StandardScaler().fit(X_train)
        X_train, X_test = s.transform(X_train), s.transform(X_test)
        """),
    "mean of the training part": SPLIT
    + dedent("""\
        m = X_train['age'].mean()
        X_train['age'] = X_train['age'].fillna(m)
        X_test['age'] = X_test['age'].fillna(m)
        """),
    "constants": "X = X.fillna(0)\nX['age'] = X['age'] / 100\n" + SPLIT,
    "only printed": "print(X.mean(), X.describe())\n" + SPLIT,
    "row by row": "X['sum'] = X.sum(axis=1)\nX['log'] = np.log1p(X['age'])\n" + SPLIT,
    "dummies": "X = pd.get_dummies(X)\n" + SPLIT,
    "the column is dropped": "X['z'] = X['age'] - X['age'].mean()\nX = X.drop(columns='z')\n"
    + SPLIT,
    "another table": "other = pd.read_csv('b.csv')\nStandardScaler().fit(other)\n" + SPLIT,
    "rebound": "Z = StandardScaler().fit_transform(X)\nZ = X\nX = Z\n" + SPLIT,
    "scaler in a pipeline": SPLIT
    + "model = make_pipeline(StandardScaler(), LogisticRegression())\n"
    + "model.fit(X_train, y_train)\nprint(model.score(X_test, y_test))\n",
    "fitted only to look": "z = StandardScaler().fit_transform(X)\nprint(z)\n" + SPLIT,
    "per helper on each part": dedent("""\
        def prepare(train, test):
            s = StandardScaler().fit(train)
            return s.transform(train), s.transform(test)

        """)
    + SPLIT
    + "X_train, X_test = prepare(X_train, X_test)\n",
}


@pytest.mark.parametrize("case", LEAKING)
def test_the_leak_is_seen(case: str) -> None:
    assert leaks(HEAD + LEAKING[case] + TAIL)


@pytest.mark.parametrize("case", CLEAN)
def test_the_clean_twin_is_silent(case: str) -> None:
    assert leaks(HEAD + CLEAN[case] + TAIL) == []


FOLDS = {
    "scaler before cross_val_score": """
        X = StandardScaler().fit_transform(X)
        cross_val_score(LogisticRegression(), X, y)
        """,
    "selection before a search": """
        X = SelectKBest(k=3).fit_transform(X, y)
        GridSearchCV(LogisticRegression(), {'C': [1, 2]}).fit(X, y)
        """,
    "scaler before the folds": """
        Z = StandardScaler().fit_transform(X)
        for a, b in KFold(5).split(Z):
            m = LogisticRegression().fit(Z[a], y[a])
            print(m.score(Z[b], y[b]))
        """,
}
CLEAN_FOLDS = {
    "scaler in the pipeline": """
        cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y)
        """,
    "scaler inside the folds": """
        for a, b in KFold(5).split(X):
            s = StandardScaler().fit(X.iloc[a])
            m = LogisticRegression().fit(s.transform(X.iloc[a]), y[a])
            print(m.score(s.transform(X.iloc[b]), y[b]))
        """,
    "steps held in a Pipeline": """
        p = Pipeline([('s', StandardScaler()), ('m', LogisticRegression())])
        for a, b in KFold(5).split(X):
            p.fit(X.iloc[a], y[a])
            print(p.score(X.iloc[b], y[b]))
        """,
}


@pytest.mark.parametrize("case", FOLDS)
def test_what_was_learned_before_the_folds_leaks(case: str) -> None:
    assert len(leaks(HEAD + dedent(FOLDS[case]))) == 1


@pytest.mark.parametrize("case", CLEAN_FOLDS)
def test_what_is_learned_inside_the_folds_does_not(case: str) -> None:
    assert leaks(HEAD + dedent(CLEAN_FOLDS[case])) == []


@pytest.mark.parametrize(
    ("parameter", "first", "second", "shared"),
    [
        ("store", "'train'", "'train'", True),
        ("store", "'train'", "'tuning'", False),
        ("store", "partition='calibration_set'", "partition='train'", False),
        ("store", "train=True", "train=False", False),
        ("store", "train=True", "train=True", True),
        ("store", "'amount'", "'age'", True),
        ("root: Path", "2021", "2022", False),
        ("root: str | None", "2021", "2022", False),
        ("data_dir", "2021", "2022", False),
        ("table: pd.DataFrame", "'amount'", "'age'", True),
    ],
)
@pytest.mark.parametrize("read", ["read({},", "{}.read("])
def test_rows_that_an_unknown_function_reads(
    parameter: str, first: str, second: str, shared: bool, read: str
) -> None:
    name = parameter.partition(":")[0]
    program = dedent(f"""\
        from pathlib import Path
        from shop import read
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        def judge({parameter}):
            rows, labels = {read.format(name)} {first})
            others, truth = {read.format(name)} {second})
            model = LogisticRegression().fit(rows, labels)
            print(model.score(others, truth))
        """)
    trace = examine(from_text(program, "example.py")).trace
    assert bool(trace.overlaps) is shared
