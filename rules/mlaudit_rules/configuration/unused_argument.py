"""CONF003: a command-line option that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Needs, Pattern, Rule, RuleMeta, Severity
from mlaudit_rules.configuration.namespaces import Namespaces
from mlaudit_rules.configuration.options import (
    Option,
    argparse_options,
    click_options,
    never_offered,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module

# Launchers pass this one to every script, whether or not the script reads it.
_INJECTED = frozenset({"local_rank", "f"})
_EXCUSED = Pattern(r"(?i)unused|ignored|deprecat|compat|not used|no effect|placeholder|dummy")


class UnusedArgument(Rule):
    """Reports options whose value no code of the program can reach."""

    meta = RuleMeta(
        code="CONF003",
        name="unused-argument",
        family="configuration",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Read the option where its value is meant to act, or remove it.",
        impact="Experiments that differ in this option are the same experiment.",
    )
    needs = Needs(words=("add_argument", "click"))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the options of argparse parsers, then the parameters of click commands."""
        options = list(argparse_options(module))
        if options:
            namespaces = Namespaces(module)
            if namespaces.followed:
                yield from self._unread(module, options, namespaces.read)
        for option, read in click_options(module):
            yield from self._unread(module, [option], read)

    def _unread(
        self, module: Module, options: list[Option], read: frozenset[str]
    ) -> Iterable[Finding]:
        meant = [
            option
            for option in options
            if option.name not in _INJECTED and not _EXCUSED.search(option.help)
        ]
        unread = [option for option in meant if option.name not in read]
        # Where much of it is unread, the reader is somewhere else.
        if len(meant) > 2 and 2 * len(unread) >= len(meant):
            return
        for option in unread:
            if never_offered(module, option):
                continue
            yield self.report(
                module.place(option.node),
                f"`{option.flag}` is accepted and never read: its value changes nothing",
            )
