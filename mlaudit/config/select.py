"""Which rules are on, and which line of the configuration decided it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit.config.load import nearest
from mlaudit.config.schema import Config, ConfigError, Profile
from mlaudit.model.frozen import field, frozen, record
from mlaudit.rulekit.rule import RuleMeta, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pathspec import GitIgnoreSpec

    from mlaudit.model.finding import Finding, Severity
    from mlaudit.rulekit.registry import Registered

_TIERS = {
    Profile.EXPLORATION: {Tier.DEFAULT},
    Profile.RESEARCH: {Tier.DEFAULT, Tier.RESEARCH},
    Profile.PRODUCTION: {Tier.DEFAULT, Tier.RESEARCH, Tier.PRODUCTION},
}
_ONE_RULE = 100


@frozen
class Decision:
    """Whether a rule is on, and why, naming the line of configuration that decided."""

    enabled: bool
    reason: str


@frozen
class _Match:
    """An entry that applies to a rule; the greater `specificity` and then `ignores` wins."""

    specificity: int
    ignores: bool
    key: str
    entry: str

    @property
    def rank(self) -> tuple[int, bool, str, str]:
        """By what the entries that apply are compared."""
        return self.specificity, self.ignores, self.key, self.entry


@record
class Selection:
    """The answers for one configuration and one set of rules."""

    __slots__ = ("__dict__",)  # where cached properties are kept

    config: Config
    rules: Mapping[str, RuleMeta]
    _ignored: dict[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config, rules: Mapping[str, Registered]) -> Selection:
        """Prepare the answers; raises ConfigError for an entry that no rule answers to."""
        selection = cls(config, {code: known.meta for code, known in rules.items()})
        for key, entry in selection._entries():
            selection._refuse_unknown(key, entry)
        return selection

    def enabled(self, code: str) -> bool:
        """Say whether the rule is on."""
        return self.decision(code).enabled

    def decision(self, code: str) -> Decision:
        """Say whether the rule is on and what decided; raises KeyError for an unknown code."""
        meta = self.rules[code]
        best = max(self._matches(meta), key=lambda match: match.rank, default=None)
        in_profile = meta.tier in _TIERS[self.config.profile]
        if best is None and self.config.select:
            return Decision(False, f"{self._where('select')}no entry of select names it")
        if best is None:
            return self._by_profile(meta, in_profile)
        line = self._line(best.key, best.entry)
        if best.ignores:
            return Decision(False, line)
        if best.specificity < _ONE_RULE and not in_profile:
            return Decision(False, f"{line} covers it, but {self._by_profile(meta, False).reason}")
        return Decision(True, line)

    def ignored(self, path: str, code: str) -> bool:
        """Say whether `per-file-ignores` turns the rule off for one file."""
        if not self.config.per_file_ignores:
            return False
        key = (path, code)
        if key not in self._ignored:
            self._ignored[key] = any(
                specs.match_file(self._relative(path))
                for specs, entries in self._patterns
                if any(specificity(entry, self.rules[code]) is not None for entry in entries)
            )
        return self._ignored[key]

    def severity(self, finding: Finding) -> Severity:
        """Give the configured severity of a finding, or else its own."""
        meta = self.rules.get(finding.code)
        if not self.config.severity or meta is None:
            return finding.severity
        fitting = [
            (grade, wanted)
            for entry, wanted in self.config.severity.items()
            if (grade := specificity(entry, meta)) is not None
        ]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else finding.severity

    def _matches(self, meta: RuleMeta) -> Iterator[_Match]:
        lists = (
            ("select", self.config.select),
            ("extend-select", self.config.extend_select),
            ("ignore", self.config.ignore),
        )
        for key, entries in lists:
            for entry in entries:
                grade = specificity(entry, meta)
                if grade is not None:
                    yield _Match(grade, key == "ignore", key, entry)

    def _by_profile(self, meta: RuleMeta, in_profile: bool) -> Decision:
        where = self._where("profile")
        if in_profile:
            reason = f'{where}profile "{self.config.profile}" turns on {meta.tier} rules'
        elif meta.tier is Tier.OPT_IN:
            reason = f"opt-in rules are on only when selected by code: extend-select {meta.code}"
        else:
            reason = f'{where}profile "{self.config.profile}" leaves {meta.tier} rules off'
        return Decision(in_profile, reason)

    def _line(self, key: str, entry: str) -> str:
        """Quote what decided: a line of a file, or an option of the command line."""
        origin = self.config.origin(key, entry)
        return (
            f"{origin} {entry}"
            if origin.startswith("--")
            else f'{self._where(key, entry)}{key} "{entry}"'
        )

    def _where(self, key: str, entry: str = "") -> str:
        origin = self.config.origin(key, entry)
        return "" if origin == "default" else f"{origin}: "

    def _entries(self) -> Iterator[tuple[str, str]]:
        for key in ("select", "extend-select", "ignore"):
            for entry in getattr(self.config, key.replace("-", "_")):
                yield key, entry
        for pattern, entries in self.config.per_file_ignores.items():
            for entry in entries:
                yield f"per-file-ignores.{pattern}", entry
        for entry in self.config.severity:
            yield "severity", entry

    def _refuse_unknown(self, key: str, entry: str) -> None:
        if any(specificity(entry, meta) is not None for meta in self.rules.values()):
            return
        list_key, _, pattern = key.partition(".")
        where = self._where(list_key, pattern or entry)
        known = {word for meta in self.rules.values() for word in _words(meta)}
        subject = where if where.startswith("--") else f"{where}{list_key}: "
        raise ConfigError(f'{subject}no rule answers to "{entry}"{nearest(entry, sorted(known))}')

    @cached_property
    def _patterns(self) -> list[tuple[GitIgnoreSpec, tuple[str, ...]]]:
        from pathspec import GitIgnoreSpec

        return [
            (GitIgnoreSpec.from_lines([pattern]), entries)
            for pattern, entries in self.config.per_file_ignores.items()
        ]

    def _relative(self, path: str) -> str:
        try:
            return Path(path).absolute().relative_to(self.config.root or Path.cwd()).as_posix()
        except ValueError:
            return path


def specificity(entry: str, meta: RuleMeta) -> int | None:
    """Grade how narrowly an entry names a rule: None when it does not, 0 for `ALL`.

    A family counts as much as the letters of its codes; each further digit narrows it.
    """
    word = entry.upper()
    if word == "ALL":
        return 0
    if word in (meta.code.upper(), meta.name.upper()):
        return _ONE_RULE
    letters = meta.code.rstrip("0123456789").upper()
    if word in (meta.family.upper(), letters):
        return 1
    if word.startswith(letters) and meta.code.upper().startswith(word):
        return 1 + len(word) - len(letters)
    return None


def _words(meta: RuleMeta) -> tuple[str, ...]:
    return (meta.code, meta.name, meta.family, meta.code.rstrip("0123456789"))
