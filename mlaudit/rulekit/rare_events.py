"""Names of events that are rare: wherever they are predicted (fraud), or in some data (churn)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Pattern, Words
from mlaudit.trace.events import Fit, Load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit.module import Module

RARE = Pattern(
    r"fraud|bankrupt|intrusion|delinquen|(credit|loan|card)[ _-]?default|"
    r"default[ _.-]?(next|pay|loan|credit)",
    re.IGNORECASE,
)
SPEAKING_OF_RARE = Words(
    *("fraud", "churn", "attrition", "bankrupt", "intrusion", "delinquen", "default", "stroke"),
    *("anomal", "failure", "defect", "toxic", "spam", "claim", "conversion", "click", "readmi"),
    any_case=True,
)
PERHAPS_RARE = Pattern(
    r"churn|attrition|stroke|anomal|failure|defect|toxic|spam|claim|conversion|click|readmi|"
    r"default",
    re.IGNORECASE,
)
_EVENT = Pattern(rf"(is_?)?({RARE.text}|{PERHAPS_RARE.text})(ed|s)?", re.IGNORECASE)
_QUERY = Pattern(r"(?is)^\s*(select|with)\b.+\bfrom\b")  # which names many a column


def named(module: Module) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    """Find names of rare events: of the target, of the data, in the title.

    Give what was seen, whether the event surely is rare, and all targets of such a name.
    """
    targets = [*dict.fromkeys(fit.target for fit in module.trace.of(Fit) if fit.target)]
    texts = [*map(of_target, targets), *_of_data(module)]
    first = next((cell for cell in module.document.cells if cell.kind == "markdown"), None)
    title = first.source.strip().partition("\n")[0].lstrip("# ") if first else ""
    if title:
        texts.append(f"the title is {title[:60]!r}")
    texts = [text for text in dict.fromkeys(texts) if SPEAKING_OF_RARE.stand_in(text)]
    for pattern, surely in ((RARE, True), (PERHAPS_RARE, False)):
        found = next((text for text in texts if pattern.search(text)), None)
        if found is not None:
            rare = tuple(name for name in targets if pattern.search(of_target(name)))
            yield found, surely, rare
            return


def of_target(column: str) -> str:
    """Say of a column that it is the target."""
    return f"the target is {column!r}"


def _of_data(module: Module) -> Iterator[str]:
    """Say where data come from, if the source may tell how rare their target is."""
    for load in module.trace.of(Load):
        fixed = load.source.endswith("()")  # the data sets of a library have fixed balances
        if not fixed and not _QUERY.search(load.source) and not _tells_another(module):
            yield f"the data are {load.source!r}"


def _tells_another(module: Module) -> bool:
    """Say whether what models learn to tell is surely none of the rare events, which are features.

    So of `table[["amount", "fraud"]]` with the target `table["shop"]`, be it of `fraud.csv`.
    """
    fits = [fit for fit in module.trace.of(Fit) if fit.target is not None]
    if not fits or any(_is_event(fit.target or "") for fit in fits):
        return False
    return all(fit.features and any(map(_is_event, fit.features.kept or ())) for fit in fits)


def _is_event(column: str) -> bool:
    """Say whether a column is named for a rare event and nothing else: `fraud`, `is_fraud`."""
    return _EVENT.fullmatch(column) is not None
