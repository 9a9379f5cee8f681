"""Stand-ins for what Click and pathlib import of the standard library, and a review never uses.

With all that they import themselves, these modules would take a tenth of the time that a small
file takes.  Each is imported in name alone, with what is asked of it at once; it is loaded when
anything else of it is asked for.
"""

from __future__ import annotations

import sys
from _thread import _local
from typing import Any

from mlaudit.model.lazy import lazily


def imported() -> None:
    """Import Click and pathlib; what of the standard library they then have stays in name alone."""
    import urllib

    lent = [
        _lend("threading", local=_local),
        _lend("gettext", gettext=_untranslated, ngettext=_untranslated_number),
        _lend("uuid", UUID=type),  # for the type of a parameter, which no command has
        _lend("datetime", datetime=type),  # the same
        _lend("urllib.parse", urllib.__path__, quote_from_bytes=_quote_from_bytes),
    ]
    _lend("inspect", cleandoc=_cleandoc)

    import pathlib  # noqa: F401

    import click  # noqa: F401

    for module, given in lent:
        for name, value in given.items():
            if vars(module).get(name) is value:  # it has its own where it was loaded meanwhile
                delattr(module, name)


def _lend(name: str, path: Any = None, /, **given: Any) -> tuple[Any, dict[str, Any]]:
    """Import a module in name alone, with what is given; nothing is lent to one that is loaded."""
    module: Any = lazily(name, path)
    if module is None:
        return None, {}
    vars(module).update(given)
    return module, given


def _untranslated(message: str) -> str:
    """Leave a message of Click as it is: all others are English as well."""
    return message


def _untranslated_number(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


def _quote_from_bytes(*given: Any) -> str:
    from urllib.parse import quote_from_bytes

    return quote_from_bytes(*given)


def _cleandoc(text: str) -> str:
    """Tidy a line of help as `inspect` does, which is loaded for more than a line."""
    if "\n" not in text:
        return text.strip()
    module: Any = sys.modules["inspect"]
    if module.cleandoc is _cleandoc:
        del module.cleandoc
    tidied: str = module.cleandoc(text)
    return tidied
