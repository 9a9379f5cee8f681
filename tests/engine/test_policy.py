"""Which findings and which gaps give which verdict."""

from __future__ import annotations

from itertools import product

import pytest

from mlaudit.engine.policy import verdict
from mlaudit.model.finding import Confidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.model.review import Coverage, FileCoverage, Recommendation

EXAMINED = FileCoverage("train.py", "examined")
FULL = Coverage(True, (EXAMINED,), evaluations=2, evaluations_followed=2)
GAP = Coverage(
    False, (EXAMINED, FileCoverage("nb.ipynb", "partial")), evaluations=2, evaluations_followed=1
)


def finding(
    severity: Severity,
    confidence: Confidence = Confidence.HIGH,
    code: str = "LEAK001",
    line: int = 1,
) -> Finding:
    return Finding(
        code,
        "fit-before-split",
        "leakage",
        "m",
        severity,
        confidence,
        Location("train.py", line),
        fingerprint=f"{code}-{line}",
    )


def test_a_sure_error_needs_rework() -> None:
    result = verdict([finding(Severity.ERROR)], FULL, learns=True)
    assert result.recommendation is Recommendation.NEEDS_REWORK
    assert result.confidence is Confidence.HIGH
    assert result.reasons[0].text == "LEAK001 fit-before-split invalidates the result"
    assert result.reasons[0].findings == ("LEAK001-1",)


@pytest.mark.parametrize(
    ("confidence", "least", "recommendation"),
    [
        (Confidence.MEDIUM, Confidence.MEDIUM, Recommendation.NEEDS_REWORK),
        (Confidence.LOW, Confidence.MEDIUM, Recommendation.CONDITIONAL),
        (Confidence.LOW, Confidence.LOW, Recommendation.NEEDS_REWORK),
        (Confidence.MEDIUM, Confidence.HIGH, Recommendation.CONDITIONAL),
    ],
)
def test_errors_count_from_the_configured_confidence_on(
    confidence: Confidence, least: Confidence, recommendation: Recommendation
) -> None:
    found = [finding(Severity.ERROR, confidence)]
    result = verdict(found, FULL, learns=True, least=least)
    assert result.recommendation is recommendation
    assert result.confidence is confidence


def test_warnings_are_conditions_and_those_of_one_code_are_one_reason() -> None:
    found = [finding(Severity.WARNING, line=1), finding(Severity.WARNING, line=2)]
    result = verdict(found, FULL, learns=True)
    assert result.recommendation is Recommendation.CONDITIONAL
    (reason,) = result.reasons
    assert reason.text == "LEAK001 fit-before-split must be fixed or justified (2 places)"
    assert reason.findings == ("LEAK001-1", "LEAK001-2")


def test_remarks_do_not_block_but_are_named() -> None:
    result = verdict([finding(Severity.INFO, code="CONF001")], FULL, learns=True)
    assert result.recommendation is Recommendation.APPROVE
    assert result.reasons[1].findings == ("CONF001-1",)


def test_a_clean_and_complete_review_is_approved() -> None:
    result = verdict([], FULL, learns=True)
    assert result.recommendation is Recommendation.APPROVE
    assert result.confidence is Confidence.HIGH
    assert result.reasons[0].text == "nothing blocks; 1 file and 2 evaluations examined"


def test_less_sure_when_nothing_is_judged_on_held_out_rows() -> None:
    result = verdict([], FULL, learns=True, judged_apart=False)
    assert result.recommendation is Recommendation.APPROVE
    assert result.confidence is Confidence.MEDIUM
    assert result.reasons[0].text.endswith("none of them on held-out rows")


def test_less_sure_without_evaluation_and_unsure_without_learning() -> None:
    bare = Coverage(True, (EXAMINED,))
    assert verdict([], bare, learns=True).confidence is Confidence.MEDIUM
    nothing = verdict([], bare, learns=False)
    assert nothing.recommendation is Recommendation.APPROVE
    assert nothing.confidence is Confidence.LOW
    assert "nothing to judge" in nothing.reasons[0].text


def test_a_gap_alone_is_a_condition_and_is_named() -> None:
    result = verdict([], GAP, learns=True)
    assert result.recommendation is Recommendation.CONDITIONAL
    assert result.confidence is Confidence.LOW
    assert result.reasons[0].text == (
        "coverage is incomplete: 1 file not fully examined (nb.ipynb); "
        "1 of 2 evaluations not followed"
    )


def test_a_place_that_was_not_followed_is_named() -> None:
    coverage = Coverage(False, (EXAMINED,), notes=("train.py:3:1: not known",))
    (reason,) = verdict([], coverage, learns=True).reasons
    assert reason.text == "coverage is incomplete: 1 place not followed (train.py:3:1: not known)"


def test_a_condition_under_gaps_is_less_sure() -> None:
    result = verdict([finding(Severity.WARNING)], GAP, learns=True)
    assert result.confidence is Confidence.MEDIUM
    assert len(result.reasons) == 2


def test_never_approves_what_was_not_fully_examined() -> None:
    grades = product(Severity, Confidence, Confidence, (True, False))
    for severity, confidence, least, learns in grades:
        for found in ([], [finding(severity, confidence)]):
            result = verdict(found, GAP, learns=learns, least=least)
            assert result.recommendation is not Recommendation.APPROVE
