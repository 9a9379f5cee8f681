"""What the examination of one file leaves, and what it must know of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlaudit.engine.advice import Remedy
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.project import Asked


@frozen
class Known:
    """What must be known of the rules where none of them runs.

    `codes` are those that are on, `remedies` those of all rules by code, and `libraries` those of
    machine learning.
    """

    codes: list[str]
    remedies: Mapping[str, Remedy]
    libraries: frozenset[str]


@record
class Examination:
    """An outcome, what its file held, and what was asked about other files of the project.

    `content` identifies the bytes that were read; None for what is no file or cannot be opened.
    """

    outcome: Outcome
    content: str | None
    asked: Asked
