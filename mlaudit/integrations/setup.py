"""What a repository needs so that mlaudit runs in it: configuration, hook and workflow."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOKS = Path(".pre-commit-config.yaml")
WORKFLOW = Path(".github/workflows/mlaudit.yml")
OWN, SHARED = Path("mlaudit.toml"), Path("pyproject.toml")


class State(StrEnum):
    """What became of a file."""

    WRITTEN = "written"
    EXTENDED = "extended"
    KEPT = "left as it is"


@frozen
class Step:
    """One file, what became of it, and what is left to do by hand."""

    path: Path
    state: State
    advice: str = ""


def set_up(folder: Path, profile: str, baseline: str = "") -> Iterator[Step]:
    """Write what is missing, file by file.

    Nothing that exists is changed, except that a pyproject.toml gets a table at its end.
    Raises OSError when a file cannot be read or written.
    """
    yield _configuration(folder, profile, baseline)
    yield _hook(folder)
    yield _workflow(folder)


def _configuration(folder: Path, profile: str, baseline: str) -> Step:
    settings = f'profile = "{profile}"\n' + (f'baseline = "{baseline}"\n' if baseline else "")
    if (folder / OWN).exists():
        return Step(OWN, State.KEPT, _by_hand(baseline))
    shared = folder / SHARED
    if not shared.exists():
        _write(folder / OWN, settings)
        return Step(OWN, State.WRITTEN)
    text = shared.read_text(encoding="utf-8")
    if "[tool.mlaudit" in text:
        return Step(SHARED, State.KEPT, _by_hand(baseline))
    ending = "" if not text or text.endswith("\n") else "\n"
    _write(shared, f"{text}{ending}\n[tool.mlaudit]\n{settings}")
    return Step(SHARED, State.EXTENDED)


def _by_hand(baseline: str) -> str:
    return f'put baseline = "{baseline}" into it' if baseline else ""


def _hook(folder: Path) -> Step:
    if not (folder / HOOKS).exists():
        _write(folder / HOOKS, _template("pre-commit.yaml"))
        return Step(HOOKS, State.WRITTEN)
    if "mlaudit" in (folder / HOOKS).read_text(encoding="utf-8", errors="replace"):
        return Step(HOOKS, State.KEPT)
    entry = _template("pre-commit.yaml").split("\n", 1)[1].rstrip()
    return Step(HOOKS, State.KEPT, f"add to its `repos:`\n{entry}")


def _workflow(folder: Path) -> Step:
    if (folder / WORKFLOW).exists():
        return Step(WORKFLOW, State.KEPT)
    (folder / WORKFLOW).parent.mkdir(parents=True, exist_ok=True)
    _write(folder / WORKFLOW, _template("workflow.yml"))
    return Step(WORKFLOW, State.WRITTEN)


def _template(name: str) -> str:
    templates = resources.files("mlaudit.integrations") / "templates"
    return (templates / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
