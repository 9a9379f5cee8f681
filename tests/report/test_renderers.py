"""The renderers on one review that has everything, and on one that has nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from mlaudit.model import interchange
from mlaudit.model.finding import Severity
from mlaudit.model.location import Location
from mlaudit.model.review import (
    Coverage,
    Evaluation,
    Failure,
    FileCoverage,
    Hyperparameter,
    Measurement,
    ModelCard,
)
from mlaudit.report import concise, markdown, sections, statistics, text
from mlaudit.report import json as json_report
from mlaudit.report.columns import width
from mlaudit.report.mermaid import picture

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from mlaudit.model.review import Review


class AsText(SingleFileSnapshotExtension):
    """One readable file for each picture of the output."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class AsMarkdown(AsText):
    """A file that pull-request pages draw."""

    file_extension = "md"


def test_concise(review: Review, snapshot: SnapshotAssertion) -> None:
    assert concise.render(review) == snapshot(extension_class=AsText)


def test_text(review: Review, snapshot: SnapshotAssertion) -> None:
    assert text.render(review, width=90) == snapshot(extension_class=AsText)


def test_text_in_full(review: Review, snapshot: SnapshotAssertion) -> None:
    assert text.render(review, width=110, verbose=True) == snapshot(extension_class=AsText)


def test_markdown(review: Review, snapshot: SnapshotAssertion) -> None:
    assert markdown.render(review) == snapshot(extension_class=AsMarkdown)


def test_an_empty_review_is_short(empty: Review) -> None:
    assert concise.render(empty) == "APPROVE (confidence high): no findings in 1 file\n"
    assert "APPROVE" in text.render(empty)
    assert len(text.render(empty).splitlines()) < 8
    assert markdown.render(empty).startswith("# ✅ APPROVE\n")


def test_concise_lines_can_be_parsed(review: Review) -> None:
    lines = concise.render(review).splitlines()[: len(review.findings)]
    for line, finding in zip(lines, review.findings, strict=True):
        found = re.fullmatch(r"(.+?):(?:cell (\d+) \(In \[\d+\]\):)?(\d+):(\d+): (\w+) .+", line)
        assert found is not None, line
        assert found[1] == finding.location.path
        assert int(found[3]) == finding.location.line
        assert found[5] == finding.code


def test_concise_can_leave_out_the_verdict(review: Review) -> None:
    quiet = concise.render(review, summary=False)
    assert "NEEDS-REWORK" not in quiet
    assert "not examined" not in quiet
    assert "IMBA001: the rule crashed" in quiet


def test_incomplete_coverage_is_said_in_every_format(review: Review) -> None:
    for shown in (concise.render(review), text.render(review), markdown.render(review)):
        assert "old.py: is Python 2" in shown
        assert "2 of 3 files not fully read and 1 of 3 evaluations not followed" in shown


def test_a_failure_is_told_once(empty: Review) -> None:
    lost = FileCoverage("b.py", "not examined", notes=("is binary",))
    broken = replace(
        empty,
        coverage=Coverage(complete=False, files=(lost,)),
        errors=(Failure("b.py", "is binary"),),
    )
    for shown in (concise.render(broken), text.render(broken), markdown.render(broken)):
        assert shown.count("b.py: is binary") == 1


def test_a_long_path_is_not_broken(review: Review) -> None:
    finding = review.findings[0]
    path = "a folder/" * 12 + "train.py"
    moved = replace(finding, location=replace(finding.location, path=path))
    shown = text.render(replace(review, findings=(moved,)), width=60)
    assert f"--> {path}:9:5\n" in shown


@pytest.mark.parametrize(
    ("notes", "words"),
    [(0, "see the notes"), (1, "1 place not f"), (21, "more than 20 places not f")],
)
def test_incomplete_coverage_counts_places_or_points_to_the_notes(
    empty: Review, notes: int, words: str
) -> None:
    told = tuple(f"place {number}" for number in range(notes))
    partial = replace(empty, coverage=Coverage(complete=False, notes=told))
    assert f"coverage incomplete: {words}" in concise.render(partial)
    assert not notes or "not followed: place 0" in concise.render(partial)


def judged(model: str, metric: str, line: int, rows: str = "X_test") -> Measurement:
    return Measurement(model, metric, rows, "reported", Location("train.py", line))


def test_measurements_of_the_same_models_on_the_same_rows_share_a_row(empty: Review) -> None:
    each = [
        judged(model, metric, line)
        for line, metric in ((5, "f1_score"), (6, "recall_score"))
        for model in ("SVC", "Ridge", "KNN", "NB", "MLP", "GP")
    ]
    apart = [judged("SVC", "f1_score", 9, "X_train"), judged("SVC", "f1_score", 9)]
    shown = replace(empty, evaluation=Evaluation(measurements=(*each, *apart)))
    models = "`SVC`, `Ridge`, `KNN`, `NB` and 2 more"
    assert [row[:3] + row[4:] for row in sections.evaluation(shown).rows] == [
        (models, "`f1_score` and `recall_score`", "X_test", "`train.py:5:1` and 1 more place"),
        ("`SVC`", "`f1_score`", "X_train", "`train.py:9:1`"),
        ("`SVC`", "`f1_score`", "X_test", "`train.py:9:1`"),
    ]


def test_tables_of_one_file_leave_its_name_out(empty: Review) -> None:
    coverage = Coverage(complete=True, files=(FileCoverage("a:b.ipynb", "examined"),))
    places = (Location("a:b.ipynb", 3), Location("a:b.ipynb", 3, cell=2), Location("c.py", 4))
    cards = tuple(ModelCard("SVC", "lib", "predictor", None, place) for place in places)
    shown = replace(empty, coverage=coverage, models=cards)
    assert [row[-1] for row in sections.models(shown).rows] == [
        "`line 3:1`",
        "`cell 2:3:1`",
        "`c.py:4:1`",
    ]


def test_settings_without_a_name_are_shown_as_they_stand(empty: Review) -> None:
    settings = (
        Hyperparameter("argument 1", "'bert'", True),
        Hyperparameter("num_labels", "2", True),
    )
    card = ModelCard("Net", "lib", "predictor", None, Location("a.py", 3), settings)
    assert sections.models(replace(empty, models=(card,))).rows[0][2] == "`'bert', num_labels=2`"


def test_evaluation_is_left_out_where_there_is_no_model(empty: Review, review: Review) -> None:
    assert "## Evaluation" in markdown.render(review)
    assert "## Evaluation" not in markdown.render(replace(empty, models=()))


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_text_fits_the_terminal(review: Review, columns: int) -> None:
    for verbose in (False, True):
        shown = text.render(review, width=columns, verbose=verbose)
        assert max(map(width, shown.splitlines())) <= columns


def test_colours_only_when_asked_for(review: Review) -> None:
    assert "\x1b" not in text.render(review)
    colourful = text.render(review, color=True)
    assert "\x1b[1;31mLEAK001" in colourful
    plain = re.sub(r"\x1b\[[\d;]*m", "", colourful)
    assert [line.rstrip() for line in plain.splitlines()] == text.render(review).splitlines()


def test_three_hundred_findings_stay_readable(many: Review) -> None:
    folded = text.render(many)
    assert folded.count("--> generated.py") == 3
    assert "CONF001 297 more (-v shows their code)" in folded
    assert "  generated.py  lines 4, 5, 6, 7," in folded
    assert len(folded.splitlines()) < 110
    assert text.render(many, verbose=True).count("--> generated.py") == 300
    assert len(concise.render(many).splitlines()) == 301 + 1 + 3 + 1
    assert "297 more findings of CONF001:" in markdown.render(many)


def test_folded_warnings_have_a_line_each(many: Review) -> None:
    findings = [replace(each, severity=Severity.WARNING) for each in many.findings[1:]]
    warned = replace(many, findings=tuple(findings))
    assert "  generated.py:300:10  `RandomForestClassifier` gets" in text.render(warned)
    assert "- `generated.py:300:10` `RandomForestClassifier` gets" in markdown.render(warned)


def test_folded_remarks_are_told_by_file_and_place(many: Review) -> None:
    first, *others = many.findings[1:7]
    moved = [replace(each.location, path="a.ipynb", cell=9) for each in others[3:]]
    in_cells = [replace(each, location=at) for each, at in zip(others[3:], moved, strict=True)]
    folded = replace(many, findings=(first, *others[:3], *in_cells))
    assert "- `generated.py` line 4\n- `a.ipynb` cell 9" in markdown.render(folded)


def test_json_is_the_interchange(review: Review) -> None:
    assert interchange.load(json_report.render(review)) == review
    assert json.loads(json_report.render(review))["verdict"]["recommendation"] == "NEEDS-REWORK"


def test_statistics_count_by_rule(many: Review) -> None:
    assert statistics.render(many).splitlines()[:2] == [
        "300 CONF001 hardcoded-hyperparameters",
        "  1 LEAK001 fit-before-split",
    ]
    assert statistics.render(many, summary=False).count("\n") == 2


def test_markdown_has_no_live_html_links_or_mentions(review: Review) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown.render(review))
    inline = [child for token in tokens for child in token.children or ()]
    html = {child.content for child in inline if child.type.startswith("html")}
    assert html <= {"<sub>", "</sub>", "<code>", "</code>"}
    assert not [token for token in tokens if token.type == "html_block"]
    assert not [child for child in inline if child.type in {"link_open", "image"}]


def test_markdown_tables_keep_their_columns(review: Review) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown.render(review))
    rows, cells = [], 0
    for token in tokens:
        if token.type == "tr_open":
            cells = 0
        elif token.type in {"th_open", "td_open"}:
            cells += 1
        elif token.type == "tr_close":
            rows.append(cells)
    assert rows == [4] * 3 + [3] * 2 + [4] * 2 + [5] * 2 + [4] * 3 + [3] * 4


def test_the_leaking_edge_of_the_picture_is_red_and_named(review: Review) -> None:
    drawn = picture(review.pipelines[0]).splitlines()
    assert drawn[0] == "flowchart LR"
    assert '  n1 ==>|"LEAK001: all rows"| n2' in drawn
    assert drawn[-3] == "  linkStyle 1 stroke:#d1242f,stroke-width:3px,color:#d1242f"
    assert drawn[-1] == "  class n1 leak"


def test_a_step_in_another_file_names_it(review: Review) -> None:
    pipeline = replace(review.pipelines[0], path="notebook.ipynb")
    assert "<br/>train.py line 4" in picture(pipeline)


def test_a_picture_without_a_leak_has_no_red(review: Review) -> None:
    clean = tuple(replace(flow, code=None) for flow in review.pipelines[0].flows)
    drawn = picture(replace(review.pipelines[0], flows=clean))
    assert "#d1242f" not in drawn
    assert "==>" not in drawn


def test_only_text_needs_rich() -> None:
    program = (
        "import sys; from mlaudit.report import concise, json, markdown, statistics;"
        "print(sorted({'rich', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
