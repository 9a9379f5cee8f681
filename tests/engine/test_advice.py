"""The recommendations table."""

from __future__ import annotations

from mlaudit.engine.advice import recommend
from mlaudit.model.finding import Confidence, Finding, Severity
from mlaudit.model.location import Location
from mlaudit.model.review import Advice
from mlaudit.rulekit.rule import RuleMeta

RULES = {
    code: RuleMeta(
        code, "n", "f", Severity.ERROR, Confidence.HIGH, remedy, impact=f"impact of {code}"
    )
    for code, remedy in {
        "LEAK001": "Split first.",
        "LEAK002": "Split first.",
        "SEED001": "Seed.",
    }.items()
}


def finding(code: str, severity: Severity, line: int = 1) -> Finding:
    help_ = RULES[code].help
    place = Location("a.py", line)
    return Finding(code, "n", "f", "m", severity, Confidence.HIGH, place, help=help_)


def test_most_urgent_first() -> None:
    found = [finding("SEED001", Severity.WARNING), finding("LEAK001", Severity.ERROR)]
    assert recommend(found, RULES) == (
        Advice(1, "Split first.", "impact of LEAK001", "low", ("LEAK001",)),
        Advice(2, "Seed.", "impact of SEED001", "low", ("SEED001",)),
    )


def test_one_line_for_one_remedy() -> None:
    found = [
        finding("LEAK001", Severity.INFO, 1),
        finding("LEAK001", Severity.ERROR, 2),
        finding("LEAK002", Severity.ERROR, 3),
    ]
    (advice,) = recommend(found, RULES)
    assert advice.priority == 1
    assert advice.recommendation == "Split first (3 places)"
    assert advice.codes == ("LEAK001", "LEAK002")


def test_nothing_found_nothing_to_do() -> None:
    assert recommend([], RULES) == ()
