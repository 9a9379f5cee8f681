"""The page, as a file and in a browser where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from mlaudit.report import html

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.model.review import Review

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
VOID = {"meta", "input", "path", "rect"}


class Balanced(HTMLParser):
    """Keeps the open elements, and what the page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.loads += [f"{key}={value}" for key, value in attrs if key in {"src", "href", "onload"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def _parsed(page: str) -> Balanced:
    parser = Balanced()
    parser.feed(page)
    parser.close()
    return parser


def test_the_page_is_whole_and_loads_nothing(review: Review, empty: Review, many: Review) -> None:
    for each in (review, empty, many):
        parser = _parsed(html.render(each))
        assert parser.open == []
        assert parser.loads == []
        assert parser.seen.count("article") == len(each.findings)


def test_text_of_the_code_stays_text(review: Review) -> None:
    hostile = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>"
    finding = replace(review.findings[0], message=hostile, name=hostile, family='"><script>')
    page = html.render(replace(review, findings=(finding,)))
    parser = _parsed(page)
    assert parser.seen.count("script") == 1
    assert "img" not in parser.seen
    assert "\x1b" not in page
    assert "\u202e" not in html.render(review)


def test_the_review_is_told_in_full(review: Review) -> None:
    page = html.render(review)
    for words in (
        "NEEDS-REWORK",
        "fitted here",
        "split here",
        "Which cost has a missed churner?",
        "Split before anything is fitted.",
        "Deployment readiness",
        "IMBA001: the rule crashed",
        "old.py: is Python 2",
    ):
        assert words in page
    assert '<text class="leak"' in page


@pytest.mark.skipif(BROWSER is None, reason="no browser")
def test_findings_are_filtered_in_a_browser(review: Review, tmp_path: Path) -> None:
    page = html.render(review)
    act = (
        "form.elements.error.checked = false; form.elements.words.value = 'seed001';"
        "form.dispatchEvent(new Event('input'));"
    )
    # The page's own policy allows its own script alone, so the test's needs a page without one.
    open_page = re.sub(r"<meta http-equiv[^>]*>", "", page)
    (tmp_path / "page.html").write_text(
        open_page.replace("</body>", f"<script>{act}</script></body>"), encoding="utf-8"
    )
    (tmp_path / "guarded.html").write_text(page, encoding="utf-8")
    filtered, guarded = (_in_browser(tmp_path / name) for name in ("page.html", "guarded.html"))
    assert ">1 of 4 shown<" in filtered
    assert len(re.findall(r"<article[^>]* hidden", filtered)) == 3
    assert ">4 of 4 shown<" in guarded


def _in_browser(page: Path) -> str:
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    return subprocess.run(
        [*command, page.as_uri()], check=True, capture_output=True, text=True, timeout=60
    ).stdout
