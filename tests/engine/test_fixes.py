"""What fixes make of a file, and that they touch nothing else."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine.fixes import Workshop
from mlaudit.engine.review import review
from mlaudit.model.finding import Safety
from mlaudit.source.read import read

if TYPE_CHECKING:
    from mlaudit.engine.fixes import Mended

FIXTURES = Path(__file__).parents[2] / "fixtures" / "fixes"


def befores() -> list[Path]:
    return sorted(FIXTURES.glob("*/*.before.*"))


def after(path: Path) -> Path:
    return path.with_name(path.name.replace(".before.", ".after."))


def mend(path: Path, *codes: str, unsafe: bool = False) -> list[Mended]:
    """Mend one file."""
    config = Config(profile=Profile.PRODUCTION, select=codes, root=str(path.parent))
    found = review([str(path)], config)
    return list(Workshop([str(path)], config, unsafe=unsafe).mended(found))


def mend_fixture(path: Path) -> list[Mended]:
    """Mend what the folder of a fixture is named after."""
    return mend(path, path.parent.name, unsafe=".unsafe" in path.name)


def test_there_are_enough_fixtures() -> None:
    assert len(befores()) >= 30


@pytest.mark.parametrize("path", befores(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_fixture_is_mended(path: Path) -> None:
    (done,) = mend_fixture(path)
    assert done.after.decode() == after(path).read_bytes().decode()
    assert done.applied


@pytest.mark.parametrize("path", befores(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_mending_twice_changes_nothing_more(path: Path) -> None:
    assert mend_fixture(after(path)) == []


@pytest.mark.parametrize("path", befores(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_line_ends_marks_and_outputs_stay(path: Path) -> None:
    before, made = path.read_bytes(), after(path).read_bytes()
    assert before[:3] == made[:3] or path.suffix == ".py"
    assert before.count(b"\r\n") == 0 or made.count(b"\n") == made.count(b"\r\n")
    assert before[-1:] == made[-1:]
    if path.suffix == ".ipynb":
        old, new = (json.loads(each.decode("utf-8-sig")) for each in (before, made))
        for cell in (*old["cells"], *new["cells"]):
            del cell["source"]
        assert old == new


def test_fixes_are_tried_one_by_one_for_an_offer() -> None:
    path = FIXTURES / "LEAK" / "one_after_another.before.py"
    config = Config(root=str(path.parent), select=("LEAK",))
    offered = Workshop([str(path)], config).offered(review([str(path)], config))
    edits = {finding.code: finding.fix for finding in offered.findings}
    assert edits["LEAK003"] is not None
    assert edits["LEAK003"].safety is Safety.SAFE
    # The others stand before what reads their values.
    assert edits["LEAK001"] is not None
    assert edits["LEAK001"].edits == ()


def test_unsafe_fixes_are_made_only_when_asked_for() -> None:
    path = FIXTURES / "CONF" / "settings_go_on.unsafe.before.py"
    assert mend(path, "CONF") == []
    assert mend(path, "CONF", unsafe=True)


UNTOUCHED = {
    "the values are read elsewhere": """
        X = scaler.fit_transform(X)
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
        plt.scatter(X[:, 0], y)
    """,
    "the fitted scaler is needed before the split": """
        X = scaler.fit_transform(X)
        print(scaler.mean_)
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    """,
    "the split stands in another block": """
        X = scaler.fit_transform(X)
        if len(X) > 100:
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    """,
    "two statements share a line": """
        n = 3; X = scaler.fit_transform(X)
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    """,
    "other rows are put beside": """
        X = np.hstack([scaler.fit_transform(X), extra])
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    """,
    "the parts have no names": """
        X = scaler.fit_transform(X)
        parts = train_test_split(X, y, random_state=0, stratify=y)
        X_train, X_test, y_train, y_test = parts
    """,
}
AROUND = """
    import matplotlib.pyplot as plt
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    table, extra = np.load("table.npy"), np.load("extra.npy")
    X, y = table[:, 1:], table[:, 0]
    scaler = StandardScaler()
{}
    model = LogisticRegression().fit(X_train, y_train)
    print(model.score(X_test, y_test))
"""


@pytest.mark.parametrize("middle", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_would_change_more_is_left_alone(tmp_path: Path, middle: str) -> None:
    path = tmp_path / "train.py"
    path.write_text(_joined(middle), "utf-8")
    config = Config(root=str(tmp_path), select=("LEAK",))
    found = review([str(path)], config)
    assert [finding.code for finding in found.findings] == ["LEAK001"]
    assert list(Workshop([str(path)], config, unsafe=True).mended(found)) == []


def _joined(middle: str) -> str:
    inner = indent(dedent(middle).strip("\n"), "    ")
    return dedent(AROUND.format(inner)).lstrip("\n")


def test_a_module_that_others_import_is_not_seeded_without_asking() -> None:
    path = FIXTURES / "SEED" / "module_for_others.unsafe.before.py"
    assert mend(path, "SEED") == []


ROWS = 120


TABLES = {
    "alarms.csv": "heat,smoke,real",
    "bottles.csv": "acid,sugar,corked",
    "calls.csv": "a,b,c,d,e,f,g,h,i,j,k,answered",
    "claims.csv": "amount,age,fraud",
    "flats.csv": "rooms,size,floor,rent",
    "grapes.csv": "sugar,acid,red",
    "houses.csv": "garden,cellar,rooms,price",
    "loans.csv": "income,age,default",
    "members.csv": "age,visits,left",
    "patients.csv": "pressure,pulse,weight,smokes,name,ill",
    "payments.csv": "amount,hour,fraud",
    "rivers.csv": "width,slope,flow",
    "ships.csv": "draught,load,late",
    "soil.csv": "ph,clay,sand,yield",
    "trips.csv": "distance,hour,stops,fare",
    "tunes.csv": "tempo,key,genre",
}
LABELS = {"corked", "answered", "fraud", "red", "default", "left", "smokes", "ill", "late"}
LABELS |= {"genre", "real"}


@pytest.mark.parametrize(
    "path",
    [one for one in befores() if one.parent.name in {"LEAK", "EVAL", "IMBA"}],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_what_is_mended_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Edits may parse and satisfy the rules, and yet not run: they are run on made-up data."""
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    pytest.importorskip("imblearn")
    pytest.importorskip("joblib")
    random = numpy.random.default_rng(0)

    def made(name: str) -> object:
        columns = {}
        if name == "letters.csv":
            texts = ["Now or never", "next year"] * (ROWS // 2)
            return pandas.DataFrame({"text": texts, "urgent": [1, 0] * (ROWS // 2)})
        for column in TABLES[name].split(","):
            labels = random.random(ROWS) < 0.35
            columns[column] = labels.astype(int) if column in LABELS else random.normal(size=ROWS)
        return pandas.DataFrame(columns)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pandas, "read_csv", made)
    spectra = numpy.column_stack([random.random(ROWS) < 0.5, random.normal(size=(ROWS, 20))])
    monkeypatch.setattr(numpy, "load", lambda name: spectra)
    document = read(after(path), path.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(document.text, path.name, "exec"), {"__name__": "__main__"})
    shown = capsys.readouterr().out
    assert path.suffix == ".ipynb" or re.search(r"\d", shown)
