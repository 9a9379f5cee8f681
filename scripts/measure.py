"""Put what commands print today into the documents that show it.

python scripts/measure.py [--labelled DIR] [--leaks CHECKOUT] [--mutations] [--comment]

Always: the README's reviews of the churn project and their picture, the tables of docs/accuracy.md
that need nothing but this repository, and the figures that `mlaudit explain` shows.  DIR is a
folder of labelled code with its labels.csv, CHECKOUT a clone of malusamayo/leakage-analysis.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README, ACCURACY = ROOT / "README.md", ROOT / "docs" / "accuracy.md"
CHURN = ["-m", "mlaudit", "review", "fixtures/projects/churn", "--fail-on", "never"]
DIFF = [*CHURN, "--diff"]
CHURN += ["--format", "concise"]
OWN = {
    README: {
        "churn": CHURN,
        "diff": DIFF,
        "hook": ["scripts/tour.py", "hook"],
        "gate": ["scripts/tour.py", "gate"],
    },
    ACCURACY: {"judged": ["-m", "benchmarks.judged"], "idioms": ["-m", "benchmarks.idioms"]},
}


def shown(command: list[str]) -> str:
    """Run a Python command at the top of the repository and give what it prints."""
    run = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return run.stdout


def refreshed(text: str, name: str, printed: str) -> str:
    """Put an output into the text between its marks; raises ValueError if there are none."""
    block = re.compile(rf"(<!-- {name} -->\n```text\n).*?(```\n<!-- /{name} -->)", re.DOTALL)
    text, count = block.subn(lambda found: f"{found[1]}{printed}{found[2]}", text)
    if count != 1:
        raise ValueError(f"{count} places are marked <!-- {name} -->")
    return text


def refresh(document: Path, blocks: dict[str, list[str]]) -> None:
    """Put the outputs of commands into a document."""
    text = document.read_text(encoding="utf-8")
    for name, command in blocks.items():
        text = refreshed(text, name, shown(command))
    document.write_text(text, encoding="utf-8")


def asked(given: argparse.Namespace) -> dict[str, list[str]]:
    """Name the commands for the blocks of docs/accuracy.md that need more than the repository."""
    blocks: dict[str, list[str]] = {}
    if given.labelled:
        labels = [str(given.labelled), str(given.labelled / "labels.csv"), "--evidence"]
        blocks["labelled"] = ["-m", "benchmarks.accuracy", *labels]
    if given.leaks:
        blocks["leaks"] = ["-m", "benchmarks.leaks", str(given.leaks)]
    if given.mutations:
        blocks["mutations"] = ["-m", "benchmarks.mutations"]
    return blocks


def main() -> None:
    """Refresh the documents."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--labelled", type=Path, metavar="DIR")
    parser.add_argument("--leaks", type=Path, metavar="CHECKOUT")
    parser.add_argument("--mutations", action="store_true", help="takes minutes")
    parser.add_argument("--comment", action="store_true", help="draw docs/comment.png in Chromium")
    given = parser.parse_args()
    for document, blocks in OWN.items():
        refresh(document, blocks)
    refresh(ACCURACY, asked(given))
    figures = ROOT / "rules" / "mlaudit_rules" / "measured.json"
    figures.write_text(shown(["-m", "benchmarks.judged", "--json"]), encoding="utf-8")
    picture = ["scripts/picture.py", "docs/review.svg", "fixtures/projects/churn/neighbours.py"]
    shown(picture)
    if given.comment:
        shown(["scripts/tour.py", "comment", "docs/comment.png"])


if __name__ == "__main__":
    main()
