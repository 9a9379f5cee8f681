"""Fixes in every format: as edits for programs, as marks for people."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.fixes import Workshop
from mlaudit.engine.review import review as review_paths
from mlaudit.model import interchange
from mlaudit.report import comment, concise, rdjson, sarif, text

if TYPE_CHECKING:
    from mlaudit.model.review import Review

SCHEMAS = Path(__file__).parent / "schemas"
SPLIT = """\
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

größe = pd.read_csv("größe.csv"); first, second = train_test_split(größe)
forest = RandomForestClassifier(
    max_features=None,
)
forest.fit(first[["a"]], first["b"])
print(forest.score(second[["a"]], second["b"]))
"""


def offered(folder: Path, name: str, content: str) -> Review:
    (folder / name).write_text(content, encoding="utf-8")
    config = Config(root=str(folder))
    return Workshop([name], config).offered(review_paths([name], config))


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    monkeypatch.chdir(tmp_path)
    return offered(tmp_path, "split.py", SPLIT)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    monkeypatch.chdir(tmp_path)
    cell: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": []}
    cells = [{**cell, "execution_count": None, "source": SPLIT.splitlines(keepends=True)}]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return offered(tmp_path, "split.ipynb", json.dumps(book, indent=1, ensure_ascii=False))


def edited(lines: list[str], region: dict[str, int], new: str) -> str:
    """Make an edit as a consumer of SARIF would."""
    head = "\n".join([*lines[: region["startLine"] - 1], ""])
    first, last = lines[region["startLine"] - 1], lines[region["endLine"] - 1]
    rest = "\n".join(["", *lines[region["endLine"] :]])
    return head + first[: region["startColumn"] - 1] + new + last[region["endColumn"] - 1 :] + rest


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_sarif_fixes_can_be_made(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    review: Review = request.getfixturevalue(kind)
    log = json.loads(sarif.render(review))
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(log)
    (result,) = (one for one in log["runs"][0]["results"] if one["ruleId"] == "SEED001")
    (change,) = result["fixes"][0]["artifactChanges"]
    (one,) = change["replacements"]
    path = tmp_path / change["artifactLocation"]["uri"]
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text(edited(lines, one["deletedRegion"], one["insertedContent"]["text"]), "utf-8")
    codes = [finding.code for finding in review_paths([path.name], Config()).findings]
    assert codes == [one.code for one in review.findings if one.code != "SEED001"]


def test_rdjson_suggests_in_bytes(script: Review) -> None:
    result = json.loads(rdjson.render(script))
    schema = json.loads((SCHEMAS / "rdjson.json").read_text(encoding="utf-8"))
    jsonschema.validate(result, schema)
    (one,) = (d for d in result["diagnostics"] if d["code"]["value"].startswith("SEED001"))
    (suggestion,) = one["suggestions"]
    line = SPLIT.split("\n")[4].encode()
    column = suggestion["range"]["start"]["column"] - 1
    made = line[:column] + suggestion["text"].encode() + line[column:]
    assert made.decode().endswith("train_test_split(größe, random_state=42)")


def test_a_comment_suggests_what_changes_one_line(script: Review) -> None:
    split, forest = (one for one in script.findings if one.code in {"SEED001", "SEED003"})
    assert comment.remark(split).endswith(
        '```suggestion\ngröße = pd.read_csv("größe.csv"); '
        "first, second = train_test_split(größe, random_state=42)\n```"
    )
    assert "suggestion" not in comment.remark(replace(forest, excerpts=()))


def test_a_comment_on_a_notebook_suggests_nothing(notebook: Review) -> None:
    assert not any("suggestion" in comment.remark(one) for one in notebook.findings)


def test_people_see_what_can_be_mended(script: Review) -> None:
    lines = concise.render(script).splitlines()
    assert any(": SEED001 [*] `train_test_split`" in line for line in lines)
    assert "[*] can be mended: 2 by --fix" in lines
    shown = text.render(script)
    assert "SEED001 unseeded-split  [*]" in shown
    assert "[*] can be mended: 2 by --fix" in shown


def test_without_offers_nothing_is_marked(script: Review) -> None:
    plain = replace(script, findings=tuple(replace(one, fix=None) for one in script.findings))
    assert "[*]" not in concise.render(plain) + text.render(plain)


def test_offers_survive_the_interchange(script: Review) -> None:
    assert interchange.load(interchange.dump(script)).findings == script.findings
