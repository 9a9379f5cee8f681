"""A hand-made review with everything that renderers have to cope with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review as review_paths
from mlaudit.model.finding import Confidence, Evidence, Excerpt, Finding, Fix, Severity
from mlaudit.model.location import Location
from mlaudit.model.review import (
    Advice,
    Coverage,
    Data,
    DataSource,
    DataSplit,
    Evaluation,
    Failure,
    FileCoverage,
    Flow,
    Hyperparameter,
    Measurement,
    ModelCard,
    Pipeline,
    Problem,
    ReadinessItem,
    Reason,
    Recommendation,
    Review,
    Status,
    Step,
    Summary,
    Tool,
    Verdict,
)

SOURCE = """\
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

customers = pd.read_csv("customers.csv")
X = customers.drop(columns="churned")
y = customers["churned"]

scaler = StandardScaler()
X = scaler.fit_transform(X)

# 30 % für die Prüfung
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.3
)
forest = RandomForestClassifier(n_estimators=300, max_depth=12)
forest.fit(X_train, y_train)

print("Genauigkeit:", accuracy_score(y_test, forest.predict(X_test)))
"""
SCRIPT = SOURCE.split("\n")

CELLS = {
    3: ["largeur = données['naïve|`x`']", "X = SelectKBest(k=20).fit_transform(X, y)"],
    7: ["cv = cross_val_score(", "    SVC(C=3.0),", "    X, y)", "print(cv.mean())"],
}


def at(text: str, nth: int = 0) -> Location:
    """Find a text of the script."""
    hits = [number for number, line in enumerate(SCRIPT, start=1) if text in line]
    line = hits[nth]
    column = SCRIPT[line - 1].index(text) + 1
    return Location("train.py", line, column, line, column + len(text), physical_line=line)


def in_cell(cell: int, line: int, text: str, count: int | None = None) -> Location:
    """Find a text in a cell of the notebook."""
    column = CELLS[cell][line - 1].index(text) + 1
    end = column + len(text)
    return Location("étude.ipynb", line, column, line, end, cell, f"id{cell}", count)


def excerpts(*places: Location) -> tuple[Excerpt, ...]:
    """Quote two lines on both sides of each place."""
    found = []
    for place in places:
        source = CELLS[place.cell] if place.cell else SCRIPT
        first = max(1, place.line - 2)
        found.append(
            Excerpt(place.path, place.cell, first, tuple(source[first - 1 : place.line + 2]))
        )
    return tuple(found)


def scaler_leak() -> Finding:
    fitted = at("scaler.fit_transform(X)")
    split = replace(at("train_test_split("), end_line=14, end_column=2)
    trained = at("forest.fit(X_train, y_train)")
    scored = at("accuracy_score(y_test, forest.predict(X_test))")
    return Finding(
        code="LEAK001",
        name="fit-before-split",
        family="leakage",
        message="`scaler.fit_transform(X)` learns means and standard deviations from rows that "
        "`forest` is scored on (`X_test`), so the accuracy is not measured on unseen data",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        location=fitted,
        evidence=(
            Evidence("fitted here", fitted),
            Evidence("split here", split),
            Evidence("trained here", trained),
            Evidence("scored here", scored),
        ),
        fingerprint="f-leak1",
        fix=Fix(
            "Split first, fit `StandardScaler` on `X_train` and only transform `X_test`.",
            "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)\n"
            "scaler = StandardScaler().fit(X_train)\n"
            "X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)",
        ),
        help="Split first.",
        excerpts=excerpts(fitted, split, trained, scored),
    )


def cell_leak() -> Finding:
    selected = in_cell(3, 2, "SelectKBest(k=20).fit_transform(X, y)", 5)
    judged = replace(in_cell(7, 1, "cross_val_score(", 9), end_line=3, end_column=10)
    elsewhere = Location("helpers/data.py", 88, 5, 88, 20)
    return Finding(
        code="LEAK003",
        name="selection-before-split",
        family="leakage",
        message="column <script>alert('x')</script> | `k=20` of *all* rows & [more](http://x.y)\n"
        "reaches @somebody, #12 and $x$ \x1b[31mred\u202e",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        location=selected,
        evidence=(
            Evidence("loaded here", elsewhere),
            Evidence("selected here", selected, "k=20"),
            Evidence("scored here", judged),
        ),
        fingerprint="f-leak3",
        help="Put the selection into a `Pipeline` and cross-validate that.",
        excerpts=excerpts(selected, judged),
    )


def seedless() -> Finding:
    split = replace(at("train_test_split("), end_line=14, end_column=2)
    return Finding(
        code="SEED001",
        name="unseeded-split",
        family="reproducibility",
        message="`train_test_split` divides the rows differently in every run",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        location=split,
        fingerprint="f-seed1",
        fix=Fix("Pass random_state=42.", "train_test_split(X, y, test_size=0.3, random_state=42)"),
        excerpts=excerpts(split),
    )


def literal(line: int = 15, path: str = "train.py") -> Finding:
    place = replace(at("RandomForestClassifier(n_estimators=300, max_depth=12)"), path=path)
    return Finding(
        code="CONF001",
        name="hardcoded-hyperparameters",
        family="configuration",
        message="`RandomForestClassifier` gets n_estimators=300 and max_depth=12 as literals",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        location=replace(place, line=line, end_line=line),
        fingerprint=f"f-conf{line}",
        help="Name them in one place.",
        excerpts=excerpts(place) if path == "train.py" else (),
    )


PICTURE = Pipeline(
    "train.py",
    (
        Step("load", 'customers = "customers.csv"', "load", at("pd.read_csv(")),
        Step("scale", "StandardScaler", "transform", at("scaler.fit_transform(X)")),
        Step("split", "train_test_split", "split", at("train_test_split(")),
        Step("fit", "RandomForestClassifier", "fit", at("forest.fit(")),
        Step("score", "accuracy; end | `x` <b>", "evaluate", at("accuracy_score(")),
    ),
    (
        Flow("load", "scale", "all rows"),
        Flow("scale", "split", "all rows", "LEAK001"),
        Flow("split", "fit", "X_train"),
        Flow("split", "score", "X_test"),
        Flow("fit", "score"),
    ),
)


@pytest.fixture
def review() -> Review:
    findings = (scaler_leak(), seedless(), literal(), cell_leak())
    return Review(
        tool=Tool("mlaudit", "0.1.0"),
        verdict=Verdict(
            Recommendation.NEEDS_REWORK,
            Confidence.HIGH,
            (
                Reason("LEAK001 fit-before-split invalidates the result", ("f-leak1",)),
                Reason("LEAK003 selection-before-split invalidates the result", ("f-leak3",)),
                Reason("coverage is incomplete: one cell does not parse"),
            ),
        ),
        summary=Summary(
            findings=4,
            by_severity={"error": 2, "warning": 1, "info": 1},
            by_family={"leakage": 2, "reproducibility": 1, "configuration": 1},
            suppressed=1,
            files=3,
        ),
        problem=Problem(
            "classification",
            "churned",
            ("sklearn", "pandas"),
            ("Which cost has a missed churner?", "Is one row one customer?"),
        ),
        models=(
            ModelCard(
                "RandomForestClassifier",
                "sklearn",
                "predictor",
                "classification",
                at("RandomForestClassifier(n"),
                (
                    Hyperparameter("n_estimators", "300", True),
                    Hyperparameter("max_depth", "12", True),
                ),
                (at("forest.fit("),),
                (at("accuracy_score("),),
            ),
            ModelCard("SVC", "sklearn", "predictor", "classification", in_cell(7, 2, "SVC(C=3.0)")),
        ),
        data=Data(
            (DataSource("customers.csv", "pandas.read_csv", at("pd.read_csv(")),),
            (
                DataSplit(
                    "train_test_split",
                    at("train_test_split("),
                    ("X_train", "X_test", "y_train", "y_test"),
                    seeded=False,
                    stratified=False,
                    shuffled=True,
                ),
            ),
        ),
        evaluation=Evaluation(
            "hold-out: a part split off by train_test_split",
            ("accuracy",),
            (
                Measurement(
                    "RandomForestClassifier",
                    "accuracy",
                    "X_test (held out of customers.csv)",
                    "reported",
                    at("accuracy_score("),
                ),
            ),
        ),
        findings=findings,
        recommendations=(
            Advice(2, "Seed the split.", "Runs can be compared.", "low", ("SEED001",)),
            Advice(
                1,
                "Split before anything is fitted.",
                "The score becomes a measurement on unseen data.",
                "low",
                ("LEAK001", "LEAK003"),
            ),
        ),
        readiness=(
            ReadinessItem("Independent test", Status.FAIL, "LEAK001 at train.py:9"),
            ReadinessItem(
                "Model stored with its preprocessing", Status.UNKNOWN, "nothing is saved"
            ),
            ReadinessItem("Seeds | fixed", Status.PASS, "`np.random.seed(0)`"),
        ),
        coverage=Coverage(
            complete=False,
            files=(
                FileCoverage("train.py", "examined"),
                FileCoverage(
                    "étude.ipynb", "partial", 9, 1, ("cell 8: invalid syntax, line 2: the cell",)
                ),
                FileCoverage("old.py", "not examined", notes=("is Python 2",)),
            ),
            rules=("CONF001", "LEAK001", "LEAK003", "SEED001"),
            evaluations=3,
            evaluations_followed=2,
            notes=("calls of `plugin.run` could not be followed",),
        ),
        errors=(Failure("train.py", "the rule crashed: KeyError: 'x'", "IMBA001"),),
        pipelines=(PICTURE,),
    )


@pytest.fixture
def empty() -> Review:
    """A review of one small clean file."""
    return Review(
        tool=Tool("mlaudit", "0.1.0"),
        verdict=Verdict(Recommendation.APPROVE, Confidence.HIGH),
        summary=Summary(files=1),
        problem=Problem(),
        models=(),
        data=Data(),
        evaluation=Evaluation(),
        findings=(),
        recommendations=(),
        readiness=(),
        coverage=Coverage(files=(FileCoverage("a.py", "examined"),), rules=("LEAK001",)),
    )


@pytest.fixture
def many(review: Review) -> Review:
    """The same review with three hundred findings of one kind."""
    repeated = tuple(literal(line, "generated.py") for line in range(1, 301))
    return replace(review, findings=(scaler_leak(), *repeated))


@pytest.fixture
def leak() -> Finding:
    """A leak of four places in one script."""
    return scaler_leak()


@pytest.fixture
def hostile() -> Finding:
    """A leak across two cells and a file, with text that no format may obey."""
    return cell_leak()


MANY = 800
ROOT = Path(__file__).parents[2]
ABROAD = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

größen = pd.read_csv("größen 東京 🦊.csv")  # \u202eسم\u202c
X = StandardScaler().fit_transform(größen.drop(columns="ziel ☃"))
X_train, X_test, y_train, y_test = train_test_split(X, größen["ziel ☃"])
print(LogisticRegression(C=3.5).fit(X_train, y_train).score(X_test, y_test))
"""
HOSTILE = (
    "\x00\x1b[31m\u202e\ufffe]]> --> </script><img src=x onerror=alert(1)> `|` @all ::error::\r\n"
)


@pytest.fixture(
    params=[
        *("everything", "nothing", "churn", "notebook", "abroad"),
        *("hostile", "many", "placeless"),
    ]
)
def any_review(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Review:
    """Reviews made by hand and by the engine, of what is common and what is odd."""
    made: Review = request.getfixturevalue("review")
    first = made.findings[0]
    match request.param:
        case "nothing":
            made = request.getfixturevalue("empty")
        case "many":
            lines = range(1, MANY + 1)
            places = (
                replace(first.location, line=line, end_line=line, physical_line=line)
                for line in lines
            )
            made = replace(made, findings=tuple(replace(first, location=at) for at in places))
        case "placeless":
            bare = replace(first.location, line=0, column=0, physical_line=None)
            made = replace(made, findings=(replace(first, location=bare),))
        case "hostile":
            made = _with_everywhere(made, HOSTILE)
        case "churn":
            monkeypatch.chdir(ROOT)
            made = review_paths(["fixtures/projects/churn"], Config())
        case "notebook":
            monkeypatch.chdir(ROOT)
            made = review_paths(["fixtures/projects/churn/churn.ipynb"], Config())
        case "abroad":
            monkeypatch.chdir(tmp_path)
            path = tmp_path / "größe 東京" / "🦊 a%20b#c.py"
            path.parent.mkdir()
            path.write_text(ABROAD, encoding="utf-8")
            made = review_paths(["."], Config(extend_select=("ALL",)))
    assert bool(made.findings) is (request.param != "nothing")
    return made


def _with_everywhere(made: Review, text: str) -> Review:
    """Put a text into all that comes from the code under review."""
    path = f"a{text.strip()}.py"

    def moved(place: Location) -> Location:
        return replace(place, path=path)

    findings = tuple(
        replace(
            finding,
            message=f"{finding.message}{text}",
            location=moved(finding.location),
            evidence=tuple(
                replace(each, location=moved(each.location), message=text)
                for each in finding.evidence
            ),
            excerpts=tuple(
                replace(each, path=path, lines=tuple(f"{line}{text}" for line in each.lines))
                for each in finding.excerpts
            ),
        )
        for finding in made.findings
    )
    models = tuple(replace(card, name=text, location=moved(card.location)) for card in made.models)
    return replace(made, findings=findings, models=models, errors=(Failure(path, text, "X001"),))
