"""What the fixtures of the rules about configuration cannot say: messages, fixes, grading."""

from __future__ import annotations

import pytest

from mlaudit.model.finding import Confidence, Severity
from mlaudit.rulekit.testing import OneFile, findings
from mlaudit.source.script import from_text


def test_one_finding_names_every_hyperparameter_of_a_call() -> None:
    (finding,) = findings(
        "from sklearn.ensemble import RandomForestClassifier\n"
        "RandomForestClassifier(n_estimators=50, max_depth=4, n_jobs=2, random_state=3)\n",
        "CONF001",
    )
    assert finding.severity is Severity.INFO
    assert "n_estimators=50, max_depth=4 as numbers" in finding.message
    assert finding.fix is not None
    assert finding.fix.code == "N_ESTIMATORS = 50\nMAX_DEPTH = 4"


def test_hyperparameter_by_position_is_named() -> None:
    (finding,) = findings(
        "import torch\nnet = torch.nn.Linear(2, 1)\ntorch.optim.SGD(net.parameters(), 0.3)\n",
        "CONF001",
    )
    assert "lr=0.3 as a number" in finding.message


@pytest.mark.parametrize(
    ("path", "confidence"),
    [
        ("/home/ines/a.csv", Confidence.HIGH),
        ("C:\\\\work\\\\a.csv", Confidence.HIGH),
        ("/mnt/disk2/a.csv", Confidence.MEDIUM),
    ],
)
def test_personal_paths_are_more_certain_than_mounts(path: str, confidence: Confidence) -> None:
    (finding,) = findings(f'import pandas as pd\npd.read_csv("{path}")\n', "CONF004")
    assert finding.confidence is confidence


def test_paths_under_one_root_are_one_finding_with_the_others_as_witnesses() -> None:
    source = "import pandas as pd\n" + "".join(
        f'pd.read_csv("/home/ines/{name}.csv")\n' for name in "abcde"
    )
    (finding,) = findings(source, "CONF004")
    assert finding.location.line == 2
    assert finding.message.endswith("(4 more like it)")
    assert [evidence.location.line for evidence in finding.evidence] == [3, 4, 5]


@pytest.mark.parametrize(
    ("given", "said"),
    [("scaler.fit_transform(X_train), scaler.transform(X_test)", 0), ("X_train, X_test", 1)],
)
def test_rows_that_another_file_scales_are_of_one_scale(given: str, said: int) -> None:
    made = "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\n"
    other = f"""
import pandas as pd
from sklearn.model_selection import train_test_split
{"" if said else made}
def parts():
    table = pd.read_csv("houses.csv")
    X_train, X_test, y_train, y_test = train_test_split(
        table[["rooms", "income"]], table["price"], random_state=4
    )
    return {given}, y_train, y_test
"""
    code = """
from sklearn.metrics import mean_absolute_error
from sklearn.neighbors import KNeighborsRegressor
from houses import parts

X_train, X_test, y_train, y_test = parts()
model = KNeighborsRegressor().fit(X_train, y_train)
print(mean_absolute_error(y_test, model.predict(X_test)))
"""
    document = from_text(code, "train.py")
    project = OneFile("houses", other)
    assert len(findings(document, "CONF007", profile="research", project=project)) == said
