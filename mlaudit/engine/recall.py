"""Outcomes of earlier runs, as long as all that they rest upon is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.engine.cache import Cache
from mlaudit.engine.digest import digest, digest_of
from mlaudit.engine.encoding import decode, encode
from mlaudit.engine.examination import Examination, Known
from mlaudit.engine.foundation import foundation
from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.project import ProjectFiles


@frozen
class Worth:
    """What is gained by the remedy of a rule, and what it takes."""

    impact: str
    effort: str


class Recall:
    """Remembers for one configuration."""

    def __init__(self, folder: str, config: Config):
        self._cache = Cache(folder)
        self._foundation = foundation(config, self._cache)

    def known(self) -> Known | None:
        """Give what is remembered of the rules."""
        try:
            codes, remedies, libraries = decode(self._cache.get(self._foundation) or "")
        except (ValueError, TypeError, KeyError):
            return None
        worth = {code: Worth(*each) for code, each in remedies.items()}
        return Known(codes, worth, frozenset(libraries))

    def keep_known(self, known: Known) -> None:
        """Remember what must be known of the rules."""
        remedies = {code: [each.impact, each.effort] for code, each in known.remedies.items()}
        text = encode([known.codes, remedies, sorted(known.libraries)])
        self._cache.keep(self._foundation, text)

    def outcome(self, item: Input, project: ProjectFiles, *, details: bool) -> Outcome | None:
        """Give the outcome of a file, if it is remembered, with details if wanted, and holds."""
        content = digest_of(item.path)
        text = self._cache.get(self._key(item, content)) if content is not None else None
        if text is None:
            return None
        try:
            asked, outcome = decode(text)
            told: Outcome = outcome
            lacking = details and told.description.brief
            return told if not lacking and project.agrees(asked) else None
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    def keep(self, item: Input, done: Examination) -> None:
        """Remember an outcome; not one with failures, which may have had a passing cause."""
        if done.content is not None and not done.outcome.failures:
            key = self._key(item, done.content)
            self._cache.keep(key, encode([done.asked, done.outcome]))

    def close(self) -> None:
        """Tidy up."""
        self._cache.close()

    def _key(self, item: Input, content: str | None) -> str:
        parts = (self._foundation, str(item.path.absolute()), item.shown, content)
        return digest(repr(parts).encode("utf-8", "surrogatepass"))
