"""What a program writes and reads again keeps its rows and influences."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlaudit.rulekit.testing import examine
from mlaudit.source.script import from_text

PREPARED = """
    import os, pickle
    import joblib
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    df = pd.read_csv("d.csv")
    folder = os.environ["DATA"]
    scaled = StandardScaler().fit_transform(df.drop(columns="t"))
    scaler = StandardScaler().fit(df.drop(columns="t"))
    y = df["t"]
"""
JUDGED = """
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
"""


def leaks(source: str) -> int:
    text = dedent(PREPARED) + dedent(source) + dedent(JUDGED)
    return len(examine(from_text(text, "example.py")).trace.preprocessing_leaks)


@pytest.mark.parametrize(
    "source",
    [
        "pd.DataFrame(scaled).to_csv('x.csv')\nX = pd.read_csv('./x.csv')",
        "pd.DataFrame(scaled).to_pickle('x.pkl')\nX = pd.read_pickle('x.pkl')",
        "path = f'{folder}/x.csv'\npd.DataFrame(scaled).to_csv(path)\nX = pd.read_csv(path)",
        "pd.DataFrame(scaled).to_csv(folder + '/x.csv')\nX = pd.read_csv(folder + '/x.csv')",
        "np.save('x.npy', scaled)\nX = np.load('x.npy')",
        "joblib.dump(scaled, filename='x')\nX = joblib.load(filename='x')",
        "joblib.dump((scaled, y), 'both')\nX, y = joblib.load('both')",
        "joblib.dump({'X': scaled}, 'both')\nX = joblib.load('both')['X']",
        "pickle.dump(scaled, open('x', 'wb'))\nX = pickle.load(open('x', 'rb'))",
        "joblib.dump(scaler, 's')\nX = joblib.load('s').transform(df.drop(columns='t'))",
    ],
)
def test_influences_survive_a_file(source: str) -> None:
    assert leaks(source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "np.save('x.npy', scaled)\nX = np.load('other.npy')",
        "np.save(folder + 'x', scaled)\nfolder = os.environ['B']\nX = np.load(folder + 'x')",
        "X = np.load('x.npy')\nnp.save('x.npy', scaled)",
        "np.save('x.npy', scaled)\nnp.save('x.npy', df.drop(columns='t'))\nX = np.load('x.npy')",
        """
        def keep(values, path):
            np.save(path, values)

        def fetch(path):
            return np.load(path)

        keep(scaled, input())
        X = fetch(input())
        """,
    ],
)
def test_another_file_tells_nothing(source: str) -> None:
    assert leaks(source) == 0
