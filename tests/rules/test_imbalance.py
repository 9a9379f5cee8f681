"""Evidence of imbalance: what counts, what does not, and what the rules make of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.model.finding import Confidence, Severity
from mlaudit.rulekit.statements import calls_balanced, calls_imbalanced
from mlaudit.rulekit.testing import examine, findings
from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from mlaudit.rulekit.imbalance import Imbalance
    from mlaudit.source.document import Document

SCRIPT = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

table = pd.read_csv("{source}")
X, y = table.drop(columns="{target}"), table["{target}"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression({settings})
model.fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
"""


def script(source: str = "table.csv", target: str = "kind", settings: str = "") -> str:
    return SCRIPT.format(source=source, target=target, settings=settings)


def notebook(*cells: tuple[str, str, str]) -> Document:
    """Make a notebook of (kind, source, output)."""
    stored = []
    for kind, source, output in cells:
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
        if kind == "code":
            cell["execution_count"] = 1
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": output}]
        stored.append(cell)
    content = {"cells": stored, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return from_json(json.dumps(content), "study.ipynb")


def imbalance(code: str | Document) -> Imbalance:
    return examine(from_text(code, "study.py") if isinstance(code, str) else code).imbalance


@pytest.mark.parametrize(
    "settings",
    ["class_weight='balanced'", "**{'class_weight': {0: 1, 1: 20}}"],
)
def test_class_weights_show_imbalance(settings: str) -> None:
    found = imbalance(script(settings=settings))
    assert found.evident
    assert found.shown


@pytest.mark.parametrize(
    ("settings", "evident"),
    [
        ("class_weight={0: 1.0, 1: 1.5}", False),
        ("class_weight={0: 1, 1: 3}", True),
        ("scale_pos_weight=2", False),
        ("scale_pos_weight=0.1", True),
        ("is_unbalance=True", True),
        ("class_weight={0: low, 1: 1.5}", True),
    ],
)
def test_weights_not_far_apart_are_a_mere_hint(settings: str, evident: bool) -> None:
    assert imbalance(script(settings=settings)).evident is evident


def test_a_mild_weight_does_not_hide_a_strong_one() -> None:
    mild = script(settings="class_weight={0: 1, 1: 2}")
    assert imbalance(mild + "settings = {'class_weight': 'balanced'}\nSVC(**settings)\n").evident


@pytest.mark.parametrize(("use", "shown"), [("LogisticRegression(**found)", True), ("", False)])
def test_settings_that_nobody_reads_show_nothing(use: str, shown: bool) -> None:
    written = "found = {'C': 0.3, 'class_weight': 'balanced'}\n"
    assert imbalance(script() + written + use).shown is shown


@pytest.mark.parametrize("settings", ["", "class_weight=None", "C=2.0"])
def test_neutral_settings_show_nothing(settings: str) -> None:
    assert imbalance(script(settings=settings)).signs == ()


@pytest.mark.parametrize(("default", "evident"), [("=None", False), ("", True)])
def test_a_weight_that_a_function_hands_on_may_be_none(default: str, evident: bool) -> None:
    code = (
        "from sklearn.svm import SVC\n"
        f"def machine(rows, labels, *, class_weight{default}):\n"
        "    return SVC(class_weight=class_weight).fit(rows, labels)\n"
    )
    assert imbalance(code).evident is evident
    assert imbalance(f"{code}machine(rows, labels, class_weight='balanced')\n").evident


def test_a_weight_of_one_is_no_weight() -> None:
    code = "from xgboost import XGBClassifier\nmodel = XGBClassifier(scale_pos_weight={})\n"
    assert imbalance(code.format(99)).evident
    assert not imbalance(code.format(1)).evident


def test_the_name_of_a_rare_event_suggests_imbalance_but_does_not_show_it() -> None:
    for named in (script(target="is_fraud"), script(source="bankruptcies_2023.csv")):
        found = imbalance(named)
        assert found.evident
        assert not found.shown


@pytest.mark.parametrize("name", ["failure", "churned", "attrition"])
def test_a_mere_hint_needs_a_second_one(name: str) -> None:
    code = script(source=f"{name}.csv", target=name)
    assert not imbalance(code).evident
    assert imbalance(f"{code}\nprint(y.value_counts())\n").evident


@pytest.mark.parametrize(("counts", "shown"), [((940, 60), True), ((165, 138), False)])
def test_a_series_beside_the_counts_is_not_counted(counts: tuple[int, int], shown: bool) -> None:
    head = "(0    1\n 1    1\n 2    0\n Name: kind, dtype: int64,"
    output = f"{head}\n no     {counts[0]}\n yes    {counts[1]}\n Name: kind, dtype: int64)"
    found = imbalance(notebook(("code", script(), ""), ("code", "y.value_counts()", output)))
    assert found.shown is shown


COUNT = ("code", "y.value_counts()", "0    {}\n1    {}\nName: kind, dtype: int64\n")


@pytest.mark.parametrize(
    ("counts", "evident"), [((950, 50), True), ((600, 400), False), ((50, 950), True)]
)
def test_counts_in_an_output_are_read(counts: tuple[int, int], evident: bool) -> None:
    kind, source, output = COUNT
    found = imbalance(notebook(("code", script(), ""), (kind, source, output.format(*counts))))
    assert found.evident is evident
    assert found.shown is evident


def test_shares_and_counters_are_read_like_counts() -> None:
    shares = ("code", "y.value_counts(normalize=True)", "0    0.93\n1    0.07\n")
    counter = ("code", "print(Counter(y))", "Counter({'no': 930, 'yes': 70})\n")
    assert imbalance(notebook(shares)).shown
    assert imbalance(notebook(counter)).shown


def test_labels_shown_beside_the_counts_are_no_counts() -> None:
    labels = "0    1\n1    0\nName: kind, dtype: int64\n"
    for counts, ratio in (((620, 580), False), ((1130, 70), True)):
        both = labels + COUNT[2].format(*counts)
        assert imbalance(notebook(("code", "print(y.head(2), y.value_counts())", both))).shown is (
            ratio
        )


def test_two_counts_in_one_output_cannot_be_told_apart() -> None:
    both = COUNT[2].format(950, 50) + COUNT[2].format(600, 400)
    assert not imbalance(
        notebook(("code", "y.value_counts()\nprint(table.describe())", both))
    ).shown


def test_counts_refute_what_a_name_suggests() -> None:
    kind, source, output = COUNT
    named = ("code", script(target="is_fraud"), "")
    assert imbalance(notebook(named)).evident
    assert imbalance(notebook(named, (kind, source, output.format(740, 260)))).evident
    assert not imbalance(notebook(named, (kind, source, output.format(620, 380)))).evident


@pytest.mark.parametrize(("times", "evident"), [(1, False), (9_000, True)])
def test_a_told_share_refutes_a_name_if_somebody_may_have_read_it(
    times: int, evident: bool
) -> None:
    """A line that fills pages is left alone, and takes no time."""
    told = f"{'share ' * times}of the class: 0.41"
    assert imbalance(notebook(("code", script("fraud.csv"), told))).evident is evident


def test_weights_of_one_classifier_among_many_are_a_mere_hint() -> None:
    code = """
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

models = [SVC(class_weight="balanced"), KNeighborsClassifier(), DecisionTreeClassifier({})]
models.append(LogisticRegression({}))
"""
    assert not imbalance(code.format("", "")).evident
    assert imbalance(code.format("class_weight='balanced'", "class_weight='balanced'")).evident


def test_a_weight_that_a_search_tries_is_a_mere_hint() -> None:
    assert not imbalance("grid = {'class_weight': [None, 'balanced']}\n").evident


@pytest.mark.parametrize(("column", "evident"), [("Churn", True), ("ChurnReason", False)])
def test_a_column_named_like_the_event_is_the_target_that_is_counted(
    column: str, evident: bool
) -> None:
    code = f"{script(source='churn.csv')}\nprint(table['{column}'].value_counts())\n"
    assert imbalance(code).evident is evident


def test_counts_of_another_column_say_nothing() -> None:
    other = ("code", 'table["region"].value_counts()', "north    950\nsouth    50\n")
    assert not imbalance(notebook(("code", script(), ""), other)).evident


def test_even_counts_refute_weights_but_not_resampling() -> None:
    kind, source, output = COUNT
    even = (kind, source, output.format(500, 498))
    weighted = ("code", script(settings="class_weight='balanced'"), "")
    assert imbalance(notebook(weighted)).evident
    assert not imbalance(notebook(weighted, even)).evident
    smote = "from imblearn.over_sampling import SMOTE\nX, y = SMOTE().fit_resample(X, y)\n"
    assert imbalance(notebook(("code", smote, ""), even)).evident


@pytest.mark.parametrize(
    "text",
    [
        "The classes are highly imbalanced.",
        "As we see, the data set is unbalanced: 3 % are positive.",
        "We have to keep in mind that there is a big imbalance in our target variable.",
        "The data set is not balanced.",
        "The minority class has only 80 samples.",
        "We can see that the classes are imbalanced.",
        "The churners are the rare class.",
    ],
)
def test_texts_that_speak_of_the_data_at_hand(text: str) -> None:
    assert calls_imbalanced(text)


@pytest.mark.parametrize(
    "text",
    [
        "If the classes are imbalanced, accuracy misleads.",
        "Accuracy is not a good metric for imbalanced classes.",
        "Use F1 for imbalanced data.",
        "The classes aren't imbalanced.",
        "An unbalanced tree is slow.",
        "A typical example is that of unbalanced classification, where some classes dominate.",
        "Such baselines help in unbalanced classification tasks.",
        "It groups rare labels into one.",
        "Suppose your data set is imbalanced: 99 % are of one class.",
        "The classes may be imbalanced.",
        "Such curves help in cases where there is an imbalance between the classes.",
        "The classes are imbalanced, which we will fix with the second table.",
        "The price is skewed, so we take its logarithm.",
        "",
    ],
)
def test_advice_denial_and_other_subjects_do_not_count(text: str) -> None:
    assert not calls_imbalanced(text)


def test_texts_that_speak_of_balance() -> None:
    assert calls_balanced("The classes are fairly balanced.")
    assert not calls_balanced("The classes are not balanced.")
    assert not calls_balanced("The classes are unbalanced.")
    assert not calls_balanced("After SMOTE the classes are balanced.")


def test_comments_count_and_strings_do_not() -> None:
    assert imbalance(f"# The classes are quite imbalanced.\n{script()}").evident
    assert not imbalance(f'advice = "The classes are quite imbalanced."\n{script()}').evident


@pytest.mark.parametrize("profile", ["exploration", "research", "production"])
def test_an_unstratified_split_needs_evidence_in_every_profile(profile: str) -> None:
    assert findings(script(), "IMBA001", profile=profile) == []
    assert findings(script(target="is_fraud"), "IMBA001", profile=profile) != []


def test_a_function_that_is_called_twice_has_one_split() -> None:
    code = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

def judge(X, y):
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = LogisticRegression(class_weight="balanced").fit(X_train, y_train)
    print(model.score(X_test, y_test))

posts = pd.read_csv("posts.csv")
judge(posts[["a"]], posts["kind"])
judge(posts[["b"]], posts["kind"])
"""
    (found,) = findings(code, "IMBA001")
    assert "more like it" not in found.message


def test_confidence_follows_from_the_evidence() -> None:
    (suggested,) = findings(script(target="is_fraud"), "IMBA001")
    (shown,) = findings(script(settings="class_weight='balanced'"), "IMBA001")
    assert suggested.confidence is Confidence.MEDIUM
    assert shown.confidence is Confidence.HIGH
    assert shown.severity is Severity.WARNING


def test_the_message_and_the_witness_say_what_was_seen() -> None:
    code = script(settings="class_weight={0: 1, 1: 9}")
    (found,) = findings(code, "IMBA003")
    assert "although `class_weight` is set" in found.message
    (sign,) = found.evidence
    assert code.split("\n")[sign.location.line - 1].startswith("model = LogisticRegression")


def test_a_split_is_told_by_the_name_of_its_own_target() -> None:
    other = script("others.csv", "is_toxic").replace("train_test_split(X, y, ", "X, X, y, y; dict(")
    own = script(target="toxic", settings="class_weight={0: 1, 1: 9}")
    (found,) = findings(from_text(other + own, "study.py"), "IMBA001")
    assert "the target is 'toxic'" in found.message


def test_accuracy_alone_is_fine_without_evidence() -> None:
    assert findings(script(), "IMBA003", profile="production") == []


@pytest.mark.parametrize(("source", "evident"), [("titanic.csv", False), ("ferries.csv", True)])
def test_data_known_to_be_near_even_need_counts_to_be_imbalanced(
    source: str, evident: bool
) -> None:
    assert imbalance(script(source, settings="class_weight='balanced'")).evident is evident
