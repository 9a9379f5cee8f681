"""What can be configured; keys of a file are the field names with hyphens.

The classes are plain dataclasses, so that a start imports no pydantic.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from mlaudit.model import budgets
from mlaudit.model.finding import Confidence, Severity
from mlaudit.model.frozen import field, frozen, names_of


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that says where and why."""


class Profile(StrEnum):
    """How much is asked of the code; each profile adds rules to those of the one before."""

    EXPLORATION = "exploration"
    RESEARCH = "research"
    PRODUCTION = "production"


class FailOn(StrEnum):
    """The mildest verdict that makes `mlaudit review` exit with 1."""

    NEEDS_REWORK = "needs-rework"
    CONDITIONAL = "conditional"
    NEVER = "never"


def key_of(name: str) -> str:
    """Give the key under which a field stands in a file."""
    return name.replace("_", "-")


_AS_IN_FILES: dict[str, Any] = {"extra": "forbid", "alias_generator": key_of}


@frozen
class Probe:
    """What `mlaudit review --probe` runs, and within which limits.

    `command` is a program with its arguments as a shell would get them, or `-m` and a module.
    Times are such as `90s`, `5m` or `2h`, sizes such as `8GiB`; what is empty has the
    default of the command line, which is no limit but of time and processes.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _AS_IN_FILES

    command: str = ""
    python: str = ""
    timeout: str = "10m"
    cpu_time: str = ""
    memory: str = ""
    processes: int = 256
    max_steps: int = 0
    network: bool = False
    track_memory: bool = False
    vram: str = ""
    gpu: str = ""
    determinism: bool = False


@frozen
class Budgets(budgets.Budgets):
    """What a run of the program may need, lack and show."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _AS_IN_FILES


@frozen
class Settings:
    """What a configuration file may say.

    `select`, `ignore` and the keys of `severity` take codes (`LEAK001`), beginnings of codes
    (`LEAK`), names (`fit-before-split`), families (`leakage`) or `ALL`; without `select` the
    profile decides.  `exclude` and the keys of `per_file_ignores` are patterns as in a .gitignore;
    they and the paths `baseline` and `cache_dir` are relative to the folder of the file.
    With `baseline_strict`, entries of the baseline that are no longer found fail a review.
    `rework_confidence` is the least confidence with which an error invalidates the result.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _AS_IN_FILES

    profile: Profile = Profile.EXPLORATION
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    severity: dict[str, Severity] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    python_magics: tuple[str, ...] = ()
    rework_confidence: Confidence = Confidence.MEDIUM
    fail_on: FailOn = FailOn.NEEDS_REWORK
    keep_going: bool = False
    baseline: str = ""
    baseline_strict: bool = False
    cache: bool = True
    cache_dir: str = ".mlaudit_cache"
    probe: Probe = Probe()
    budgets: Budgets = Budgets()


@frozen
class Config(Settings):
    """The settings in force, the file they come from, and where each of them was written.

    `root` is the folder that patterns are relative to ("": the working directory).  `origins` maps
    `(key, entry)` to a line such as `pyproject.toml:12` or to an option such as `--ignore`; the
    entry is empty for a key that holds a single value.
    """

    file: str = ""
    root: str = ""
    origins: dict[tuple[str, str], str] = field(default_factory=dict)

    def origin(self, key: str, entry: str = "") -> str:
        """Say where a setting was written: a line of a file, an option, or "default"."""
        return self.origins.get((key, entry)) or self.origins.get((key, "")) or "default"


def keys() -> tuple[str, ...]:
    """All keys that a configuration file may hold."""
    return tuple(key_of(name) for name in names_of(Settings))


def schema() -> dict[str, Any]:
    """Give the JSON Schema of `mlaudit.toml` and of `[tool.mlaudit]`."""
    from pydantic import TypeAdapter

    return TypeAdapter(Settings).json_schema(by_alias=True)
