"""A remembered outcome is given as long as all that it rests upon is as it was, and no longer."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine import examiner, foundation
from mlaudit.engine.cache import Cache
from mlaudit.engine.review import review
from mlaudit.model import interchange
from mlaudit.model.finding import Confidence, Severity
from mlaudit.rulekit.rule import Rule

if TYPE_CHECKING:
    from typing import Any

TRAIN = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from prepare import prepared

X, y = prepared(pd.read_csv("a.csv"))
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""
LEAKING = """\
from sklearn.preprocessing import StandardScaler
from columns import TARGET

def prepared(data):
    X = data.drop(columns=[TARGET])
    return StandardScaler().fit_transform(X), data[TARGET]
"""
SOUND = """\
from columns import TARGET

def prepared(data):
    return data.drop(columns=[TARGET]), data[TARGET]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write("train.py", TRAIN)
    write("prepare.py", LEAKING)
    write("columns.py", 'TARGET = "churned"\n')
    return folder


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were examined anew."""
    names: list[str] = []
    examine = examiner.Examiner.examine

    def told(used: examiner.Examiner, item: Any) -> Any:
        names.append(item.shown)
        return examine(used, item)

    monkeypatch.setattr(examiner.Examiner, "examine", told)
    return names


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def written(paths: list[str], config: Config | None = None, cache: Path | None = None) -> str:
    return interchange.dump(review(paths, config or Config(), cache=cache))


def both(paths: list[str], config: Config | None = None) -> str:
    """Review with memory and without: the reviews are the same."""
    remembered = written(paths, config, Path("../cache"))
    assert remembered == written(paths, config)
    return remembered


def codes(paths: list[str]) -> set[str]:
    found = review(paths, Config(), cache=Path("../cache"))
    assert found == review(paths, Config())
    return {finding.code for finding in found.findings}


@pytest.mark.usefixtures("project")
def test_what_is_remembered_without_details_is_examined_for_them(examined: list[str]) -> None:
    cache = Path("../cache")
    brief = review(["."], Config(), cache=cache, details=False)
    assert not (brief.models or brief.readiness or brief.pipelines)
    del examined[:]
    whole = review(["."], Config(), cache=cache)
    assert examined == ["prepare.py", "train.py"]  # the third learns nothing: no more is to be told
    assert whole == review(["."], Config())
    assert whole.models and (brief.findings, brief.verdict) == (whole.findings, whole.verdict)
    del examined[:]
    assert review(["."], Config(), cache=cache, details=False).findings == whole.findings
    assert not examined


@pytest.mark.usefixtures("project")
def test_nothing_is_examined_twice(examined: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cold = written(["."], cache=Path("../cache"))
    assert examined == ["columns.py", "prepare.py", "train.py"]

    def load(*_: object) -> None:
        raise AssertionError("what examines was loaded")

    monkeypatch.setattr(examiner, "Examiner", load)
    assert written(["."], cache=Path("../cache")) == cold
    assert "LEAK001" in cold


@pytest.mark.usefixtures("project")
def test_only_what_changed_is_examined(examined: list[str]) -> None:
    written(["."], cache=Path("../cache"))
    examined.clear()
    write("zebra.py", "import sklearn\n")
    written(["."], cache=Path("../cache"))
    assert examined == ["zebra.py"]
    examined.clear()
    write("columns.py", Path("columns.py").read_text() + "# a comment\n")
    written(["."], cache=Path("../cache"))
    assert examined == ["columns.py", "prepare.py", "train.py"]


@pytest.mark.usefixtures("project")
def test_a_file_rests_upon_what_it_imports() -> None:
    assert "LEAK001" in codes(["train.py"])
    write("prepare.py", SOUND)
    assert "LEAK001" not in codes(["train.py"])
    write("prepare.py", LEAKING)
    assert "LEAK001" in codes(["train.py"])


@pytest.mark.usefixtures("project")
def test_a_file_rests_upon_what_its_imports_import() -> None:
    assert '"churned"' in both(["train.py"])
    write("columns.py", 'TARGET = "bought"\n')
    assert '"bought"' in both(["train.py"])


@pytest.mark.usefixtures("project")
def test_a_file_rests_upon_where_its_imports_are_found() -> None:
    Path("prepare.py").rename("away.py")
    assert "LEAK001" not in codes(["train.py"])
    write("src/prepare.py", LEAKING)
    assert "LEAK001" in codes(["train.py"])
    write("prepare.py", SOUND)
    assert "LEAK001" not in codes(["train.py"])
    write("prepare/__init__.py", LEAKING)
    assert "LEAK001" in codes(["train.py"])


@pytest.mark.usefixtures("project")
def test_whether_a_file_learns_rests_upon_what_it_imports() -> None:
    write("run.py", "import steps\n\nsteps.go()\n")
    write("steps.py", "import tools\n\ndef go():\n    tools.go()\n")
    write("tools.py", "def go():\n    pass\n")
    assert '"no machine learning found"' in both(["run.py"])
    write("tools.py", "import sklearn\n\ndef go():\n    pass\n")
    assert '"no machine learning found"' not in both(["run.py"])
    Path("steps.py").unlink()
    assert '"no machine learning found"' in both(["run.py"])


@pytest.mark.usefixtures("project")
def test_an_import_that_cannot_be_followed_may_be_mended() -> None:
    write("train.py", TRAIN.replace("from prepare", "from .prepare"))
    write("prepare.py", "def (:\n")
    assert "is not followed" in both(["train.py"])
    write("prepare.py", SOUND)
    assert "is not followed" not in both(["train.py"])
    Path("prepare.py").unlink()
    assert "is not followed" in both(["train.py"])


@pytest.mark.parametrize(
    "config",
    [
        Config(profile=Profile.PRODUCTION),
        Config(select=("SEED",)),
        Config(ignore=("LEAK001",)),
        Config(extend_select=("ALL",)),
        Config(severity={"LEAK001": Severity.INFO}),
        Config(per_file_ignores={"prepare.py": ("LEAK",)}),
        Config(python_magics=("timed",)),
        Config(rework_confidence=Confidence.HIGH),
    ],
    ids=repr,
)
@pytest.mark.usefixtures("project")
def test_outcomes_rest_upon_the_settings(config: Config) -> None:
    notebook = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"'
    notebook += ', "source": ["%%timed\\n", "import torch\\n", "torch.rand(3)"], "outputs": []}]}'
    write("explore.ipynb", notebook)
    both(["."])
    both(["."], config)
    both(["."])


@pytest.mark.usefixtures("project")
def test_names_are_as_seen_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    write("inner/other.py", "")
    assert '"path": "train.py"' in both(["."])
    assert both([str(Path.cwd())]) == both(["."])
    monkeypatch.chdir("inner")
    seen_from_below = written([".."], cache=Path("../../cache"))
    assert '"path": "../train.py"' in seen_from_below
    assert seen_from_below == written([".."])


@pytest.mark.usefixtures("project")
def test_a_note_on_a_file_is_not_remembered_with_it() -> None:
    write("train.ipynb", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    assert "jupytext pair" not in both(["."])
    write("train.py", "# jupytext:\n" + TRAIN)
    assert "jupytext pair" in both(["."])
    write("train.py", TRAIN)
    assert "jupytext pair" not in both(["."])


@pytest.mark.usefixtures("project")
def test_failures_are_not_remembered(examined: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("now and then")

    with monkeypatch.context() as patched:
        patched.setattr(Rule, "check_trace", crash)
        assert review(["."], Config(), cache=Path("../cache")).errors
    examined.clear()
    assert not review(["."], Config(), cache=Path("../cache")).errors
    assert "train.py" in examined


@pytest.mark.usefixtures("project")
def test_standard_input_is_not_remembered() -> None:
    cache = Path("../cache")
    review(["-", "train.py"], Config(), stdin=TRAIN, cache=cache)
    assert not cache.exists()


@pytest.mark.usefixtures("project")
def test_a_damaged_memory_is_replaced(examined: list[str]) -> None:
    cold = written(["."], cache=Path("../cache"))
    for path in Path("../cache").glob("*.json"):
        path.write_text("{")
    examined.clear()
    assert written(["."], cache=Path("../cache")) == cold
    assert len(examined) == 3
    examined.clear()
    assert written(["."], cache=Path("../cache")) == cold
    assert examined == []


@pytest.mark.usefixtures("project")
def test_a_text_of_another_shape_is_no_outcome(examined: list[str]) -> None:
    cold = written(["."], cache=Path("../cache"))
    cache = Cache("../cache")
    for path in Path("../cache").glob("*.json"):
        cache.keep(path.stem, '[[["where"]],1]')
    assert written(["."], cache=Path("../cache")) == cold
    assert len(examined) == 6


def founded(tmp_path: Path) -> str:
    return foundation.foundation(Config(), Cache(str(tmp_path / "cache")))


def test_outcomes_rest_upon_python_and_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {founded(tmp_path)}
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert founded(tmp_path) in seen  # nothing is installed there
    (tmp_path / "pathspec-99.0.dist-info").mkdir()
    seen.add(founded(tmp_path))
    monkeypatch.setattr(sys, "version", "3.99.0 (main)")
    seen.add(founded(tmp_path))
    assert len(seen) == 3


@pytest.mark.parametrize("name", ["rules/fit.py", "catalogue/sklearn.toml", "data.json"])
def test_outcomes_rest_upon_the_content_of_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pack = tmp_path / "pack"
    path = pack / name
    path.parent.mkdir(parents=True)
    path.write_text("one")
    monkeypatch.setattr(foundation, "_folders", lambda: [str(pack)])
    first = founded(tmp_path)
    os.utime(path, (1, 1))
    assert founded(tmp_path) == first
    path.write_text("two")
    os.utime(path, (1, 1))
    second = founded(tmp_path)
    assert second != first
    path.rename(path.with_name("renamed"))
    assert founded(tmp_path) not in (first, second)


def test_the_code_of_a_rule_pack_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "more_rules-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[mlaudit.rules]\nmore = more_rules\n")
    (tmp_path / "more_rules").mkdir()
    (tmp_path / "more_rules" / "__init__.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {Path(folder).name for folder in foundation._folders()}
    assert found == {"mlaudit", "mlaudit_rules", "more_rules"}


TEXTS: dict[str, list[str]] = {
    "train.py": [TRAIN, TRAIN.replace("from prepare", "from lib.prepare"), "import os\n"],
    "prepare.py": [LEAKING, SOUND, "def (:\n", "", "from lib.prepare import *\n"],
    "lib/__init__.py": ["", "from .prepare import prepared\n"],
    "lib/prepare.py": [LEAKING, SOUND.replace("from columns", "from ..columns"), "import torch\n"],
    "columns.py": ['TARGET = "y"\n', 'TARGET = "churned"  # mlaudit: ignore[LEAK001] no\n'],
    "src/columns.py": ['TARGET = "z"\n'],
    "run.py": ["import train\n", "import lib\n\nlib.prepare.prepared(1)\n", "print(1)\n"],
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("project")
def test_after_any_edits_the_review_is_as_without_memory(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        name = chance.choice(sorted(TEXTS))
        if Path(name).exists() and chance.random() < 0.3:
            Path(name).unlink()
        else:
            write(name, chance.choice(TEXTS[name]))
        paths = chance.choice([["."], ["train.py"] if Path("train.py").exists() else ["."]])
        both(paths, Config(profile=chance.choice(list(Profile))))
