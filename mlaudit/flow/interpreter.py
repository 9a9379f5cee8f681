"""The interpreter: walks statements in program order and keeps the state and the events."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from mlaudit.flow import (
    batches,
    branching,
    containers,
    deciding,
    entities,
    expressions,
    functions,
    guards,
    imports,
    loops,
    sinks,
    stores,
)
from mlaudit.flow.regions import base
from mlaudit.flow.state import Scope, State
from mlaudit.flow.values import (
    UNKNOWN,
    Class,
    Constant,
    Data,
    Function,
    Prediction,
    ProjectModule,
    Ref,
    Value,
)
from mlaudit.trace.events import CrossValidate, Event, Fit, Model, Split

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Hashable, Iterator

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.flow import carried, repeats
    from mlaudit.flow.builder import Project
    from mlaudit.flow.regions import Rows
    from mlaudit.source.document import Document, Place
    from mlaudit.syntax.nodes import Nodes
    from mlaudit.trace.guards import Guards
    from mlaudit.trace.trace import Spot

E = TypeVar("E", bound=Event)
MOST_STEPS = 200_000


class BudgetExceededError(Exception):
    """The analysis took more steps than it may; what it has seen so far stands."""


class Interpreter:
    """Runs one document abstractly; project files that it imports run in the same interpreter.

    `held` are the values of the heap, `running` the loops that are running, by the id of their
    node; unrolled ones, too, which `loops` does not have.  `told` counts what keeps a call from
    being the same as another one, `contextual` the comparisons that are others in each, `outside`
    what is kept neither under a name of the running scope nor on the heap, `stored` what is written
    to files, and `sought` what is read of them.  `turned` are scores, by their id, of which numbers
    were made that grow where they fall.  `guards` are the answers that led here, `settled` tells
    what a document sets, `kept` are trainings, by their id, that other runs have left in files.
    `awaited` are names of the top level, each with whether only a later line makes what it is.
    What is predicted at the places `weighing` tells weights or effects, and is judged by nobody.
    `passed` are blocks that tests pass over, None for those that something comes to after all.
    """

    __slots__ = (
        *("awaited", "briefly", "calls", "catalogue", "closed_over", "conditions", "contextual"),
        *("document", "each", "entered", "events", "guards", "happened_in", "held", "idle"),
        *("judged", "kept"),
        *("loaders", "loading", "loops", "models", "module_scope", "modules", "notes", "operands"),
        *("operations", "origins", "outside", "over_models", "over_predictions", "passed", "path"),
        *("predictions", "prepared", "project", "read_in", "reads", "repeats", "returned"),
        *("roots", "running", "settled", "shown", "sides", "signatures", "sought", "stars"),
        *("started", "state", "steps", "stored", "stores", "told", "uses", "written", "in_turn"),
        *("turned", "weighing"),
    )

    def __init__(self, document: Document, catalogue: Catalogue, project: Project | None):
        self.document = document
        self.started = {document.path}
        self.catalogue = catalogue
        self.project = project
        self.state = State(Scope(document))
        self.held = self.state.heap.values
        self.module_scope = self.state.scope
        self.events: dict[Any, Event] = {}
        self.models: dict[Hashable, Model] = {}
        self.notes: dict[str, None] = {}
        self.path: tuple[Hashable, ...] = ()
        self.told = self.contextual = self.outside = self.sought = self.stored = 0
        self.uses: dict[ast.AST, carried.Uses] = {}
        self.reads: list[repeats.Read] | None = None
        self.repeats: dict[ast.AST, repeats.Memory] = {}
        self.passed: dict[Spot, bool | None] = {}
        self.conditions = 0
        self.guards: Guards = ()
        self.settled: dict[tuple[str, str], bool] = {}
        self.kept: set[int] = set()
        self.calls: list[functions.Frame] = []
        self.entered: set[int] = set()
        self.loops: list[ast.AST] = []
        self.running: frozenset[int] = frozenset()
        self.sides: list[tuple[ast.If, bool]] = []
        self.signatures: dict[ast.arguments, functions.Signature] = {}
        self.stores: dict[ast.AST, Counter[str]] = {}
        self.shown: set[int] = set()
        self.briefly = False
        self.modules: dict[str, Value] = {}
        self.stars: list[str] = []
        self.steps = 0
        self.returned: list[Value] = []
        self.origins: dict[Hashable, tuple[int, Hashable]] = {}
        self.operands: dict[int, ast.BinOp] = {}
        self.awaited: dict[tuple[int, str], bool] = {}
        self.operations: dict[ast.AugAssign, ast.BinOp] = {}
        self.predictions: dict[tuple[int, Hashable, int], Prediction] = {}
        self.happened_in: dict[int, frozenset[int]] = {}
        self.over_models: set[int] = set()
        self.over_predictions: set[int] = set()
        self.loaders: dict[Rows, list[str]] = {}
        self.loading: set[Hashable] = set()
        self.prepared: set[int] = set()
        self.judged: dict[int, list[Prediction]] = {}
        self.written: dict[Hashable, dict[Guards, Value]] = {}
        self.closed_over: set[Scope] = set()
        self.each: list[ast.AST] = []
        self.roots: list[Nodes | ast.Module] = []
        self.idle: set[int] = set()
        self.read_in: dict[Hashable, frozenset[int]] = {}
        self.turned: set[int] = set()
        self.in_turn: set[Place] = set()
        self.weighing: set[Place] = set()

    # -- facts -----------------------------------------------------------------------------------

    @property
    def context(self) -> tuple[Hashable, ...]:
        """The calls and turns that are running: what is known by it is another in each of them."""
        self.told += 1
        return self.path

    def place(self, node: ast.AST) -> Place:
        """Give the place of a node in the document that is running now."""
        return self.document.place(node)

    def text(self, node: ast.AST) -> str:
        """Give the source text of a node."""
        if type(node) is ast.Name:
            return node.id
        return self.document.text_of(node)

    def emit(self, kind: type[E], node: ast.AST, *more: Hashable, **fields: Any) -> E:
        """Record an event; when its code runs again in a loop, it is brought up to date."""
        if kind is Fit or kind is CrossValidate:
            fields["influences"] = entities.reaching(self, fields.get("influences", ()))
        elif kind is Split:
            fields["loops"] = self.running
        if self.guards:
            fields = guards.narrowed(self.guards, fields)
        self.told += 1
        key: Any = (kind, id(node), self.path, *more)
        event = self.events.get(key)
        if event is None:
            conditional, when = bool(self.conditions), self.guards
            event = kind(place=self.place(node), conditional=conditional, when=when, **fields)
            self.events[key] = event
            self.happened_in[id(event)] = self.running
            return event
        assert isinstance(event, kind)
        for name, value in fields.items():
            setattr(event, name, value)
        return event

    def note(self, text: str) -> None:
        """Say what the analysis could not follow."""
        self.notes[text] = None

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Function:
        """Make a function that closes over the running scope."""
        self.closed_over.add(self.state.scope)
        return Function(node, self.state.scope, self.document)

    def release(self) -> None:
        """Part functions from the scopes that hold them, so that all is freed without a search."""
        for scope in self.closed_over:
            scope.names.clear()
            scope.journal = None

    # -- running ---------------------------------------------------------------------------------

    def eval(self, node: ast.expr | None) -> Value:
        """Evaluate an expression; mutable values come as references."""
        if node is None:
            return UNKNOWN
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise BudgetExceededError
        return expressions.HANDLERS[node.__class__](self, node)

    def count(self, steps: int) -> None:
        """Count steps that need not be taken again."""
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise BudgetExceededError

    def find(self, name: str) -> Value | None:
        """Look a name up, outwards, and note who read what where."""
        start = self.state.scope
        scope: Scope | None = start
        value: Value | None = None
        while scope is not None:
            value = scope.names.get(name)
            if value is not None:
                break
            scope = scope.outer
        if self.reads is not None:
            self.reads.append((start, scope, name, value))
        return value

    def member(self, module: ProjectModule, name: str) -> Value | None:
        """Give what a name stands for in a file of the project."""
        value = module.scope.names.get(name)
        if self.reads is not None:
            self.reads.append((module.scope, module.scope, name, value))
        return value

    def load(self, value: Value) -> Value:
        """Follow a reference."""
        while value.__class__ is Ref:
            value = self.held[value.address]
        return value

    def data(self, value: Value) -> Data:
        """See a value as data: what of it carries rows, influences, predictions or scores."""
        while value.__class__ is Ref:
            value = self.held[value.address]
        return value if isinstance(value, Data) else containers.as_data(self, value)

    def rows_of(self, value: Value, expression: ast.expr | None) -> Data:
        """See a value as data with rows; what is of unknown origin gets rows of its own now."""
        data = self.data(value)
        if data.rows.terms or data.kind in {"scalar", "generator"} or expression is None:
            return data
        self.told += 1
        text = self.text(expression)
        mark = ("awaited",) if self._is_awaited(expression) else ()
        key = ("unknown", text, self.state.scope.identity, self.origin(expression), *mark)
        data = data.but(rows=base(key, text))
        if isinstance(expression, ast.Name) and isinstance(self.load(value), Data):
            self.state.scope.bind(expression.id, self.state.allocate(data))
        return data

    def origin(self, expression: ast.expr) -> tuple[int, Hashable] | None:
        """Tell which assignment, in which call, last gave the name in an expression its value."""
        name = _name_in(expression)
        return None if name is None else self.origins.get((self.state.scope.identity, name))

    def _is_awaited(self, expression: ast.expr) -> bool:
        """Say whether the name in an expression stands for what only a later line makes."""
        if not self.awaited:
            return False
        return self.awaited.get((self.state.scope.identity, _name_in(expression) or ""), False)

    def block(self, body: list[ast.stmt]) -> bool:
        """Run statements; True when the end is not reached (return, raise, break, continue)."""
        for node in body:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise BudgetExceededError
            if _STATEMENTS[node.__class__](self, node):
                return True
        return False

    def begin(self, loop: ast.AST) -> frozenset[int]:
        """Begin a loop whose turns are not told apart; give what `end` must be told."""
        running = self.running
        self.loops.append(loop)
        self.running = running | {id(loop)}
        return running

    def end(self, running: frozenset[int]) -> None:
        """End the loop that began last."""
        self.loops.pop()
        self.running = running

    def turns(self, loop: ast.AST, target: ast.expr | None, values: list[Value]) -> Iterator[Value]:
        """Give the value for each turn of an unrolled loop, which runs in a context of its own."""
        path, running = self.path, self.running
        self.running = running | {id(loop)}
        for position, value in enumerate(values):
            self.path = (*path, ("turn", id(loop), position, id(target)))
            yield value
        self.path, self.running = path, running

    @contextmanager
    def within(self, *keys: Hashable) -> Iterator[None]:
        """Run in a context of its own, e.g. one turn of an unrolled loop."""
        outer = self.path
        self.path = (*outer, *keys)
        try:
            yield
        finally:
            self.path = outer

    @contextmanager
    def conditionally(self, when: bool = True) -> Iterator[None]:
        """Run something that happens on some paths only."""
        self.conditions += when
        try:
            yield
        finally:
            self.conditions -= when


def _name_in(expression: ast.expr) -> str | None:
    """Give the name that an expression begins with."""
    while not isinstance(expression, ast.Name):
        inner = next(ast.iter_child_nodes(expression), None)
        if not isinstance(inner, ast.expr):
            return None
        expression = inner
    return expression.id


def _expression(run: Interpreter, node: ast.Expr) -> None:
    value = run.eval(node.value)
    if id(node) in run.shown:
        sinks.report(run, value, node)


def _assign(run: Interpreter, node: ast.Assign) -> None:
    value = run.eval(node.value)
    if run.loops and isinstance(node.value, ast.Call):
        sinks.running_best(run, node, node.value)
    for target in node.targets:
        stores.assign(run, target, value, node.value)


def _annotated(run: Interpreter, node: ast.AnnAssign) -> None:
    if node.value is not None:
        stores.assign(run, node.target, run.eval(node.value), node.value)


def _augmented(run: Interpreter, node: ast.AugAssign) -> None:
    operation = run.operations.get(node)
    if operation is None:  # once, so that events and rows know it again in a loop
        load = ast.copy_location(_as_load(node.target), node.target)
        operation = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
        run.operations[node] = operation
    value = expressions.binary(run, operation)
    stores.assign(run, node.target, value, node.value)


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    if isinstance(target, ast.Subscript):
        return ast.Subscript(target.value, target.slice, ast.Load())
    return target


def _delete(run: Interpreter, node: ast.Delete) -> None:
    for target in node.targets:
        stores.delete(run, target)


def _with(run: Interpreter, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = run.eval(item.context_expr)
        if item.optional_vars is not None:
            stores.assign(run, item.optional_vars, value, item.context_expr)
    return not deciding.expects_failure(node) and run.block(node.body)


def _function(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    value = functions.decorated(run, node)
    functions.remember_defaults(run, node)
    run.state.scope.bind(node.name, value)


def _class(run: Interpreter, node: ast.ClassDef) -> None:
    bases = tuple(run.eval(base) for base in node.bases)
    scope = Scope(run.document, run.state.scope.seen_below, of_class=True)
    run.closed_over.add(run.state.scope)
    outer, run.state.scope = run.state.scope, scope
    try:
        run.block(node.body)
    finally:
        run.state.scope = outer
    run.state.scope.bind(node.name, Class(node, scope, run.document, bases))


def _return(run: Interpreter, node: ast.Return) -> bool:
    value = run.eval(node.value) if node.value is not None else Constant(None)
    if run.loading:
        batches.returned(run, node.value)
    run.returned.append(value)
    if run.calls:
        run.calls[-1].ways.append(run.guards)
    return True


def _global(run: Interpreter, node: ast.Global) -> None:
    run.told, run.outside = run.told + 1, run.outside + 1
    run.state.scope.global_names.update(node.names)


def _assert(run: Interpreter, node: ast.Assert) -> None:
    run.eval(node.test)


def _raise(run: Interpreter, node: ast.Raise) -> bool:
    run.eval(node.exc)
    return True


def _nothing(run: Interpreter, node: ast.stmt) -> None:
    """Do nothing for statements that move no data."""


# What stands in another module is called by a function, so that nothing is loaded before its turn.
_STATEMENTS: dict[type[ast.stmt], Callable[[Interpreter, Any], bool | None]] = {
    **dict.fromkeys(ast.stmt.__subclasses__(), _nothing),
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.If: branching.branch,
    ast.For: lambda run, node: loops.for_loop(run, node),
    ast.AsyncFor: lambda run, node: loops.for_loop(run, node),
    ast.While: lambda run, node: loops.while_loop(run, node),
    ast.Break: lambda run, node: True,
    ast.Continue: lambda run, node: True,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: branching.attempt,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Import: imports.import_names,
    ast.ImportFrom: imports.import_from,
    ast.Assert: _assert,
    ast.Raise: _raise,
    ast.Match: branching.cases,
}
