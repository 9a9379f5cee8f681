"""SEED009: a seed is read from a clock, and nobody will know what it was."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Needs,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    last_name,
    quoted,
)
from mlaudit_rules.reproducibility.bindings import sole_values, uses
from mlaudit_rules.reproducibility.clock import (
    is_fraction,
    names_in,
    varying_calls,
    varying_source,
)
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.drawn_from import drawn_from
from mlaudit_rules.reproducibility.learning import learns
from mlaudit_rules.reproducibility.seed_names import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

# They take a generator, which has been given its seed somewhere else.
_OBJECTS = frozenset({"generator", "sampler", "rstate"})
_SEED = Pattern(r"(?i)seed|random_?state")
_SEEDING = frozenset({"seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything"})
_OF_WHOLE_NUMBERS = frozenset({"numpy", "sklearn"})


class TimeBasedSeed(Rule):
    """Reports seeds that come from a clock, a process or the system's entropy, and are not kept."""

    meta = RuleMeta(
        code="SEED009",
        name="time-based-seed",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Write the seed down, or draw it once, record it and allow it to be given.",
        impact="No run can be repeated, although the program sets a seed.",
    )
    needs = Needs(words=("time", "uuid", "secrets", "getpid", "urandom"))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what is given as a seed in documents that learn something."""
        if module.is_test or not module.fact(varying_calls) or not module.fact(learns):
            return
        for node, value in _seeds(module):
            source = varying_source(module, value)
            if source is None or _kept(module, value) or _idle(module, node):
                continue
            if module.fact(Dead).holds(node) or _stops(module, node, value):
                continue
            origin = "" if source is value else f", from {quoted(module.place(source))}"
            yield self.report(
                module.place(node),
                f"{quoted(module.place(value))} is another seed in every run{origin}, and "
                "nothing records it",
                evidence=[("read here", module.place(source))] if origin else (),
                fix=Fix("Use a fixed seed.", "SEED = 42"),
            )


def _seeds(module: Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Find the calls that set or take a seed, with what they are given."""
    for named in module.names.calls:
        node = named.node
        call = module.call_of.get(node)
        entry = call.entry if call is not None else None
        setting = entry is not None and entry.kind in {"seed", "generator"}
        positional = setting or last_name(node.func) in _SEEDING
        names = {entry.seed if entry else None, "seed" if positional else None} - {None, *_OBJECTS}
        if positional:
            yield from ((node, value) for value in node.args[:1])
        yield from ((node, word.value) for word in node.keywords if word.arg in names)


def _idle(module: Module, node: ast.Call) -> bool:
    """Say whether a call seeds a global generator that nothing which runs goes by."""
    call = module.call_of.get(node)
    if call is None or call.entry is None or call.entry.kind != "seed":
        return False
    return not drawn_from(module, call.entry.generators or ALL)


def _stops(module: Module, node: ast.Call, value: ast.expr) -> bool:
    """Say whether a call raises an error, as it takes whole numbers alone for its seed."""
    call = module.call_of.get(node)
    if call is None or call.entry is None or call.entry.library not in _OF_WHOLE_NUMBERS:
        return False
    return is_fraction(module, value)


def _kept(module: Module, value: ast.expr) -> bool:
    """Say whether the seed has a name that is read elsewhere too, such as by what logs it."""
    names = names_in(module, value) & module.fact(sole_values).keys()
    given, standing = module.fact(_given), module.fact(uses)
    return any(
        isinstance(node.ctx, ast.Load) and node not in given and not _handed_on(module, node)
        for name in names
        for node in standing.get(name, ())
    )


def _handed_on(module: Module, node: ast.Name) -> bool:
    """Say whether a seed is only passed on, as a keyword, in a dict or to code of the program."""
    user = module.nodes.parents[node]
    if isinstance(user, ast.keyword):
        return user.arg is not None and _SEED.search(user.arg) is not None
    if isinstance(user, ast.Dict):
        if not isinstance(module.nodes.parents[user], ast.Assign | ast.Dict):
            return False  # written down, as by json.dumps
        keys = [key for key, value in zip(user.keys, user.values, strict=True) if value is node]
        return all(isinstance(key, ast.Constant) and _SEED.search(str(key.value)) for key in keys)
    if not isinstance(user, ast.Call) or not isinstance(user.func, ast.Name):
        return False
    return user.func.id in {*module.names.functions, *module.names.classes}


def _given(module: Module) -> set[ast.AST]:
    return {node for _, value in _seeds(module) for node in module.nodes.below(value)}
