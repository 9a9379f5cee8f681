"""How functions that seed are called, and the generators that there are."""

from __future__ import annotations

import re

from mlaudit.rulekit import Pattern

ALL = ("python", "numpy", "torch", "tensorflow")
HELPER = Pattern(
    r"(set|fix|init|setup|initiali[sz]e|reset|apply|configure|control|lock|seed)\w*seed\w*"
    r"|seed_?(all|everything|torch|everywhere|basic)\w*"
    r"|\w*(determinis|reproducib)\w*",
    re.IGNORECASE,
)
