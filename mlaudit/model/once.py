"""Attributes that are worked out when they are first asked for."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    once = cached_property
elif sys.version_info >= (3, 12):
    once = cached_property
else:

    class once:  # noqa: N801, it stands for a function
        """Do what `cached_property` does without its lock, which takes longer than most answers."""

        def __init__(self, work_out: Callable[[Any], Any]):
            self.work_out = work_out
            self.__doc__ = work_out.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            answer = instance.__dict__[self.name] = self.work_out(instance)
            return answer
