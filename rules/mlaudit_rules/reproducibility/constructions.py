"""Where the network that is trained was built, of several by its name the last before."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name, spelt
from mlaudit_rules.reproducibility.bindings import assignments
from mlaudit_rules.reproducibility.classes import (
    ancestors,
    arguments_of,
    class_around,
    has_parts,
    kept_as,
    layers_made,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

_AROUND = frozenset(
    {
        "DDP",
        "DistributedDataParallel",
        "DataParallel",
        "FSDP",
        "FullyShardedDataParallel",
        "compile",
    }
)
_MOVES = frozenset(
    {"to", "cuda", "cpu", "float", "double", "half", "train", "eval", "requires_grad_"}
)
Built = tuple[str, ast.Call]
_TUPLES = (ast.Tuple, ast.List)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def construction(module: Module, owner: ast.expr, before: ast.Call) -> Built | None:
    """Find what makes a network, or the network that it is a part of, and the name of that."""
    name, asked = spelt(owner), owner
    if isinstance(owner, ast.Name) and owner.id in module.names.classes:
        return _built_as(module, owner.id)
    found = made(module, name, before)
    if found is not None and _replaced_later(module, owner, found, before):
        found = None
    while found is None and isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
        name = spelt(owner)
        found = made(module, name, before)
    seen: set[ast.Call] = set()
    while found is not None and found not in seen:
        seen.add(found)
        inside = _inside(module, found, name, spelt(asked)[len(name) + 1 :])
        inner = _call(module, inside, found) if inside is not None else None
        if inside is None or inner is None:
            break
        name = name if inside is inner else spelt(inside)
        found = inner
    return None if found is None or _moved(found) is not None else (name, found)


def _built_as(module: Module, name: str) -> Built | None:
    """Find what makes an object of a class, or else of one that derives from it, and which one."""
    asked = module.names.classes[name]
    derived = (
        other for other, made in module.names.classes.items() if asked in ancestors(module, made)
    )
    for one in (name, *derived):
        calls = [named.node for named in module.calls_named(one)]
        built = [call for call in calls if isinstance(call.func, ast.Name)]
        if len(built) > 1:
            built = [call for call in _fitted(module) if call in built] or built
        if built:
            return one, built[0]
    return None


def _fitted(module: Module) -> Iterator[ast.Call]:
    """Find what makes each object that is fitted, by itself or by a trainer: `trainer.fit(net)`."""
    for named in module.calls_named("fit"):
        function = named.node.func
        owner = [function.value] if isinstance(function, ast.Attribute) else []
        for fitted in (*named.node.args[:1], *owner):
            call = _call(module, fitted, named.node)
            if call is not None:
                yield bare(call)


def _replaced_later(module: Module, owner: ast.expr, found: ast.Call, before: ast.Call) -> bool:
    """Say whether an object had made the part itself that is put in its place only afterwards."""
    if not isinstance(owner, ast.Attribute) or found.lineno <= before.lineno:
        return False
    home = function_around(module, before)
    maker = made(module, spelt(owner.value), before)
    if maker is None or maker.lineno > before.lineno:
        return False
    return function_around(module, maker) is home and function_around(module, found) is home


def _inside(module: Module, call: ast.Call, name: str, path: str) -> ast.expr | None:
    """Find the network that a call moves, wraps, lists or holds."""
    if _wraps(call):
        return call.args[0]
    return _moved(call) or _appended(module, call, name) or held(module, call, path)


def _call(module: Module, node: ast.expr, before: ast.AST) -> ast.Call | None:
    return node if isinstance(node, ast.Call) else made(module, spelt(node), before)


def whole(owner: ast.expr) -> str:
    """Name the network, `self.model` or `model`, of one of its parts."""
    while isinstance(owner, ast.Attribute | ast.Subscript):
        if isinstance(owner.value, ast.Name) and owner.value.id == "self":
            break
        owner = owner.value
    return spelt(owner)


def _wraps(call: ast.Call) -> bool:
    return last_name(call.func) in _AROUND and bool(call.args)


def _moved(call: ast.Call) -> ast.expr | None:
    """Find `net` in `net.to(device)`."""
    function = bare(call).func
    if isinstance(function, ast.Attribute) and function.attr in _MOVES:
        return function.value if isinstance(function.value, ast.Name | ast.Attribute) else None
    return None


def held(module: Module, built: ast.Call, path: str) -> ast.expr | None:
    """Find `net` in `Trainer(net)`, where the class makes no part of a network itself.

    `path` is the attribute that is trained: `model` of `trainer.model.parameters()`.
    """
    owner = module.names.classes.get(last_name(bare(built).func))
    if owner is None or has_parts(module, owner):
        return None
    given = arguments_of(owner, bare(built))
    kept = kept_as(module, owner, path.split(".", 1)[0])
    if kept:
        return given.get(kept)
    for value in given.values():
        call = _call(module, value, built)
        if call is not None and _is_network(module, bare(call)):
            return value
    return None


def _is_network(module: Module, call: ast.Call) -> bool:
    if any(layer.node is call for layer in layers_made(module)):
        return True
    owner = module.names.classes.get(last_name(call.func))
    return owner is not None and bool(owner.bases) and has_parts(module, owner)


def _appended(module: Module, call: ast.Call, name: str) -> ast.expr | None:
    """Find what goes first into an empty list of networks."""
    if last_name(call.func) != "ModuleList" or (call.args and spelt(call.args[0]) != "[]"):
        return None
    for named in module.calls_named("append"):
        if spelt(named.node.func) == f"{name}.append" and named.node.args:
            return named.node.args[0]
    return None


def made(
    module: Module, name: str, before: ast.AST, asked: tuple[ast.AST, ...] = ()
) -> ast.Call | None:
    """Find the call whose result a name stands for at a node: the last before it, else the first.

    A network that is moved or wrapped, `net = net.to(device)`, is not made anew.  What a function
    does not make itself it may be given, by those that call it and were not `asked` yet.
    """
    calls = _by_the_same(module, module.fact(_made).get(name, []), name, before)
    calls = [call for call in calls if not _moves(call, name)]
    fresh = [call for call in calls if not _mentions(module, call, name)] or calls
    fresh = [*fresh, *module.fact(_made_among_others).get(name, [])]
    home, line = function_around(module, before), getattr(before, "lineno", 0)
    own = [call for call in fresh if function_around(module, call) is home]
    earlier = [call for call in own if call.lineno <= line]
    if earlier:
        return max(earlier, key=lambda call: call.lineno)
    given = None
    if isinstance(home, ast.FunctionDef) and home not in asked:
        given = _given(module, name, home, asked)
    if home is not None:  # what a function binds only later it has from elsewhere
        fresh = [call for call in fresh if call not in own]
    return given or next(iter(fresh), None)


def _by_the_same(
    module: Module, calls: list[ast.Call], name: str, before: ast.AST
) -> list[ast.Call]:
    """Keep what an object binds itself: other classes have other attributes of the same name.

    Its own class counts first, then those that it derives from, then those derived from it.
    """
    owner = class_around(module, before) if name.startswith("self.") else None
    if owner is None:
        return calls
    own = [owner, *ancestors(module, owner)]
    for home in own:
        found = [call for call in calls if class_around(module, call) is home]
        if found:
            return found
    derived = [one for one in module.names.classes.values() if owner in ancestors(module, one)]
    return [call for call in calls if class_around(module, call) in derived]


def _moves(call: ast.Call, name: str) -> bool:
    """Say whether a call gives the very network back, elsewhere or in another mode."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in _MOVES:
        return False
    return spelt(function.value) == name


def _given(
    module: Module, name: str, function: ast.FunctionDef, asked: tuple[ast.AST, ...]
) -> ast.Call | None:
    """Find what makes the network that a function of the document is given by this name.

    The object that a method is called on is not among what the call gives.
    """
    parameters = [argument.arg for argument in function.args.args]
    if class_around(module, function) is not None and parameters[:1] in (["self"], ["cls"]):
        parameters = parameters[1:]
    for named in module.calls_named(function.name):
        call = named.node
        if named.function is function:
            continue
        values = {keyword.arg: keyword.value for keyword in call.keywords}
        values.update(zip(parameters, call.args, strict=False))
        if name in values:
            value = values[name]
            if isinstance(value, ast.Call):
                return value
            return made(module, spelt(value), call, (*asked, function))
    return None


def _made(module: Module) -> dict[str, list[ast.Call]]:
    """What is bound to the results of which calls, in source order."""
    found: dict[str, list[ast.Call]] = {}
    for target, value in module.fact(assignments):
        if isinstance(value, ast.Call) and not isinstance(target, _TUPLES):
            found.setdefault(spelt(target), []).append(value)
    return found


def _made_among_others(module: Module) -> dict[str, list[ast.Call]]:
    """What is bound to one of several results of which calls: `log, net = prepare(options)`.

    A call that is given the network itself, as one that wraps it, does not make it.
    """
    found: dict[str, list[ast.Call]] = {}
    for target, value in module.fact(assignments):
        if isinstance(value, ast.Call) and isinstance(target, _TUPLES):
            for name in map(spelt, target.elts):
                if not _mentions(module, value, name):
                    found.setdefault(name, []).append(value)
    return found


def _mentions(module: Module, call: ast.Call, name: str) -> bool:
    last = name.rpartition(".")[2]
    named = module.nodes.find(ast.Name, ast.Attribute, within=call)
    return any(last_name(node) == last and spelt(node) == name for node in named)


def bare(built: ast.Call) -> ast.Call:
    """Find `Net()` in `Net().to(device)`."""
    function = built.func
    while isinstance(function, ast.Attribute) and function.attr in _MOVES:
        if not isinstance(function.value, ast.Call):
            break
        built, function = function.value, function.value.func
    return built


def weights_of(module: Module, name: str, fit: ast.Call, weights: list[Call]) -> Call:
    """Choose the first weights of the network that goes by a name where it is fitted.

    They stand in its construction, in what makes it, or are added to it; those of
    `Model(inputs, outputs)` stand before it.
    """
    built = made(module, name, fit)
    if built is None:
        return next((call for call in weights if _belongs(module, call, name)), weights[0])
    maker = last_name(built.func)
    inside = module.names.functions.get(maker) or module.names.classes.get(maker) or built
    within = set(module.nodes.find(ast.Call, within=inside))
    home = function_around(module, built)
    near = [call for call in weights if function_around(module, call.node) is home]
    if function_around(module, fit) is home:
        near = [call for call in near if call.node.lineno <= fit.lineno]
    for found in (
        [call for call in weights if call.node in within],
        [c for c in near if c.node.lineno >= built.lineno and _belongs(module, c, name)],
        [call for call in near if call.node.lineno <= built.lineno][-1:],
    ):
        if found:
            return found[0]
    return next((call for call in weights if _belongs(module, call, name)), weights[0])


def _belongs(module: Module, call: Call, name: str) -> bool:
    """Say whether a layer is made for a network: `net = Sequential([…])` or `net.add(…)`."""
    parents = module.nodes.parents
    node: ast.AST = call.node
    while node in parents and not isinstance(node, ast.stmt):
        node = parents[node]
    owners: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        owners = node.targets
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        owners = [function.value] if isinstance(function, ast.Attribute) else []
    return any(spelt(owner) == name for owner in owners)


def function_around(module: Module, node: ast.AST) -> ast.AST | None:
    """Find the function that a node stands in, None at the top level."""
    around = module.nodes.parents.get(node)
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = module.nodes.parents.get(around)
    return around
