"""SARIF 2.1.0, for code-scanning services and editors (OASIS standard, 2020)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlaudit.model.finding import Severity
from mlaudit.report.escape import line
from mlaudit.report.places import columns, lines
from mlaudit.report.tally import failed, uncovered

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding, Fix
    from mlaudit.model.location import Location
    from mlaudit.model.review import Review

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "mlaudit/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "SRCROOT"


def render(review: Review) -> str:
    """Write one run; every result has a place, as services demand."""
    rules = {finding.code: finding for finding in reversed(review.findings)}
    codes = sorted(rules)
    driver = {
        "name": review.tool.name,
        "version": review.tool.version,
        "rules": [_rule(rules[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(review)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "where the review was run"}}},
        "results": [_result(finding, codes.index(finding.code)) for finding in review.findings],
        "properties": {
            "verdict": review.verdict.recommendation,
            "confidence": review.verdict.confidence,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(example: Finding) -> dict[str, Any]:
    described = {
        "id": example.code,
        "name": example.name,
        "shortDescription": {"text": example.name.replace("-", " ")},
        "properties": {"tags": [example.family]},
    }
    if example.help:
        described["help"] = {"text": example.help, "markdown": example.help}
    return described


def _result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": line(_advised(finding))},
        "locations": [_located(finding.location)],
        "properties": {"confidence": finding.confidence, "certainty": finding.certainty},
    }
    if finding.location.cell is not None:
        result["properties"]["cell"] = finding.location.cell
    if finding.evidence:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": line(each.message or each.role)},
                **_located(each.location),
            }
            for number, each in enumerate(finding.evidence)
        ]
    if finding.fix is not None and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix, finding.location.path)]
    if finding.fingerprint:
        result["partialFingerprints"] = {FINGERPRINT: finding.fingerprint}
    return result


def _fix(fix: Fix, path: str) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": {
                "startLine": edit.line,
                "startColumn": edit.column,
                "endLine": edit.end_line,
                "endColumn": edit.end_column,
            },
            "insertedContent": {"text": edit.text},
        }
        for edit in (one.stored for one in fix.edits)
    ]
    return {
        "description": {"text": line(fix.description)},
        "artifactChanges": [{"artifactLocation": _artifact(path), "replacements": replacements}],
        "properties": {"safety": fix.safety},
    }


def _advised(finding: Finding) -> str:
    advice = finding.fix.description if finding.fix else finding.help
    return f"{finding.message}. Instead: {advice}" if advice else finding.message


def _located(place: Location) -> dict[str, Any]:
    first, last = lines(place)
    region = {"startLine": first, "endLine": last}
    across = columns(place)
    if across is not None:
        region |= {"startColumn": across[0], "endColumn": across[1]}
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    path = path.replace("\\", "/")
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path.removeprefix("./")), "uriBaseId": _ROOT}


def _invocation(review: Review) -> dict[str, Any]:
    notifications = [("error", text) for text in failed(review)]
    notifications += [("warning", text) for text in uncovered(review)]
    return {
        "executionSuccessful": not review.errors,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": text}} for level, text in notifications
        ],
    }
