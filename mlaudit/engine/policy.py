"""Findings and coverage become a verdict, with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Confidence, Severity
from mlaudit.model.review import Coverage, Reason, Recommendation, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlaudit.model.finding import Finding

_GRADES = [Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]


def verdict(
    findings: Sequence[Finding],
    coverage: Coverage,
    *,
    learns: bool,
    judged_apart: bool = True,
    least: Confidence = Confidence.MEDIUM,
) -> Verdict:
    """Judge a review.

    NEEDS-REWORK when an error of at least the confidence `least` invalidates the result.
    CONDITIONAL when anything else but information has been found, or when something could not be
    examined.  APPROVE otherwise; `learns` says whether there was any training or evaluation at all,
    `judged_apart` whether some model is judged on rows held out of its training, or on folds.
    """
    invalid = [finding for finding in findings if invalidates(finding, least)]
    if invalid:
        reasons = _by_code(invalid, "invalidates the result")
        return Verdict(Recommendation.NEEDS_REWORK, _surest(invalid), reasons)
    open_ = [finding for finding in findings if finding.severity is not Severity.INFO]
    reasons = _by_code(open_, "must be fixed or justified")
    if not coverage.complete:
        reasons += (Reason(_gaps(coverage)),)
        return Verdict(Recommendation.CONDITIONAL, _under_gaps(open_, coverage), reasons)
    if open_:
        return Verdict(Recommendation.CONDITIONAL, _surest(open_), reasons)
    return _approval(findings, coverage, learns, judged_apart)


def invalidates(finding: Finding, least: Confidence) -> bool:
    """Say whether a finding alone makes the result worthless."""
    grade = _GRADES.index(finding.confidence)
    return finding.severity is Severity.ERROR and grade >= _GRADES.index(least)


def _approval(
    findings: Sequence[Finding], coverage: Coverage, learns: bool, judged_apart: bool
) -> Verdict:
    files = _count(len(coverage.files), "file")
    if not learns:
        text = f"no training and no evaluation was found in {files}: there was nothing to judge"
        return Verdict(Recommendation.APPROVE, Confidence.LOW, (Reason(text),))
    evaluations = _count(coverage.evaluations, "evaluation")
    if coverage.evaluations and judged_apart:
        text = f"nothing blocks; {files} and {evaluations} examined"
        confidence = Confidence.HIGH
    elif coverage.evaluations:
        text = f"nothing blocks; {files} and {evaluations} examined, none of them on held-out rows"
        confidence = Confidence.MEDIUM
    else:
        text = f"nothing blocks; {files} examined, and no evaluation was found"
        confidence = Confidence.MEDIUM
    reasons = [Reason(text)]
    if findings:
        told = _count(len(findings), "remark")
        prints = tuple(finding.fingerprint for finding in findings)
        reasons.append(Reason(f"{told} for information, none of which blocks", prints))
    return Verdict(Recommendation.APPROVE, confidence, tuple(reasons))


def _by_code(findings: Iterable[Finding], what: str) -> tuple[Reason, ...]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    ordered = sorted(groups.values(), key=lambda group: (_rank(group[0]), group[0].code))
    return tuple(
        Reason(
            f"{group[0].code} {group[0].name} {what}"
            + (f" ({len(group)} places)" if len(group) > 1 else ""),
            tuple(finding.fingerprint for finding in group),
        )
        for group in ordered
    )


def _gaps(coverage: Coverage) -> str:
    """Say what was not examined, in one line."""
    gaps = [file for file in coverage.files if file.status in {"partial", "not examined"}]
    parts = []
    if gaps:
        names = ", ".join(file.path for file in gaps[:3]) + (", …" if len(gaps) > 3 else "")
        parts.append(f"{_count(len(gaps), 'file')} not fully examined ({names})")
    missed = coverage.evaluations - coverage.evaluations_followed
    if missed:
        parts.append(f"{missed} of {_count(coverage.evaluations, 'evaluation')} not followed")
    elif not gaps and coverage.notes:
        parts.append(f"{_count(len(coverage.notes), 'place')} not followed ({coverage.notes[0]})")
    return "coverage is incomplete: " + ("; ".join(parts) or "something crashed")


def _under_gaps(findings: list[Finding], coverage: Coverage) -> Confidence:
    """Judge less surely the more is unseen: what is unseen may be worse."""
    share = _share(coverage)
    if findings and share >= 0.5:
        return min(_surest(findings), Confidence.MEDIUM, key=_GRADES.index)
    return Confidence.MEDIUM if share >= 0.8 else Confidence.LOW


def _share(coverage: Coverage) -> float:
    """Give the smaller of the shares of files and of evaluations that were seen."""
    files = len(coverage.files)
    seen = sum(1 for file in coverage.files if file.status not in {"partial", "not examined"})
    by_files = seen / files if files else 1.0
    if not coverage.evaluations:
        return by_files
    return min(by_files, coverage.evaluations_followed / coverage.evaluations)


def _surest(findings: Iterable[Finding]) -> Confidence:
    return max((finding.confidence for finding in findings), key=_GRADES.index)


def _rank(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
