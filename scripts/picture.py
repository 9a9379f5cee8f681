"""Draw what `mlaudit review` prints to a terminal as an SVG picture, for the README.

python scripts/picture.py docs/review.svg fixtures/projects/churn/neighbours.py
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 100
# Rich links its font from the network; a picture should need nothing but itself.
_LINKED_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw(target: Path, paths: list[str]) -> None:
    """Review the paths as on a terminal of WIDTH columns and write the output as SVG."""
    command = ["mlaudit", "review", *paths]
    run = subprocess.run(
        [sys.executable, "-m", *command, "--format", "text", "--color", "always"],
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": str(WIDTH), "TERM": "xterm-256color"},
    )
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(run.stdout.rstrip()))
    picture = console.export_svg(title=" ".join(command))
    target.write_text(_LINKED_FONTS.sub("", picture), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]), sys.argv[2:])
