"""Seeds that are read from a clock, or from another source that never repeats itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern
from mlaudit_rules.reproducibility.bindings import sole_values

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_READING = frozenset(
    {
        *("time", "monotonic", "perf_counter", "process_time"),
        *("time_ns", "monotonic_ns", "perf_counter_ns"),
        *("now", "utcnow", "today", "uuid1", "uuid4", "getpid", "urandom"),
    }
)
_VARYING = Pattern(
    r"^time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|process_time)$"
    r"|^datetime\.(datetime\.|date\.)?(now|utcnow|today)$"
    r"|^uuid\.uuid[14]$|^secrets\.\w+$|^os\.(getpid|urandom)$"
)
_SECONDS = Pattern(r"^time\.(time|monotonic|perf_counter|process_time)$")


def varying_source(module: Module, value: ast.expr) -> ast.Call | None:
    """Find the call that makes a value another in every run; names bound once are looked up.

    A value that depends on a condition may have been given by the user instead.
    """
    nodes = [*module.nodes.below(value)]
    for name in names_in(module, value):
        nodes += module.nodes.below(module.fact(sole_values).get(name, value))
    if any(isinstance(node, ast.IfExp | ast.BoolOp) for node in nodes):
        return None
    return next(
        (
            node
            for node in nodes
            if isinstance(node, ast.Call) and node in module.fact(varying_calls)
        ),
        None,
    )


def varying_calls(module: Module) -> set[ast.Call]:
    """Find the calls that read a clock, a process or the entropy of the system."""
    aliases = module.names.aliases.items()
    called = {*_READING, *(alias for alias, name in aliases if _VARYING.search(name))}
    if any(name.partition(".")[0] == "secrets" for _, name in aliases):
        called.update(module.called)
    return {
        named.node
        for named in module.calls_named(*called)
        if _VARYING.search(module.names.resolve(named.node.func) or "") is not None
    }


def is_fraction(module: Module, value: ast.expr) -> bool:
    """Say whether a value is what a clock gives in seconds, or reckoned from that, not rounded."""
    if isinstance(value, ast.Name):
        value = module.fact(sole_values).get(value.id, value)
    return _in_seconds(module, value)


def _in_seconds(module: Module, value: ast.expr) -> bool:
    match value:
        case ast.BinOp(left=left, right=right):
            return _in_seconds(module, left) or _in_seconds(module, right)
        case ast.Call(func=function):
            return _SECONDS.search(module.names.resolve(function) or "") is not None
    return False


def names_in(module: Module, value: ast.expr) -> set[str]:
    """Name what a value is computed from."""
    return {node.id for node in module.nodes.find(ast.Name, within=value)}
