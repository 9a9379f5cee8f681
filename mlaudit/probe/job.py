"""What is to be run, and what it may use up."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path

from mlaudit.model.frozen import frozen

MIB = 2**20


class Kind(StrEnum):
    """How a program is started."""

    SCRIPT = "script"
    NOTEBOOK = "notebook"
    MODULE = "module"


class ProbeError(Exception):
    """The probe cannot do its job; the message is one line that names the remedy."""


@frozen
class Limits:
    """What the program may use; None: as much as it likes.

    `processes` counts those alive at a time, `memory` bytes over all of them.  `steps` are
    optimizer steps after which training is stopped on purpose.
    """

    seconds: float = 600.0
    cpu_seconds: int | None = None
    memory: int | None = None
    processes: int | None = 256
    network: bool = False
    steps: int | None = None


@frozen
class Budget:
    """The memory that a training may take, and the card that has so much, if one was named."""

    size: int
    name: str


@frozen
class Job:
    """A program, its arguments, and the interpreter that runs it.

    `program` is the file that starts; `module` its dotted name where it is started by that.
    `track_memory` follows the tensors of torch, which slows small operations.  A card that is
    `simulated` holds no data.  The batches of loaders are `batches[0] / batches[1]` times as large
    as the program asks for.  `repeat` has it run twice more, once with
    `seed_shift` added to all seeds.
    """

    kind: Kind
    program: Path
    arguments: tuple[str, ...] = ()
    module: str = ""
    python: str = sys.executable
    limits: Limits = Limits()
    track_memory: bool = False
    simulated: Budget | None = None
    batches: tuple[int, int] | None = None
    repeat: bool = False
    seed_shift: int = 0

    @property
    def command(self) -> str:
        """How a person would start it."""
        started = f"-m {self.module}" if self.kind is Kind.MODULE else self.program.name
        return " ".join([started, *self.arguments])


def job_of(
    target: str,
    arguments: tuple[str, ...],
    *,
    module: bool,
    python: str | None,
    limits: Limits,
    track_memory: bool = False,
) -> Job:
    """Find the program that is meant.

    Raises `ProbeError` when there is none.
    """
    interpreter = _placed(python or sys.executable)
    if module:
        path = _module_file(target)
        return Job(Kind.MODULE, path, arguments, target, interpreter, limits, track_memory)
    path = Path(target)
    if not path.is_file():
        raise ProbeError(f"{target}: no such file (a module is run by -m)")
    suffix = path.suffix.lower()
    if suffix not in {".py", ".ipynb"}:
        raise ProbeError(f"{target}: neither a .py nor an .ipynb file")
    kind = Kind.NOTEBOOK if suffix == ".ipynb" else Kind.SCRIPT
    return Job(kind, path, arguments, "", interpreter, limits, track_memory)


def _placed(python: str) -> str:
    """Give the path of an interpreter from the root on: the program runs in another folder.

    Links stay as they are, as an environment is known by them; a mere name is looked up later.
    """
    return str(Path(python).expanduser().absolute()) if os.sep in python else python


def _module_file(name: str) -> Path:
    base = Path(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__main__.py"):
        for folder in (Path(), Path("src")):
            if (folder / path).is_file():
                return folder / path
    raise ProbeError(f"{name}: no such module below this folder or its src")
