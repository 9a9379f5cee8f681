"""What people write about the balance of their classes, in Markdown, comments and docstrings."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit.module import Module

SPEAKING = Words("balance", "minority", "skew", "rare", any_case=True)
IMBALANCED = Pattern(
    r"\b(im|un)balanced?\b|\bnot (\w+ )?balanced\b|\bminority class\b"
    r"|\bskew\w* (in )?(the )?(class|target|label)|\brare class(es)?\b",
    re.IGNORECASE,
)
BALANCED = Pattern(r"\b(is|are|looks?|seems?) (\w+ )?balanced\b", re.IGNORECASE)
OF_DATA = Pattern(
    r"\b(data(set)?|class(es)?|targets?|labels?|samples?|distribution)\b", re.IGNORECASE
)
HYPOTHETICAL = Pattern(
    r"\b(no|not|isn't|aren't|without|if|when|whenever|in cases?|whether|unless|may|might|could"
    r"|often|usually|typically|example|e\.g|instance|suppose|imagine|similar to|(can|to) be|tasks"
    r"|problems)\b|n't\b",
    re.IGNORECASE,
)
MENDED = Pattern(r"\b(fix(ed|es|ing)?|get(ting)? rid|remed(y|ied))\b", re.IGNORECASE)
AFTERWARDS = Pattern(r"\b(now|after|smote|(re|over|under)[- ]?sampl\w*|weights?)\b", re.IGNORECASE)
EVENING = Pattern(
    r"\b(re|over|under|up|down)[- ]?sampl|\b(balance|even out) the (data|class|set)"
    r"|\bmak(e|es|ing) \w+ (\w+ )?balanced\b",
    re.IGNORECASE,
)
_RECOUNTING = Pattern(r"[\s#*_>]*[\"“]\[[^\]\n]+\]\(\S+?\)[\"”]\W*by\b")
_NAMING = Words("balanc", "sampl", "even_out", any_case=True)
_EVENING_NAME = Pattern(
    r"_*((get|make|create|do|apply)_)?((re)?balanced?|even_out)_?(the_)?"
    r"(data|samples?|class(es)?|df|(data)?set|labels?|train(ing)?|rows|trials|images)[a-z_]*"
    r"|[a-z_]*(under|over)_?sampl[a-z_]*",
    re.IGNORECASE,
)


def texts(module: Module) -> Iterator[tuple[str, str]]:
    """Give what people wrote in a document, each with a word for where.

    A cell under the linked title of a work and its author tells of the data of that work.
    """
    for cell in module.document.cells:
        if cell.kind == "markdown" and not _RECOUNTING.match(cell.source):
            yield f"cell {cell.number}", cell.source
    yield "the docstring", ast.get_docstring(module.tree) or ""
    for line in module.document.lines:
        if "#" in line:
            yield "a comment", line.partition("#")[2]


def calls_imbalanced(text: str) -> bool:
    """Say whether a text states that the data at hand are imbalanced."""
    speaks = SPEAKING.stand_in(text) and IMBALANCED.search(text) is not None
    return speaks and any(_states(sentence) for sentence in _sentences(text))


def calls_balanced(text: str) -> bool:
    """Say whether a text states that the data are balanced as they come."""
    return "balanced" in text and any(
        BALANCED.search(sentence)
        and OF_DATA.search(sentence)
        and not HYPOTHETICAL.search(sentence)
        and not AFTERWARDS.search(sentence)
        for sentence in _sentences(text)
    )


def speaks_of_evening(text: str) -> bool:
    """Say whether a text speaks of rows that are drawn so that the classes are even."""
    return EVENING.search(text) is not None


def names_evening(name: str) -> bool:
    """Say whether a function, and no class, is named for drawing rows of all classes alike."""
    if name[:1].isupper() or not _NAMING.stand_in(name):
        return False
    return _EVENING_NAME.fullmatch(name) is not None


def _states(sentence: str) -> bool:
    """Tell a statement from advice for imbalanced data in general."""
    said = IMBALANCED.search(sentence)
    if said is None or not OF_DATA.search(sentence) or MENDED.search(sentence):
        return False
    before, after = sentence[: said.start()], sentence[said.end() :]
    advice = before.rstrip().lower().endswith("for")
    return not advice and not HYPOTHETICAL.search(f"{before}|{after}")


def _sentences(text: str) -> list[str]:
    return re.split(r"[.!?;:]\s|\n\s*\n", text.replace("*", ""))
