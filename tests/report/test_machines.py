"""The formats that other programs read: held against their schemas and their own readers."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
from junitparser import JUnitXml

from mlaudit.model import interchange
from mlaudit.report import github, gitlab, jsonl, junit, rdjson, sarif

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review

HERE = Path(__file__).parent


def _schema(name: str) -> Any:
    return json.loads((HERE / "schemas" / name).read_text(encoding="utf-8"))


def test_sarif_is_what_oasis_says(any_review: Review) -> None:
    log = json.loads(sarif.render(any_review))
    jsonschema.Draft4Validator(_schema("sarif-2.1.0.json")).validate(log)
    (run,) = log["runs"]
    assert len(run["results"]) == len(any_review.findings)
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert "\\" not in place["artifactLocation"]["uri"]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]


def test_sarif_tells_what_failed_and_points_into_the_notebook(
    review: Review, hostile: Finding
) -> None:
    place = replace(hostile.location, physical_line=41, end_line=hostile.location.line + 1)
    review = replace(review, findings=(replace(hostile, location=place),))
    (run,) = json.loads(sarif.render(review))["runs"]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["region"] == {"startLine": 41, "endLine": 42}
    assert physical["artifactLocation"]["uri"] == "%C3%A9tude.ipynb"
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert any("IMBA001: the rule crashed" in text for text in told)
    assert any("old.py: is Python 2" in text for text in told)


def test_rdjson_is_what_reviewdog_says(any_review: Review) -> None:
    result = json.loads(rdjson.render(any_review))
    jsonschema.Draft4Validator(_schema("rdjson.json")).validate(result)
    assert len(result["diagnostics"]) == len(any_review.findings)


def test_rdjson_counts_columns_in_bytes(review: Review, leak: Finding) -> None:
    text = "größe = 1; schätzer.fit(X)"
    column = text.index("schätzer") + 1
    place = replace(
        leak.location, line=1, end_line=1, column=column, end_column=column + 8, physical_line=1
    )
    excerpt = replace(leak.excerpts[0], first_line=1, lines=(text,))
    finding = replace(leak, location=place, evidence=(), excerpts=(excerpt,))
    (found,) = json.loads(rdjson.render(replace(review, findings=(finding,))))["diagnostics"]
    start, end = found["location"]["range"]["start"], found["location"]["range"]["end"]
    assert text.encode()[start["column"] - 1 : end["column"] - 1].decode() == "schätzer"


def test_junit_is_read_by_junitparser(any_review: Review, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(junit.render(any_review), encoding="utf-8")
    suites = JUnitXml.fromfile(str(path))
    failures = sum(suite.failures for suite in suites)
    assert failures == suites.failures == len(any_review.findings)
    assert suites.errors == len(any_review.errors)
    counted = Counter(
        type(result).__name__ for suite in suites for case in suite for result in case.result
    )
    assert counted["Failure"] == failures


def test_gitlab_is_what_its_documentation_says(any_review: Review) -> None:
    jsonschema.Draft202012Validator(_schema("codequality.json")).validate(
        json.loads(gitlab.render(any_review))
    )


def test_gitlab_has_the_fields_that_it_asks_for(any_review: Review) -> None:
    issues = json.loads(gitlab.render(any_review))
    assert len(issues) == len(any_review.findings)
    for issue in issues:
        assert issue["description"]
        assert issue["check_name"]
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith("./")
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


ANNOTATION = re.compile(
    r"::(error|warning|notice) (title=[^,:]+(?:,(?:file|line|endLine|col|endColumn)=[^,:]+)*)::.+"
)


def test_each_annotation_is_one_command(any_review: Review) -> None:
    commands = github.render(any_review).splitlines()
    assert len(commands) == len(any_review.findings) + len(any_review.errors) + 1
    for command in commands:
        found = ANNOTATION.fullmatch(command)
        assert found is not None, command
        names = {pair.partition("=")[0] for pair in found[2].split(",")}
        assert not names >= {"col", "endLine"}
    severities = [command[2] for command in commands if "title=mlaudit::" not in command]
    assert "".join(severities) == "".join(sorted(severities, key="ewn".index))


def test_no_text_of_the_code_starts_a_command_of_its_own(review: Review, hostile: Finding) -> None:
    finding = replace(hostile, message="first\n::error::second 100%\r\n::set-env name=A::b")
    command, *_ = github.render(replace(review, findings=(finding,))).splitlines()
    assert command.endswith("first ::error::second 100%25 ::set-env name=A::b")
    assert command.startswith("::error title=LEAK003 selection-before-split,file=étude.ipynb")


def test_jsonl_ends_with_the_verdict(any_review: Review) -> None:
    *findings, last = map(json.loads, jsonl.render(any_review).splitlines())
    assert findings == json.loads(interchange.dump(any_review))["findings"]
    assert last["verdict"]["recommendation"] == any_review.verdict.recommendation
    assert last["errors"] == json.loads(interchange.dump(any_review))["errors"]
