"""Put the present review of the churn project into the README and draw its picture anew.

python scripts/readme.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- churn -->\n```text\n).*?(```\n<!-- /churn -->)", re.DOTALL)


def churn() -> str:
    """Review the project as the README tells people to, one line a finding."""
    command = ["-m", "mlaudit", "review", "fixtures/projects/churn", "--fail-on", "never"]
    run = subprocess.run(
        [sys.executable, *command, "--format", "concise"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def refreshed(text: str, review: str) -> str:
    """Put a review into the text between its marks."""
    return BLOCK.sub(lambda found: f"{found[1]}{review}{found[2]}", text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(refreshed(readme.read_text(encoding="utf-8"), churn()), encoding="utf-8")
    picture = [sys.executable, "scripts/picture.py", "docs/review.svg"]
    subprocess.run([*picture, "fixtures/projects/churn/neighbours.py"], cwd=ROOT, check=True)
