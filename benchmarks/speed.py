"""Speed and memory as ratios: `python benchmarks/speed.py`.

Every command runs once in each round, one after the other, so that a slow moment of the machine
meets them all; the table compares medians.  Without --tree the code is made from the fixtures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import corpus
from benchmarks.table import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

YARDSTICK = """
import ast, json, os, sys
def texts(path):
    with open(path, "rb") as file:
        text = file.read()
    if path.endswith(".py"):
        return [text]
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError):
        return []
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith((".py", ".ipynb")):
            for text in texts(os.path.join(folder, name)):
                try:
                    ast.parse(text)
                except (SyntaxError, ValueError):
                    pass
"""

LARGE = 4  # times the tree, for what saves more than it costs only with much to do

# A process is counted at least the memory of the one that starts it, so a small one starts it.
LAUNCHER = """
import os, sys, time
nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=nowhere)
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - start
cpu = used.ru_utime + used.ru_stime
print(os.waitstatus_to_exitcode(status), wall, cpu, used.ru_maxrss * 1024)
"""


@dataclass(frozen=True)
class Usage:
    """What one process took: seconds by the clock, seconds of CPU, peak resident bytes."""

    wall: float
    cpu: float
    peak: float

    @staticmethod
    def middle(usages: Sequence[Usage]) -> Usage:
        """Take the median of each quantity."""
        return Usage(
            median(usage.wall for usage in usages),
            median(usage.cpu for usage in usages),
            median(usage.peak for usage in usages),
        )


@dataclass(frozen=True)
class Row:
    """A line of the table: what is compared, the goal for the ratio, and the ratio."""

    what: str
    yardstick: str
    goal: float
    measured: float
    taken: str

    def cells(self) -> tuple[str, ...]:
        """Give the cells of the line."""
        met = "met" if self.measured <= self.goal else "over"
        ratios = (f"{self.goal:.3g} x", f"{self.measured:.3g} x", met)
        return (self.what, self.yardstick, self.taken, *ratios)


def measure(command: Sequence[str]) -> Usage:
    """Run a command to its end; its output is thrown away.  What fails ends the benchmark."""
    # An installed package is compiled; a checkout is too, unless the environment forbids it.
    environment = {key: os.environ[key] for key in os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}}
    launcher = [sys.executable, "-ISc", LAUNCHER, *command]
    done = subprocess.run(launcher, env=environment, check=True, capture_output=True, text=True)
    status, wall, cpu, peak = map(float, done.stdout.split())
    if status:
        sys.exit(f"exit code {status:.0f}: {' '.join(command)[:200]}\n{done.stderr}")
    return Usage(wall, cpu, peak)


@dataclass(frozen=True)
class Corpus:
    """The code to measure on; the parts that a real folder has no answer to are None."""

    small: Path
    tree: Path
    large: Path
    cache: Path
    notebooks: Path | None = None
    short: Path | None = None
    long: Path | None = None


def make_corpus(folder: Path, lines: int, tree: Path | None) -> Corpus:
    """Write the code to measure on; `tree` is a folder of real code to take instead."""
    small = folder / "small.py"
    small.write_text(corpus.CLEAN, encoding="utf-8")
    if tree is not None:
        return Corpus(small, tree, tree, folder / "cache")
    return Corpus(
        small,
        corpus.write_scripts(folder / "scripts", lines),
        corpus.write_scripts(folder / "large", LARGE * lines),
        folder / "cache",
        corpus.write_notebooks(folder / "notebooks", lines // 2),
        corpus.write_long(folder / "short.py", lines // 20),
        corpus.write_long(folder / "long.py", lines // 20, times=10),
    )


def reviewing(path: Path, python: Path, *, jobs: int = 1, cache: Path | None = None) -> list[str]:
    """Give the command that reviews a path, by default in one process and from nothing."""
    program = str(python.with_name("mlaudit"))
    options = ["--no-config", "--keep-going", "--fail-on", "never", "--format", "concise"]
    memory = ["--no-cache"] if cache is None else ["--cache-dir", str(cache)]
    return [program, "review", str(path), *options, *memory, "--jobs", str(jobs)]


def commands(made: Corpus, given: argparse.Namespace) -> dict[str, list[str]]:
    """Name every command that is measured."""
    python = Path(sys.executable)
    parsing = [sys.executable, "-c", YARDSTICK]
    table = {
        "pass": [sys.executable, "-c", "pass"],
        "small": reviewing(made.small, python),
        "parse tree": [*parsing, str(made.tree)],
        "tree": reviewing(made.tree, python),
        "large tree": reviewing(made.large, python),
        "large, two processes": reviewing(made.large, python, jobs=2),
        # The first round, which is not counted, fills the caches.
        "small again": reviewing(made.small, python, cache=made.cache / "small"),
        "large again": reviewing(made.large, python, cache=made.cache / "large"),
    }
    if made.notebooks and made.short and made.long:
        table["parse notebooks"] = [*parsing, str(made.notebooks)]
        table["notebooks"] = reviewing(made.notebooks, python)
        table["short"] = reviewing(made.short, python)
        table["long"] = reviewing(made.long, python)
    if given.clean_python:
        table["clean tree"] = reviewing(made.tree, given.clean_python)
    if given.pylint:
        pylint = [str(given.clean_python or python), "-m", "pylint", "--exit-zero"]
        table["pylint"] = [*pylint, "--recursive=y", str(made.tree)]
    return table


def interleaved(table: dict[str, list[str]], rounds: int) -> dict[str, Usage]:
    """Run every command once in each round, after one round that only warms the disk cache."""
    usages: dict[str, list[Usage]] = defaultdict(list)
    for turn in range(rounds + 1):
        for name, command in table.items():
            if name == "pylint" and turn > 1:
                continue
            usage = measure(command)
            if turn:
                usages[name].append(usage)
    return {name: Usage.middle(each) for name, each in usages.items()}


def rows(used: dict[str, Usage]) -> Iterator[Row]:
    """Compare what was measured."""
    parse, tree = used["parse tree"], used["tree"]
    wall, cpu, peak = "time", "CPU time", "peak memory"
    small = used["small"].wall / used["pass"].wall
    again = used["small again"].wall / used["pass"].wall
    yield Row("one small clean file, whole process", "python -c pass", 6, small, wall)
    yield Row("the same file, remembered", "python -c pass", 6, again, wall)
    yield Row("a tree, one process", "ast.parse loop", 6, tree.cpu / parse.cpu, cpu)
    yield Row("the same tree", "ast.parse loop", 3, tree.peak / parse.peak, peak)
    large = used["large tree"]
    remembered = used["large again"].cpu / large.cpu
    yield Row("a large tree, remembered", "its first review", 0.1, remembered, cpu)
    two = used["large, two processes"].wall / large.wall
    yield Row("a large tree, two processes", "one process", 0.65, two, wall)
    if "notebooks" in used:
        ratio = used["notebooks"].cpu / used["parse notebooks"].cpu
        yield Row("notebooks, one process", "json + ast.parse loop", 6, ratio, cpu)
        start = used["small"].cpu
        ratio = (used["long"].cpu - start) / max(used["short"].cpu - start, 0.001)
        yield Row("ten times the code in one file, less start-up", "the code once", 12, ratio, cpu)
    if "clean tree" in used:
        ratio = tree.cpu / used["clean tree"].cpu
        yield Row("ML libraries importable", "the same without them", 1.1, ratio, cpu)
    if "pylint" in used:
        yield Row("the same tree", "pylint", 1 / 20, tree.cpu / used["pylint"].cpu, cpu)


def show_usage(used: dict[str, Usage]) -> None:
    """Print the medians that the ratios are made of."""
    lines = (
        (name, f"{each.wall:.3f} s", f"{each.cpu:.3f} s", f"{each.peak / 2**20:.0f} MiB")
        for name, each in used.items()
    )
    show(("command", "time", "CPU time", "peak memory"), lines)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Speed and memory of mlaudit as ratios.")
    parser.add_argument("--tree", type=Path, help="measure on this folder of real code")
    parser.add_argument("--lines", type=int, default=20_000, help="size of the made tree")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pylint", action="store_true", help="compare with pylint (slow, once)")
    parser.add_argument(
        "--clean-python",
        type=Path,
        metavar="PYTHON",
        help="the Python of an environment with mlaudit (and pylint) but no ML library",
    )
    return parser.parse_args()


def main() -> int:
    """Measure, and print the goals beside what was measured."""
    given = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        made = make_corpus(Path(folder), given.lines, given.tree)
        used = interleaved(commands(made, given), given.rounds)
    show(("", "against", "in", "goal", "measured", ""), [row.cells() for row in rows(used)])
    print()
    show_usage(used)
    return 0


if __name__ == "__main__":
    sys.exit(main())
