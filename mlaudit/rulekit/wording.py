"""How messages name the code at hand."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.source.document import Place
    from mlaudit.trace.events import Evaluate, Model

LONGEST = 60
_NAMES = 1024  # programs name their rows alike, and rules ask about each again and again

_VALIDATION = Pattern(
    r"(?<![A-Za-z])d?(val|valid|validate|validation|dev|oof|out.of.fold)(?![a-z])"
    r"|Val(id|idate|idation)?(?![a-z])"
)
_TEST = Pattern(
    r"(?<![A-Za-z])d?(test|tst|holdout|hold_out)(?![a-z])|(Test|Holdout|HoldOut)(?![a-z])"
)
_TRAINING = Pattern(
    r"(?<![A-Za-z])tr(ain(ing|ed)?)?(?![a-z])|Train(ing)?(?![a-z])|in-sample"
    r"|(?i:entra[iî]nement|(ensemble|jeu|donn[ée]es) d.apprentissage|entrenamiento|treinamento"
    r"|(?<![a-z])treino|addestramento|trainings?daten|обучающ|训练|訓練)"
)


def quoted(code: Place | str) -> str:
    """Quote source text on one line in backticks, shortened to `LONGEST` characters."""
    text = _on_one_line(code if isinstance(code, str) else code.text)
    if len(text) > LONGEST:
        text = text[: LONGEST - 1].rstrip() + "…"
    return f"`{text.replace('`', chr(39))}`"


def _on_one_line(text: str) -> str:
    """Join lines of code as they would stand on one, without spaces inside brackets."""
    lines = text.strip().splitlines() or [""]
    first, *rest = (" ".join(line.removesuffix("\\").split()) for line in lines)
    for line in filter(None, rest):
        closes = line[0] in ")]}"
        first = first.removesuffix(",") if closes else first
        first += line if closes or line[0] == "." or first[-1:] in "([{" else f" {line}"
    return first


def listed(words: Sequence[str], most: int = 3) -> str:
    """Join words by commas; of many only the first, and how many more there are."""
    more = len(words) - most
    return ", ".join(words) if more <= 0 else f"{', '.join(words[:most])} and {more} more"


def named(model: Model) -> str:
    """Name a model as its reader knows it: by variable and class, if the class is sure."""
    if model.left_open:
        return "the model" if model.variable is None else f"`{model.variable}`"
    if model.variable is None or model.variable == model.name:
        return f"`{model.name}`"
    is_class = model.name[:1].isupper()
    return f"`{model.variable}` ({model.name})" if is_class else f"`{model.variable}`"


def score_of(evaluation: Evaluate) -> str:
    """Name the number that an evaluation gives."""
    metric = evaluation.metric
    if metric is None or " " in metric or metric in {"score", "evaluate"}:
        return "the score"
    return f"`{metric}`"


@lru_cache(maxsize=_NAMES)
def says_validation(code: str) -> bool:
    """Say whether a name in the code calls its rows validation rows: `X_val`, `valid_set`."""
    return _VALIDATION.search(code) is not None


@lru_cache(maxsize=_NAMES)
def says_test(code: str) -> bool:
    """Say whether a name in the code calls its rows test rows: `X_test`, `holdout_set`."""
    return _TEST.search(code) is not None


@lru_cache(maxsize=_NAMES)
def says_training(code: str) -> bool:
    """Say whether code or the text in it calls its rows training rows: `X_train`, "training"."""
    return _TRAINING.search(code) is not None
