"""The program that a configuration names for `mlaudit review --probe`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import Unable
from mlaudit.cli.units import Bytes, Seconds

if TYPE_CHECKING:
    from mlaudit.config.schema import Config, Probe
    from mlaudit.probe.job import Budget, Job


def configured(config: Config) -> tuple[Job, Budget | None]:
    """Give the program to run, and the memory that it may take where that is followed.

    Raises `Unable` for what the configuration must say otherwise.
    """
    from mlaudit.model.frozen import replace
    from mlaudit.probe.cards import budget
    from mlaudit.probe.job import Limits, ProbeError, job_of

    said = config.probe
    words = shlex.split(said.command)
    module = words[:1] == ["-m"]
    if len(words) <= module:
        raise Unable("--probe: no program is configured: set `command` in the table `probe`")
    target, *arguments = words[module:]
    limits = Limits(
        _amount(Seconds(), said, "timeout") or Limits().seconds,
        _whole(_amount(Seconds(), said, "cpu_time")),
        _whole(_amount(Bytes(), said, "memory")),
        said.processes,
        said.network,
        said.max_steps or None,
    )
    track = said.track_memory or bool(said.vram or said.gpu)
    try:
        job = job_of(
            target if module else _below(config, target),
            tuple(arguments),
            module=module,
            python=_below(config, said.python) if os.sep in said.python else said.python,
            limits=limits,
            track_memory=track,
        )
        size = _whole(_amount(Bytes(), said, "vram"))
        allowed = budget(size, said.gpu or None) if track else None
    except ProbeError as error:
        raise Unable(f"--probe: {error}") from None
    return replace(job, repeat=said.determinism), allowed


def _below(config: Config, target: str) -> str:
    """Give the path of a program, which is relative to the folder of the configuration."""
    path = Path(config.root, Path(target).expanduser())
    return os.path.relpath(path) if config.root else target


def _amount(kind: click.ParamType[Any], said: Probe, name: str) -> Any:
    text = getattr(said, name)
    if not text:
        return None
    try:
        return kind.convert(text, None, None)
    except click.BadParameter as error:
        raise Unable(f"probe.{name.replace('_', '-')}: {error.message}") from None


def _whole(amount: float | None) -> int | None:
    return None if amount is None else int(amount)
