"""Every format of common and of odd reviews is what its readers expect, stored or not."""

from __future__ import annotations

import importlib
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import jsonschema
import pytest

from mlaudit.cli.rendering import FORMATS
from mlaudit.model import interchange
from mlaudit.report import comment, concise, html, markdown

if TYPE_CHECKING:
    from mlaudit.model.review import Review

LARGEST_COMMENT = 65_536
VOID = {"meta", "input", "path", "rect", "br", "hr", "img", "line", "circle"}


def rendered(review: Review, form: str) -> str:
    text: str = importlib.import_module(f"mlaudit.report.{form}").render(review)
    return text


def test_the_interchange_has_the_published_shape_and_loses_nothing(any_review: Review) -> None:
    text = interchange.dump(any_review)
    jsonschema.Draft202012Validator(interchange.schema()).validate(json.loads(text))


@pytest.mark.parametrize("form", FORMATS)
def test_a_stored_review_renders_to_the_same_bytes(any_review: Review, form: str) -> None:
    direct = rendered(any_review, form)
    again = interchange.load(interchange.dump(any_review).encode())
    assert again == any_review
    assert rendered(again, form) == direct
    assert direct.encode("utf-8")


class Page(HTMLParser):
    """Keeps the open elements, what would be loaded, and what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.articles = 0
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.articles += tag == "article"
        self.outside += [key for key, _ in attrs if key in {"src", "href"} or key.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_and_runs_nothing_else(any_review: Review) -> None:
    page = Page()
    page.feed(html.render(any_review))
    page.close()
    assert page.open == []
    assert page.outside == []
    assert page.articles == len(any_review.findings)


def test_the_comment_fits_and_ends_what_it_opens(any_review: Review) -> None:
    text = comment.whole(any_review)
    assert len(text) < LARGEST_COMMENT
    assert text.count("<details>") == text.count("</details>")
    assert len(re.findall(r"^`{3,}", text, re.MULTILINE)) % 2 == 0
    assert any_review.verdict.recommendation in text


def test_markdown_has_nothing_live_that_came_from_the_code(any_review: Review) -> None:
    text = markdown.render(any_review)
    outside = re.sub(r"^(`{3,}).*?^\1`*$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "<img" not in outside
    assert "<script" not in outside
    assert not re.search(r"(?<![`\w])@all\b", outside)


def test_concise_has_a_line_for_each_finding(any_review: Review) -> None:
    lines = concise.render(any_review, summary=False).splitlines()
    found = [line for line in lines if re.match(r".+:\d+:\d+: [A-Z]+\d+ ", line)]
    assert len(found) == len(any_review.findings)
