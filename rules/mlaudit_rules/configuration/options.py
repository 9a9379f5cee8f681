"""The command-line options that a document declares."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import frozen, spelt
from mlaudit_rules.configuration.namespaces import PARSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_SILENT_ACTIONS = frozenset({"help", "version"})


@frozen
class Option:
    """One option: the name under which its value is read, and the flag that a user types."""

    node: ast.Call
    name: str
    flag: str
    help: str


def argparse_options(module: Module) -> Iterator[Option]:
    """Find the `add_argument` calls of argparse parsers and their groups.

    What is given to a mutually exclusive group shuts out its other options, read or not.
    """
    exclusive = _exclusive_groups(module)
    for named in module.calls_named("add_argument"):
        function = named.node.func
        if isinstance(function, ast.Attribute) and spelt(function.value) not in exclusive:
            option = _argparse_option(module, named.node)
            if option is not None:
                yield option


def never_offered(module: Module, option: Option) -> bool:
    """Say whether an option stands in a function that adds it to a parser, and that nobody names.

    No command line that this document parses takes it.
    """
    function: ast.AST | None = option.node
    while function is not None and not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        function = module.nodes.parents.get(function)
    if function is None or function.decorator_list or _parses(module, function):
        return False
    inside = module.nodes.stretch(function)
    return not any(
        function.name in {getattr(node, "id", ""), getattr(node, "attr", "")}
        and not inside[0] <= start < inside[1]
        for node, start, _ in module.nodes.stretches(ast.Name, ast.Attribute)
    )


def _parses(module: Module, function: ast.AST) -> bool:
    return any(
        isinstance(call.func, ast.Attribute) and call.func.attr in PARSING
        for call in module.nodes.find(ast.Call, within=function)
    )


def _exclusive_groups(module: Module) -> frozenset[str]:
    return frozenset(
        spelt(target)
        for node in module.nodes.find(ast.Assign)
        if isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "add_mutually_exclusive_group"
        for target in node.targets
    )


def click_options(module: Module) -> Iterator[tuple[Option, frozenset[str]]]:
    """Find the options of click commands, each with the names that its command's body reads."""
    if not any(name.split(".", 1)[0] == "click" for name in module.names.aliases.values()):
        return
    for function in module.nodes.find(ast.FunctionDef, ast.AsyncFunctionDef):
        decorators = [
            decorator
            for decorator in function.decorator_list
            if isinstance(decorator, ast.Call)
            and module.names.resolve(decorator.func) in {"click.option", "click.argument"}
        ]
        read = _read_names(function) if decorators else frozenset()
        if function.args.kwarg or read & {"locals", "params", "vars"} or not _is_written(function):
            continue
        parameters = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
        for option in map(_click_option, decorators):
            if option is not None and option.name in parameters:
                yield option, read


def _argparse_option(module: Module, node: ast.Call) -> Option | None:
    flags = _strings(node.args)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if None in given or not flags or len(flags) != len(node.args):
        return None
    if _text(given.get("action")) in _SILENT_ACTIONS:
        return None
    if "SUPPRESS" in module.text(node) and "SUPPRESS" in ast.dump(node):
        return None  # and not in a comment alone
    long = [flag for flag in flags if flag.startswith("--")]
    flag = (long or flags)[0]
    name = _text(given.get("dest")) or flag.lstrip("-").replace("-", "_")
    return Option(node, name, flag, _text(given.get("help")))


def _click_option(node: ast.Call) -> Option | None:
    names = _strings(node.args)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if not names or {"expose_value", "callback", None} & given.keys():
        return None
    plain = [name for name in names if not name.startswith("-")]
    longest = max((name.split("/")[0] for name in names), key=len)
    name = plain[0] if plain else longest.lstrip("-").replace("-", "_").lower()
    return Option(node, name, longest, _text(given.get("help")))


def _is_written(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a command does anything yet, beyond telling what it is for."""
    return not all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Raise) and _names_missing(statement.exc))
        for statement in function.body
    )


def _names_missing(raised: ast.expr | None) -> bool:
    made = raised.func if isinstance(raised, ast.Call) else raised
    return made is not None and spelt(made) == "NotImplementedError"


def _read_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    return frozenset(
        node.id if isinstance(node, ast.Name) else node.attr
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name | ast.Attribute)
    )


def _strings(nodes: list[ast.expr]) -> list[str]:
    return [text for node in nodes if (text := _text(node))]


def _text(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
