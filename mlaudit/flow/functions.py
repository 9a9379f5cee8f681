"""Functions and classes of the program: calls are interpreted in place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from mlaudit.flow import asked, invented, sides, uncalled
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.regions import NO_ROWS, base
from mlaudit.flow.state import Scope
from mlaudit.flow.values import (
    UNKNOWN,
    Class,
    Constant,
    Data,
    Dictionary,
    Function,
    Instance,
    Ref,
    Sequence,
    Value,
)
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.nodes import walk
from mlaudit.syntax.parameters import by_position, defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.source.document import Document
    from mlaudit.syntax.nodes import Nodes
    from mlaudit.trace.guards import Guards

    Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

DEEPEST_CALLS = 6
_ROWS = "rows that it is asked for"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINED = (*_DEFINITIONS, ast.ClassDef)
_PLAIN = Pattern(
    r"['\"]?(\w+\.)?(Path|PurePath|PathLike(\[str\])?|str|int|float|bool)( \| \S+)*['\"]?"
)
_PLACES = Pattern(r"(?i)(\w+_)?(path|dir|directory|folder|root|filename|filepath|url|uri)")
_NUMBERS = Pattern(
    r"(?i)(\w+_)?(batch_?size|epochs?|seed|random_state|learning_rate|lr|device)|n_\w+"
)
_SETTINGS = Pattern(r"(?i)(\w+_)?(config|configuration|cfg|settings|options|opts?|args|hparams)")
_SURROUNDINGS = Pattern(r"['\"]?(\w+\.)*\w*(Config|Settings|Options|Namespace|Context)['\"]?")


class Frame(NamedTuple):
    """A call that is running: what it entered, what it was given, and the document that calls.

    Around it were so many loops whose turns are not told apart, and so many conditions.  `steps`
    are what it has yielded where no more of them are, `ways` the answers that have led to returns.
    """

    entered: int
    function: Function
    given: Arguments
    caller: Document
    loops: int
    conditions: int
    steps: list[Value]
    ways: list[Guards]

    def came(self, name: str) -> ast.expr | None:
        """Give the expression that a call in the program gave for a parameter."""
        if not isinstance(self.given.node, ast.Call):
            return None
        return self.given.expression(name, self._position(name))

    def value(self, name: str) -> Value | None:
        """Give the value that a call gave for a parameter."""
        return self.given.get(name, self._position(name))

    def _position(self, name: str) -> int | None:
        spec = self.function.node.args
        names = [each.arg for each in (*spec.posonlyargs, *spec.args)]
        first = 0 if self.function.this is None else 1
        return names.index(name) - first if name in names[first:] else None


def remember_defaults(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Evaluate default values for their events, once, at the definition."""
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if default is not None and not isinstance(default, ast.Constant):
            run.eval(default)


def decorated(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Value:
    """Make a function, or what a decorator of the program makes of it that is called otherwise.

    One that passes on what it is given, as most do, is left out.
    """
    made: Value = run.function(node)
    for decorator in reversed(node.decorator_list):
        decorating = run.load(run.eval(decorator))
        if isinstance(decorating, Function) and not isinstance(decorating.node, ast.Lambda):
            given = run.load(call(run, decorating, Arguments(decorator, [made])))
            if isinstance(given, Function) and _is_called_otherwise(given.node, node):
                made = given
    return made


def decorators(function: Function) -> set[str]:
    """Name the plain decorators of a function, as `property` and `classmethod` are."""
    if isinstance(function.node, ast.Lambda):
        return set()
    return {each.id for each in function.node.decorator_list if isinstance(each, ast.Name)}


def bound_to(member: Function, this: Value | None, own: Class, owner: Class) -> Function:
    """Bind a method that `owner` defines to an object of `own`, or to that class, or to nothing."""
    names = decorators(member)
    if "staticmethod" in names:
        return Function(member.node, member.scope, member.document)
    this = own if "classmethod" in names else this
    return Function(member.node, member.scope, member.document, this, owner)


def _is_called_otherwise(wrapper: Definition, wrapped: Definition) -> bool:
    """Say whether the parameters that a function names are not the first ones of another."""
    own, inner = (
        [each.arg for each in (*spec.posonlyargs, *spec.args)]
        for spec in (wrapper.args, wrapped.args)
    )
    return own != inner[: len(own)]


def call(run: Interpreter, function: Function, arguments: Arguments) -> Value:
    """Interpret a call of a function of the program; recursion and great depth give unknown."""
    from mlaudit.flow import repeats

    node = function.node
    active = [frame.entered for frame in run.calls]
    if id(node) in active or len(active) >= DEEPEST_CALLS:
        return _not_followed(run, arguments, "calls nested too deeply or recursive")
    if run.briefly and id(node) in run.entered:
        return _not_followed(run, arguments, None)
    run.entered.add(id(node))
    scope = Scope(function.document, function.scope.seen_below)
    _bind_parameters(run, function, arguments, scope)
    beside = asked.beside(function, scope)
    attempt, known = repeats.begin(run, function, scope)
    if known is not None:
        return known
    outer = (run.state.scope, run.document, run.returned, run.path)
    mark, around_call = len(run.sides), run.guards
    run.state.scope, run.document, run.returned = scope, function.document, []
    run.path = (*run.path, id(arguments.node))
    around = len(run.loops), run.conditions
    run.calls.append(Frame(id(node), function, arguments, outer[1], *around, [], []))
    try:
        if isinstance(node, ast.Lambda):
            result = run.eval(node.body)
        else:
            run.block(node.body)
            result = invented.returned(run, _result(run, len(around_call)))
    finally:
        run.calls.pop()
        sides.leave(run, mark)
        run.guards = around_call
        run.state.scope, run.document, run.returned, run.path = outer
    if attempt is not None:
        repeats.end(run, attempt, result)
    asked.note(run, arguments.node, result, beside)
    return result


def _not_followed(run: Interpreter, arguments: Arguments, why: str | None) -> Value:
    """What goes in may come out; a gap in what is known only where rows go in."""
    data = run.data(Sequence(tuple(arguments.values())))
    if why is not None and data.rows.terms:
        run.note(f"{why} are not followed")
    return data.but(select=None)


def _result(run: Interpreter, around: int) -> Value:
    """Join what a function returns on its paths; so many answers had been given around the call."""
    from mlaudit.flow import stepping

    if not run.returned:
        return Constant(None)
    yielded = stepping.yielded(run) if len(run.returned) > 1 else None
    if yielded is not None:
        return yielded
    result, first = run.returned[0], _answers(run, 0, around)
    for position, other in enumerate(run.returned[1:], 1):
        result = run.state.either(result, other, (first, _answers(run, position, around)))
        first = ()
    return result


def _answers(run: Interpreter, position: int, around: int) -> Guards:
    """Give the answers that lead, in the running function, to what it returns there."""
    ways = run.calls[-1].ways
    return ways[position][around:] if len(ways) == len(run.returned) else ()


def _bind_parameters(run: Interpreter, function: Function, given: Arguments, scope: Scope) -> None:
    spec, bound = function.node.args, scope.names
    signature = run.signatures.get(spec)
    if signature is None:
        signature = run.signatures[spec] = Signature(spec)
    names = signature.names
    values = given.positional if function.this is None else [function.this, *given.positional]
    for name, value in zip(names, values, strict=False):
        bound[name] = _held(run, value)
    _remember_origins(run, function, given, scope, names)
    if spec.vararg is not None:
        values = values if names else given.positional
        bound[spec.vararg.arg] = Sequence(tuple(values[len(names) :]), given.rest, "tuple")
    extra: dict[object, Value] = {}
    for name, value in given.named.items():
        if name in signature.keywords:
            bound[name] = _held(run, value)
        else:
            extra[name] = value
    if spec.kwarg is not None:
        more = UNKNOWN if given.spread and given.rest is None else given.rest
        bound[spec.kwarg.arg] = run.state.allocate(Dictionary(extra, more, given.chosen_by))
    for name, default in signature.defaults:
        if name not in bound:
            constant = isinstance(default, ast.Constant)
            bound[name] = run.eval(default) if constant else _default(run, function, default)
    for name in signature.keywords:
        if name not in bound:
            bound[name] = given.rest if given.rest is not None else UNKNOWN


def _default(run: Interpreter, function: Function, node: ast.expr) -> Value:
    """Evaluate a default value among the names of the definition, not of the caller."""
    outer = run.state.scope, run.document
    run.state.scope, run.document = function.scope, function.document
    try:
        return run.eval(node)
    finally:
        run.state.scope, run.document = outer


def _remember_origins(
    run: Interpreter, function: Function, given: Arguments, scope: Scope, names: list[str]
) -> None:
    """What a parameter is given by name has the origin of that name, and is told apart by it."""
    first = 0 if function.this is None else 1
    for key, expression in given.nodes.items():
        name = key if isinstance(key, str) else next(iter(names[key + first :]), None)
        origin = run.origin(expression) if isinstance(expression, ast.Name) else None
        if name is not None and origin is not None:
            run.origins[scope.identity, name] = origin


class Signature:
    """The parameters of a function: those by position, all that have a name, and the defaults.

    `bound` are the names that the function binds itself, None as long as nobody has asked.
    """

    __slots__ = ("bound", "defaults", "keywords", "names")

    def __init__(self, spec: ast.arguments):
        self.bound: frozenset[str] | None = None
        self.names = by_position(spec)
        self.keywords = dict.fromkeys([*self.names, *(each.arg for each in spec.kwonlyargs)])
        self.defaults = [*defaults(spec).items()]


def bound(run: Interpreter, function: Function) -> frozenset[str]:
    """Give the names that a function binds itself, once it was called."""
    signature = run.signatures.get(function.node.args)
    if signature is None:
        return frozenset()
    if signature.bound is None:
        names = (node for node in walk(function.node) if isinstance(node, ast.Name))
        signature.bound = frozenset(n.id for n in names if isinstance(n.ctx, ast.Store))
    return signature.bound


def _held(run: Interpreter, value: Value) -> Value:
    """Give data that has no name yet a place where the function can change it."""
    if isinstance(value, Data) and value is not UNKNOWN and value.kind != "scalar":
        return run.state.allocate(value)
    return value


def instantiate(run: Interpreter, owner: Class, arguments: Arguments) -> Value:
    """Make an object of a class of the program and run its constructor."""
    from mlaudit.flow import attributes, building

    instance = run.state.allocate(Instance(owner))
    if building.is_network(run, owner):
        building.make_network(run, instance, owner, arguments.node)
    found = attributes.find_method(run, owner, "__init__")
    if found is not None and isinstance(found[0], Function):
        method = found[0]
        bound = Function(method.node, method.scope, method.document, instance, found[1])
        call(run, bound, arguments)
    elif found is None:
        _dataclass_fields(run, instance, owner, arguments)
    _ask_for_part(run, instance, owner, arguments)
    return instance


def _ask_for_part(run: Interpreter, instance: Ref, owner: Class, arguments: Arguments) -> None:
    """A data set that reads rows in ways of its own has those of the part that it is asked for."""
    from mlaudit.flow import attributes, splits

    part = splits.part_asked(run, arguments)
    made = run.load(instance)
    if part is None or not isinstance(made, Instance) or run.data(made).rows.terms:
        return
    if attributes.find_method(run, owner, "__getitem__") is not None:
        rows = base(("data set", id(owner.node)), owner.node.name).select(part)
        held = {**made.attributes, _ROWS: Data("unknown", rows)}
        run.state.heap[instance.address] = Instance(owner, held, made.estimator)


def _dataclass_fields(run: Interpreter, instance: Ref, owner: Class, arguments: Arguments) -> None:
    """Without a constructor of its own, arguments become attributes in the order of declaration."""
    fields = [
        s.target.id
        for s in owner.node.body
        if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    ]
    attributes = dict(_made_by_factories(run, owner))
    attributes.update(zip(fields, arguments.positional, strict=False))
    attributes.update(arguments.named)
    made = run.load(instance)
    if isinstance(made, Instance):
        run.state.heap[instance.address] = Instance(
            owner, {**made.attributes, **attributes}, made.estimator
        )


def _made_by_factories(run: Interpreter, owner: Class) -> Iterator[tuple[str, Value]]:
    """Make what `name: type = field(default_factory=make)` gives each object anew."""
    from mlaudit.flow import calls

    for statement in owner.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(keywords=keywords) as made):
                for keyword in keywords:
                    if keyword.arg == "default_factory":
                        yield name, calls.call_value(run, run.eval(keyword.value), Arguments(made))
            case _:
                continue


def superclass_call(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Run `super().name(...)` in the method that is running."""
    from mlaudit.flow import attributes

    if not run.calls:
        return UNKNOWN
    current = run.calls[-1].function
    if current.owner is None or current.this is None:
        return UNKNOWN
    for parent in map(run.load, current.owner.bases):
        if isinstance(parent, Class):
            found = attributes.find_method(run, parent, name)
            if found is not None and isinstance(found[0], Function):
                method = found[0]
                bound = Function(method.node, method.scope, method.document, current.this, found[1])
                return call(run, bound, arguments)
    return UNKNOWN


def enter_uncalled(run: Interpreter, nodes: Nodes) -> None:
    """Enter functions and methods that nobody calls, with symbolic arguments.

    Those that no other one mentions come first, and what they call is followed.  The rest are
    entered each on its own account, and do not enter again what was entered before.
    """
    run.guards = ()
    with run.conditionally():
        waiting = uncalled.told(run, nodes, list(_uncalled(run, nodes.root.body)))
        mentioned = {name for function in waiting for name in _mentions(nodes, function.node)}
        for function in waiting:
            if getattr(function.node, "name", "") not in mentioned:
                _enter(run, function)
        run.briefly = True
        for function in waiting:
            _enter(run, function)


def _uncalled(run: Interpreter, body: list[ast.stmt]) -> Iterator[Function]:
    for node in body:
        if not isinstance(node, _DEFINED):
            continue
        if isinstance(node, _DEFINITIONS):
            value = run.load(run.module_scope.names.get(node.name, UNKNOWN))
            if isinstance(value, Function) and id(node) not in run.entered:
                yield value
        else:
            yield from _uncalled_methods(run, node)


def _uncalled_methods(run: Interpreter, node: ast.ClassDef) -> Iterator[Function]:
    owner = run.load(run.module_scope.names.get(node.name, UNKNOWN))
    if not isinstance(owner, Class) or owner.node is not node:
        return
    methods = [s for s in node.body if isinstance(s, _DEFINITIONS)]
    pending = [m for m in methods if id(m) not in run.entered and m.name != "__init__"]
    if not pending:
        return
    constructor = next((m for m in methods if m.name == "__init__"), None)
    arguments = _symbolic(run, constructor, True) if constructor else Arguments(node)
    instance = instantiate(run, owner, arguments)
    for method in pending:
        found = owner.scope.names.get(method.name)
        if isinstance(found, Function):
            yield bound_to(found, instance, owner, owner)


def _mentions(nodes: Nodes, node: ast.AST) -> Iterator[str]:
    for inner in nodes.below(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _enter(run: Interpreter, function: Function) -> None:
    if id(function.node) not in run.entered:
        call(run, function, _symbolic(run, function.node, function.this is not None))


def _symbolic(
    run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, method: bool
) -> Arguments:
    """Make arguments of which nothing is known but that each is data of its own."""
    spec = node.args
    parameters = [*spec.posonlyargs, *spec.args][1 if method else 0 :]
    defaulted = (
        {p.arg for p in parameters[len(parameters) - len(spec.defaults) :]}
        if spec.defaults
        else set()
    )
    named: dict[str, Value] = {}
    for parameter in (*parameters, *spec.kwonlyargs):
        if parameter.arg in defaulted or parameter in spec.kwonlyargs:
            continue
        key = ("parameter", id(node), parameter.arg)
        rows = NO_ROWS if _is_place(parameter) else base(key, parameter.arg)
        named[parameter.arg] = run.state.allocate(Data("unknown", rows))
    return Arguments(node, [], named)


def _is_place(parameter: ast.arg) -> bool:
    """Say whether a parameter tells where rows lie, or how to work, and has none itself."""
    name = parameter.arg
    if parameter.annotation is not None:
        kind = ast.unparse(parameter.annotation)
        if _PLAIN.fullmatch(kind) or _SURROUNDINGS.fullmatch(kind):
            return True
    return any(each.fullmatch(name) for each in (_PLACES, _NUMBERS))


def sets(value: Data, name: str) -> bool:
    """Say whether an attribute in capitals is of a parameter called settings: a plain setting.

    The parameter itself may hold rows beside its settings, under other names.
    """
    keys = [base.selector.key for base in value.rows.bases] if name.isupper() else []
    return bool(keys) and all(
        isinstance(key, tuple) and key[0] == "parameter" and _SETTINGS.fullmatch(str(key[-1]))
        for key in keys
    )
