"""Scaffold a rule: `python scripts/new_rule.py LEAK099 scaled-before-split leakage`.

Writes the module, its page, and a bad and a clean fixture; touches nothing that exists.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = re.compile(r"[A-Z]{2,5}\d{3}")
TAKEN = re.compile(r'code="([A-Z]+\d{3})"')
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")

MODULE = '''"""{code}: say in one line what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, {subject_class}


class {class_name}(Rule):
    """Reports what, where."""

    meta = RuleMeta(
        code="{code}",
        name="{name}",
        family="{family}",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Say the remedy in one sentence.",
        impact="Say in one sentence what the problem does to the result.",
    )

    def check_{subject}(self, {subject}: {subject_class}) -> Iterable[Finding]:
        """Judge one {subject}."""
        return ()
'''

PAGE = """# {code} {name}

## What it finds

## Why it matters

## Bad

```python bad
```

## Good

```python good
```

## When it is fine

## Limits

## References
"""

BAD = """\"\"\"The smallest program that has the problem.\"\"\"

raise NotImplementedError  # expect: {code}
"""

CLEAN = """\"\"\"The same program, one edit away, without the problem.\"\"\"
"""


class RefusedError(Exception):
    """The rule cannot be scaffolded; the message says why."""


@dataclass(frozen=True)
class Scaffold:
    """A rule to be: its code, its name in kebab case, its family's folder, and what it reads."""

    root: Path
    code: str
    name: str
    family: str
    subject: str

    @property
    def stem(self) -> str:
        """The file name that module and page share."""
        return self.name.replace("-", "_")

    @property
    def rules(self) -> Path:
        """The folder of the rule families."""
        return self.root / "rules" / "mlaudit_rules"

    def check(self) -> None:
        """Raise RefusedError when the code, the name or the family cannot be used."""
        if not CODE.fullmatch(self.code):
            raise RefusedError(f"{self.code} is not a code: two to five capitals and three digits")
        if not NAME.fullmatch(self.name):
            raise RefusedError(f"{self.name} is not a name: words in lower case joined by '-'")
        families = sorted(init.parent.name for init in self.rules.glob("*/__init__.py"))
        if self.family not in families:
            raise RefusedError(f"no family {self.family}; there are: {', '.join(families)}")
        for module in sorted(self.rules.glob("*/*.py")):
            self._check_against(module)
        prefixes = {code[:-3] for code in self._codes()}
        if prefixes and self.code[:-3] not in prefixes:
            raise RefusedError(f"codes of {self.family} begin with {' or '.join(sorted(prefixes))}")

    def _check_against(self, module: Path) -> None:
        text = module.read_text(encoding="utf-8")
        if f'code="{self.code}"' in text:
            raise RefusedError(f"{self.code} is taken by {module.relative_to(self.root)}")
        if module.stem == self.stem or f'name="{self.name}"' in text:
            raise RefusedError(f"{self.name} is taken by {module.relative_to(self.root)}")

    def _codes(self) -> list[str]:
        modules = (self.rules / self.family).glob("*.py")
        texts = (module.read_text(encoding="utf-8") for module in modules)
        return [code for text in texts for code in TAKEN.findall(text)]

    def files(self) -> dict[Path, str]:
        """Give the content of every file of the scaffold."""
        words = {
            "code": self.code,
            "name": self.name,
            "family": self.family,
            "class_name": "".join(word.title() for word in self.name.split("-")),
            "subject": self.subject,
            "subject_class": self.subject.title(),
        }
        fixtures = self.root / "fixtures" / self.family / self.stem
        return {
            self.rules / self.family / f"{self.stem}.py": MODULE.format(**words),
            self.rules / self.family / f"{self.stem}.md": PAGE.format(**words),
            fixtures / "bad.py": BAD.format(**words),
            fixtures / "clean.py": CLEAN.format(**words),
        }


def write(files: dict[Path, str]) -> None:
    """Write new files; raises RefusedError when one exists, before anything is written."""
    for path in files:
        if path.exists():
            raise RefusedError(f"{path} exists")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def next_steps(scaffold: Scaffold, files: dict[Path, str]) -> str:
    """Say what is left to do, in order."""
    module, page, bad, clean = (path.relative_to(scaffold.root) for path in files)
    return f"""\
Next:
1. {bad}: the smallest program with the problem, `# expect: {scaffold.code}` on its line;
   {clean}: the same program, one edit away, without it.
2. {page}: fill every heading; its bad and good blocks are run by the tests.
3. {module}: the check, the metadata, the message.
4. pytest tests/rules -k {scaffold.code}
5. mlaudit review on code that you did not write: is every finding of {scaffold.code} true?"""


def parse(arguments: list[str] | None) -> Scaffold:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Scaffold a rule.")
    parser.add_argument("code", help="next free code of the family, e.g. LEAK099")
    parser.add_argument("name", help="the problem, in kebab case, e.g. fit-before-split")
    parser.add_argument("family", help="a folder of rules/mlaudit_rules, e.g. leakage")
    parser.add_argument("--reads", choices=["trace", "module", "profile"], default="trace")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    return Scaffold(given.root, given.code, given.name, given.family, given.reads)


def main(arguments: list[str] | None = None) -> int:
    """Scaffold the rule that the command line names; 2 when it is refused."""
    scaffold = parse(arguments)
    try:
        scaffold.check()
        files = scaffold.files()
        write(files)
    except RefusedError as refusal:
        print(f"new_rule: {refusal}", file=sys.stderr)
        return 2
    print(next_steps(scaffold, files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
