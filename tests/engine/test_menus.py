"""Models that wait in a dictionary, of which other files ask for some."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review

MENU = """\
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

menu = {
    "tree": DecisionTreeClassifier(),
    "forest": RandomForestClassifier(random_state=1),
}
"""
GUEST = """\
import pandas as pd
import kitchen
from sklearn.model_selection import train_test_split

dishes = pd.read_csv("dishes.csv")
eaten, fresh = train_test_split(dishes, random_state=0)
model = kitchen.menu["forest"].fit(eaten[["salt", "price"]], eaten["liked"])
print(model.score(fresh[["salt", "price"]], fresh["liked"]))
"""


def unseeded() -> list[str]:
    found = review(["."], Config()).findings
    return [finding.location.path for finding in found if finding.code == "SEED003"]


@pytest.fixture(autouse=True)
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kitchen.py").write_text(MENU)
    Path("guest.py").write_text(GUEST)


def test_a_model_that_no_importer_asks_for_needs_no_seed() -> None:
    assert unseeded() == []


@pytest.mark.parametrize(
    "asked", ['kitchen.menu["tree"]', 'kitchen.menu[input("which? ")]', "best(kitchen.menu)"]
)
def test_one_that_they_may_ask_for_does(asked: str) -> None:
    Path("guest.py").write_text(GUEST.replace('kitchen.menu["forest"]', asked))
    assert unseeded() == ["kitchen.py"]


def test_one_that_nobody_imports_may_be_meant_for_anybody() -> None:
    Path("guest.py").unlink()
    assert unseeded() == ["kitchen.py"]
