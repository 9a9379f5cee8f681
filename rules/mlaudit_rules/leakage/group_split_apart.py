"""LEAK012: rows of one person or thing stand on both sides of a split by chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fix,
    Grouped,
    Needs,
    Overlap,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Tier,
)
from mlaudit_rules.leakage.shuffled_time_series import shuffles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Module

UNITS = Pattern(
    r"(patient|subject|participant|person|individual|speaker|writer|driver|pupil|student|animal"
    r"|respondent|household)_?(id|no|nr|num|number|key|code)?"
    r"|(unit|engine|machine|device|sensor|customer|client|visitor|employee|tree|bird|dog|cow|pig)"
    r"_?(id|no|nr|num|number)",
    re.IGNORECASE,
)
ITERATED = Pattern(r"\bfor\b.+\bin\b.*(groupby|group|grp)|\.groups\b|reshape\(")
BY_GROUPS = Pattern(r"Group(K|Shuffle|TimeSeries)|GroupsOut|GroupOut|groups\s*=")


class GroupSplitApart(Rule):
    """Reports random splits of rows that the program groups by whom they belong to."""

    meta = RuleMeta(
        code="LEAK012",
        name="group-split-apart",
        family="leakage",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Split by groups, with GroupShuffleSplit or GroupKFold.",
        impact="The model may recognise whom a row belongs to instead of what it tells.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(trace=("Grouped",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge splits by chance of rows that are grouped elsewhere in the program."""
        groupings = [
            (event, name)
            for event in module.trace.of(Grouped)
            for name in event.by
            if UNITS.fullmatch(name)
        ]
        text = module.document.text
        if not groupings or BY_GROUPS.search(text) or ITERATED.search(text):
            return  # what is made of each group may be what is split
        seen: set[str] = set()
        for split in module.trace.of(Split):
            if not shuffles(split):
                continue
            for grouping, name in groupings:
                if name not in seen and grouping.rows.overlap(split.rows) is Overlap.MUST:
                    seen.add(name)
                    yield self._judge(split, grouping, name)

    def _judge(self, split: Split, grouping: Grouped, name: str) -> Finding:
        return self.report(
            split.place,
            f"`{split.function}` deals rows out one by one, although several rows share one "
            f"`{name}` (they are grouped by it): rows of one stand on both sides",
            evidence=[("grouped here", grouping.place), ("split here", split.place)],
            conditional=split.conditional,
            fix=Fix(f"Use GroupShuffleSplit or GroupKFold with groups=…[{name!r}]."),
        )
