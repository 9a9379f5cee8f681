"""Networks whose initial weights are not drawn: read from a file, or set to constants."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import by_position, defaults, last_name, spelt
from mlaudit_rules.reproducibility.bindings import assignments
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.found_file import read_where_there
from mlaudit_rules.reproducibility.replaced import lasting
from mlaudit_rules.reproducibility.saved_states import reads_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

_READ_BACK = frozenset({"load_model", "from_pretrained", "load"})
_READS = frozenset({"load_state_dict", "load_weights"})
_WRITES = frozenset({"save_weights", "save"})
_CONSTANT = frozenset({"zero_", "fill_", "zeros_", "ones_", "constant_"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def all_read_back(module: Module, name: str, fit: ast.Call) -> bool:
    """Say whether a name stands, where it is fitted, for networks read from files alone.

    In a function that binds it, what other functions call so is another thing, unless they have
    written the file.
    """
    values = lasting(module, name)
    home = function_around(module, fit)
    if values and all(map(_is_read_back, values)):
        return True
    own = [value for value in values if home and function_around(module, value) is home]
    before = [value for value in own if value.lineno < fit.lineno]
    return bool(before) and all(_is_read_anew(module, value) for value in before)


def _is_read_anew(module: Module, value: ast.expr) -> bool:
    """Say whether a network comes, in every run, from a file that no run needs to write first."""
    if not (isinstance(value, ast.Call) and _is_read_back(value)) or conditional(module, value):
        return False
    return not any(not conditional(module, node) for node in _writings(module, value))


def _is_read_back(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in _READ_BACK


def read_in(module: Module, name: str, before: ast.Call) -> bool:
    """Say whether a network gets weights from a file, whatever comes, before a call."""
    return any(
        reading.lineno <= before.lineno and not written_before(module, reading)
        for reading in readings(module, name)
    )


def read_before_training(module: Module, built: ast.AST, optimizer: Call) -> bool:
    """Say whether weights are read where a network is built, before it is handed to training."""
    home, trains = function_around(module, built), optimizer.function
    if trains is None or trains is home:
        return False
    names = {spelt(target) for target, value in module.fact(assignments) if value is built}
    handed = [
        call.node.lineno
        for call in module.calls_named(trains.name)
        if call.function is home and names & {spelt(given) for given in call.node.args}
    ]
    return any(
        function_around(module, reading) is home
        and all(reading.lineno < line for line in handed)
        and not written_before(module, reading)
        for name in (names if handed else ())
        for reading in readings(module, name)
    )


def new_after_reading(
    module: Module, name: str, built: ast.AST, optimizer: ast.Call, layers: set[ast.Call]
) -> tuple[str, ast.Call] | None:
    """Find the first part of a network that is made anew after the rest is read from a file."""
    home = function_around(module, built)
    read = [
        node.lineno
        for node in readings(module, name, partly=True)
        if function_around(module, node) is home and not written_before(module, node)
    ]
    return new_part(module, name, built, optimizer, layers, max(read)) if read else None


def new_part(
    module: Module,
    name: str,
    built: ast.AST,
    optimizer: ast.Call,
    layers: set[ast.Call],
    after: int,
) -> tuple[str, ast.Call] | None:
    """Find the first part of a network that is made anew behind a line, before its optimizer."""
    home, name = function_around(module, built), name_of(module, built, name)
    last = optimizer.lineno if function_around(module, optimizer) is home else None
    return next(
        (
            (spelt(target), value)
            for target, value in module.fact(assignments)
            if value in layers
            and isinstance(value, ast.Call)
            and spelt(target).startswith(f"{name}.")
            and function_around(module, value) is home
            and value.lineno > after
            and (last is None or value.lineno < last)
        ),
        None,
    )


def name_of(module: Module, built: ast.AST, name: str) -> str:
    """Give what a network is bound to where it is built, which may go by another name elsewhere.

    One that is built in another place is only known from the optimizer of its parameters.
    """
    call = module.call_of.get(built)
    if call is not None and call.entry is not None and call.entry.kind == "optimizer":
        return name
    bound = (target for target, value in module.fact(assignments) if value is built)
    return next((spelt(target) for target in bound if not isinstance(target, ast.Tuple)), name)


def readings(module: Module, name: str, *, partly: bool = False) -> Iterator[ast.Call]:
    """Find where a network gets all of its weights from a file, whatever comes, or some of them."""
    for node in (named.node for named in module.calls_named(*_READS)):
        function = node.func
        if not isinstance(function, ast.Attribute) or spelt(function.value) != name:
            continue
        if (partly or reads_all(module, node)) and not conditional(module, node):
            yield node


def written_before(module: Module, reading: ast.Call) -> bool:
    """Say whether the program itself writes, before it reads them, the weights of a network."""
    return any(True for _ in _writings(module, reading))


def _writings(module: Module, reading: ast.Call) -> Iterator[ast.Call]:
    read = {spelt(given) for given in _files(reading)}
    for call in module.calls_named(*_WRITES):
        if call.node.lineno < reading.lineno and not read.isdisjoint(map(spelt, call.node.args)):
            yield call.node


def _files(reading: ast.Call) -> Iterator[ast.expr]:
    """Give the arguments of a reading, and of the calls in them, such as `torch.load(path)`."""
    for node in ast.walk(reading):
        if isinstance(node, ast.Call):
            yield from node.args


def passed_over(module: Module, node: ast.AST) -> bool:
    """Say whether a flag, constant in every call of the function around, leads past a node."""
    function = function_around(module, node)
    if function is None:
        return False
    child, around = node, module.nodes.parents.get(node)
    while around is not None and around is not function:
        if (
            isinstance(around, ast.If)
            and isinstance(around.test, ast.Name)
            and child
            in (
                *around.body,
                *around.orelse,
            )
        ):
            given = _flags(module, function, around.test.id)
            if given and given == {child in around.orelse}:
                return True
        child, around = around, module.nodes.parents.get(around)
    return False


def _flags(module: Module, function: ast.AST, name: str) -> set[bool | None]:
    """List what the calls of a function give for a parameter: True, False, or None if unknown."""
    assert isinstance(function, _FUNCTIONS)
    parameters, without = by_position(function.args), defaults(function.args)
    if name not in parameters:
        return set()
    found: set[bool | None] = set()
    for call in module.calls_named(function.name):
        named = {keyword.arg: keyword.value for keyword in call.node.keywords}
        placed = dict(zip(parameters, call.node.args, strict=False))
        value = named.get(name) or placed.get(name) or without.get(name)
        known = isinstance(value, ast.Constant) and isinstance(value.value, bool)
        found.add(bool(value.value) if known and isinstance(value, ast.Constant) else None)
    return found


def set_to_constants(module: Module, made: ast.AST, layers: set[ast.Call]) -> bool:
    """Say whether the weights of all layers that a class or call makes are set to constants."""
    fixed = [spelt(named.node) for named in module.calls_named(*_CONSTANT)]
    if not fixed:
        return False
    named = {value: spelt(target) for target, value in module.fact(assignments)}
    own = [node for node in module.nodes.find(ast.Call, within=made) if node in layers]
    return bool(own) and all(
        layer in named and any(f"{named[layer]}.weight" in text for text in fixed) for layer in own
    )


def conditional(module: Module, node: ast.AST) -> bool:
    """Say whether a node stands in a branch that a run as it is meant may not take.

    The main program is taken for granted, and a file to read that the program does not write.
    """
    around = module.nodes.parents.get(node)
    while around is not None and not isinstance(around, _FUNCTIONS):
        if isinstance(around, ast.If):
            meant = _is_main_guard(around) or read_where_there(module, around, node)
            if not meant and not _always_taken(module, around, node):
                return True
        elif isinstance(around, ast.Try | ast.IfExp):
            return True
        around = module.nodes.parents.get(around)
    return False


def _always_taken(module: Module, branch: ast.If, node: ast.AST) -> bool:
    """Say whether a flag leads to a node, which every call of the function around gives as True."""
    function = function_around(module, branch)
    if not isinstance(function, _FUNCTIONS) or not isinstance(branch.test, ast.Name):
        return False
    within = any(node in module.nodes.below(one) for one in branch.body)
    return within and _flags(module, function, branch.test.id) == {True}


def _is_main_guard(node: ast.If) -> bool:
    return "__name__" in spelt(node.test)
