"""How often rules were right on code that nobody here wrote, as their packs state it.

A pack says so in `measured.json`: for each code the findings judged true, false and debatable.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

from mlaudit.model.frozen import frozen
from mlaudit.rulekit.registry import packs

TABLE = "measured.json"


@frozen
class Measured:
    """Findings of a rule that were read one by one; debatable ones count neither way."""

    true: int
    false: int
    debatable: int = 0

    @property
    def judged(self) -> int:
        """Count the findings that were true or false."""
        return self.true + self.false

    def __str__(self) -> str:
        """Say the precision, with its interval."""
        if not self.judged:
            return f"{self.debatable} findings judged, all debatable"
        low, high = wilson(self.true, self.judged)
        share = f"{100 * self.true / self.judged:.0f} %"
        bounds = f"95 % interval {100 * low:.0f} to {100 * high:.0f} %"
        return f"{self.true} of {self.judged} findings true, {share} ({bounds})"


@cache
def measured() -> dict[str, Measured]:
    """Read the figures of all rule packs by code."""
    import json

    found = {}
    for pack in packs():
        for folder in pack.__path__:
            table = Path(folder) / TABLE
            if table.is_file():
                figures = json.loads(table.read_text(encoding="utf-8"))
                found.update({code: Measured(**each) for code, each in figures.items()})
    return found


def wilson(true: int, judged: int, z: float = 1.96) -> tuple[float, float]:
    """Bound a share by Wilson's score interval (1927), 95 % unless told; `judged` is above 0."""
    centre = (true + z * z / 2) / (judged + z * z)
    reach = z / (judged + z * z) * math.sqrt(true * (judged - true) / judged + z * z / 4)
    return max(0.0, centre - reach), min(1.0, centre + reach)
