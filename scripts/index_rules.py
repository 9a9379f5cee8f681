"""Write what is fixed about every rule into one module: `python scripts/index_rules.py`.

A start of the program then imports only the rules that are on.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import mlaudit_rules
from mlaudit.rulekit.registry import INDEX, facts_of, modules

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "rules" / "mlaudit_rules" / f"{INDEX}.py"
HEAD = '''"""What is fixed about the rules of each module, as scripts/index_rules.py wrote it."""

MODULES: dict[str, list[dict[str, object]]] = '''


def written() -> str:
    """Write the module, a line for each rule; enumerations are written as their values."""
    lines = []
    for name in modules(mlaudit_rules.__name__, mlaudit_rules.__path__):
        rules = ", ".join(_plain(facts) for facts in facts_of(name))
        lines.append(f"    {name!r}: [{rules}],")
    return "\n".join([HEAD + "{", *lines, "}", ""])


def _plain(facts: dict[str, Any]) -> str:
    return repr({**facts, "meta": {key: str(value) for key, value in facts["meta"].items()}})


def main() -> None:
    """Write the module anew."""
    TARGET.write_text(written(), encoding="utf-8")
    print(TARGET.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
