"""Amounts with units on the command line: times and sizes."""

from __future__ import annotations

import re
from typing import Any

import click

_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}
_BYTES = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|)", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b?)", re.IGNORECASE)


class Seconds(click.ParamType[float]):
    """A time such as `90`, `90s`, `10m` or `2h`, in seconds."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it; a number stays as it is."""
        if isinstance(value, int | float):
            return float(value)
        match = _TIME.fullmatch(str(value).strip())
        if match is None or not float(match[1]):
            self.fail(f"{value!r} is not a time such as 90s, 10m or 2h", param, ctx)
        return float(match[1]) * _SECONDS[match[2].lower()]


class Bytes(click.ParamType[int]):
    """A size such as `800MiB` or `11GiB`, in bytes; units are powers of 1024."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it; a number stays as it is."""
        if isinstance(value, int):
            return value
        match = _SIZE.fullmatch(str(value).strip())
        if match is None or not float(match[1]):
            self.fail(f"{value!r} is not a size such as 800MiB or 11GiB", param, ctx)
        return int(float(match[1]) * _BYTES[(match[2] or "").lower()])
