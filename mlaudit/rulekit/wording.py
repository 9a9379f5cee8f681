"""How messages name the code at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.source.document import Place
    from mlaudit.trace.events import Evaluate, Model

LONGEST = 60


def quoted(code: Place | str) -> str:
    """Quote source text on one line in backticks, shortened to `LONGEST` characters."""
    text = " ".join((code if isinstance(code, str) else code.text).split())
    if len(text) > LONGEST:
        text = text[: LONGEST - 1].rstrip() + "…"
    return f"`{text.replace('`', chr(39))}`"


def named(model: Model) -> str:
    """Name a model as its reader knows it: by variable and class."""
    if model.variable and model.variable != model.name:
        return f"`{model.variable}` ({model.name})"
    return f"`{model.name}`"


def score_of(evaluation: Evaluate) -> str:
    """Name the number that an evaluation gives."""
    metric = evaluation.metric
    if metric is None or " " in metric or metric in {"score", "evaluate"}:
        return "the score"
    return f"`{metric}`"


def says(variable: str, *words: str) -> bool:
    """Say whether a variable's name has one of these words in it: `X_val` says "val"."""
    return any(word in variable.lower() for word in words)
