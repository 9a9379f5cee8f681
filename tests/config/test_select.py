"""Which rule is on, and which line decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mlaudit.config.schema import Config, ConfigError, Profile
from mlaudit.config.select import Decision, Selection, specificity
from mlaudit.model.finding import Confidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.rulekit.registry import Registered
from mlaudit.rulekit.rule import RuleMeta, Tier

if TYPE_CHECKING:
    from pathlib import Path


def registered(code: str, name: str, family: str, tier: Tier) -> Registered:
    meta = RuleMeta(code, name, family, Severity.WARNING, Confidence.HIGH, "Do it.", tier)
    return Registered(meta, "", "test", "test.module", "Title")


RULES = {
    known.meta.code: known
    for known in (
        registered("LEAK001", "fit-before-split", "leakage", Tier.DEFAULT),
        registered("LEAK011", "shuffled-time-series", "leakage", Tier.RESEARCH),
        registered("EVAL001", "fit-on-test", "evaluation", Tier.DEFAULT),
        registered("EVAL019", "no-baseline", "evaluation", Tier.PRODUCTION),
        registered("PROJ013", "no-interface", "project", Tier.OPT_IN),
    )
}


def enabled(**settings: Any) -> set[str]:
    selection = Selection.of(Config(**settings), RULES)
    return {code for code in RULES if selection.enabled(code)}


def finding(code: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code, "n", "f", "m", severity, Confidence.HIGH, Location("a.py", 1))


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile.EXPLORATION, {"LEAK001", "EVAL001"}),
        (Profile.RESEARCH, {"LEAK001", "EVAL001", "LEAK011"}),
        (Profile.PRODUCTION, {"LEAK001", "EVAL001", "LEAK011", "EVAL019"}),
    ],
)
def test_a_profile_turns_on_its_tiers(profile: Profile, expected: set[str]) -> None:
    assert enabled(profile=profile) == expected


@pytest.mark.parametrize("entry", ["LEAK001", "leak001", "fit-before-split"])
def test_one_rule_is_selected_by_code_or_name(entry: str) -> None:
    assert enabled(select=(entry,)) == {"LEAK001"}


@pytest.mark.parametrize("entry", ["LEAK", "leakage", "LEAK0"])
def test_many_rules_are_selected_within_the_profile(entry: str) -> None:
    assert enabled(select=(entry,)) == {"LEAK001"}
    assert enabled(select=(entry,), profile=Profile.RESEARCH) == {"LEAK001", "LEAK011"}


def test_a_code_turns_a_rule_on_whatever_the_profile() -> None:
    assert enabled(extend_select=("EVAL019",)) == {"LEAK001", "EVAL001", "EVAL019"}
    assert enabled(extend_select=("no-interface",)) == {"LEAK001", "EVAL001", "PROJ013"}


def test_opt_in_rules_are_not_selected_by_family_or_all() -> None:
    everything = {"LEAK001", "LEAK011", "EVAL001", "EVAL019"}
    assert enabled(select=("ALL", "PROJ"), profile=Profile.PRODUCTION) == everything


def test_ignore_beats_select_at_equal_specificity() -> None:
    assert enabled(ignore=("LEAK",)) == {"EVAL001"}
    assert enabled(select=("LEAK", "EVAL"), ignore=("leakage",)) == {"EVAL001"}


def test_the_most_specific_entry_wins() -> None:
    assert enabled(select=("LEAK001",), ignore=("LEAK",)) == {"LEAK001"}
    assert enabled(select=("LEAK", "LEAK01"), ignore=("LEAK0",), profile=Profile.RESEARCH) == {
        "LEAK011"
    }
    assert enabled(extend_select=("LEAK0",), ignore=("ALL",)) == {"LEAK001"}


def test_specificity_grows_with_each_digit() -> None:
    meta = RULES["LEAK001"].meta
    entries = ("ALL", "LEAK", "LEAK0", "LEAK00", "LEAK001")
    grades = [specificity(entry, meta) or 0 for entry in entries]
    assert grades == sorted(set(grades))
    assert specificity("leakage", meta) == specificity("LEAK", meta)
    assert specificity("LEA", meta) is None
    assert specificity("EVAL", meta) is None


def test_the_decision_names_the_line() -> None:
    origins = {("ignore", "LEAK0"): "pyproject.toml:7", ("profile", ""): "pyproject.toml:3"}
    selection = Selection.of(Config(ignore=("LEAK0",), origins=origins), RULES)
    assert selection.decision("LEAK001") == Decision(False, 'pyproject.toml:7: ignore "LEAK0"')
    assert selection.decision("EVAL001") == Decision(
        True,
        'pyproject.toml:3: profile "exploration" turns on default rules',
    )
    assert selection.decision("EVAL019") == Decision(
        False,
        'pyproject.toml:3: profile "exploration" leaves production rules off',
    )
    assert "extend-select PROJ013" in selection.decision("PROJ013").reason


def test_a_select_that_names_others_decides_too() -> None:
    origins = {("select", ""): "mlaudit.toml:1"}
    selection = Selection.of(Config(select=("EVAL",), origins=origins), RULES)
    assert selection.decision("LEAK001") == Decision(
        False,
        "mlaudit.toml:1: no entry of select names it",
    )
    assert selection.decision("EVAL019").reason == (
        'mlaudit.toml:1: select "EVAL" covers it, but profile "exploration" leaves '
        "production rules off"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"select": ("LEAK01X",)}, 'select: no rule answers to "LEAK01X"; did you mean "'),
        ({"ignore": ("fit-before-spilt",)}, 'did you mean "fit-before-split"?'),
        ({"severity": {"leekage": Severity.INFO}}, 'did you mean "leakage"?'),
        ({"per_file_ignores": {"*.py": ("EVAL9",)}}, 'no rule answers to "EVAL9"; did you mean'),
    ],
)
def test_unknown_codes_are_errors_with_the_nearest(settings: Any, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Selection.of(Config(**settings), RULES)
    assert message in str(raised.value)


def test_per_file_ignores_are_patterns_below_the_folder_of_the_file(tmp_path: Path) -> None:
    config = Config(
        per_file_ignores={"notebooks/*": ("LEAK",), "*.ipynb": ("EVAL001",)}, root=str(tmp_path)
    )
    selection = Selection.of(config, RULES)
    notebook = str(tmp_path / "notebooks" / "a.py")
    assert selection.ignored(notebook, "LEAK001")
    assert not selection.ignored(notebook, "EVAL001")
    assert selection.ignored(str(tmp_path / "deep" / "b.ipynb"), "EVAL001")
    assert not selection.ignored(str(tmp_path / "train.py"), "LEAK001")
    assert not selection.ignored("/elsewhere/train.py", "LEAK001")


def test_severity_is_overridden_by_the_most_specific_entry() -> None:
    config = Config(severity={"leakage": Severity.INFO, "LEAK001": Severity.ERROR})
    selection = Selection.of(config, RULES)
    assert selection.severity(finding("LEAK001")) is Severity.ERROR
    assert selection.severity(finding("LEAK011")) is Severity.INFO
    assert selection.severity(finding("EVAL001")) is Severity.WARNING
    unknown = replace(finding("OTHER1"), severity=Severity.INFO)
    assert selection.severity(unknown) is Severity.INFO
