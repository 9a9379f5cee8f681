"""Where an order that nothing fixes decides a split, or the number that a class or word gets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, frozen, last_name
from mlaudit_rules.reproducibility.class_folders import FolderLabels
from mlaudit_rules.reproducibility.handed_out import handed_out
from mlaudit_rules.reproducibility.order import Environment, Order, Source, path_of
from mlaudit_rules.reproducibility.seeding import Seeding, generator_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Module

_ADDING = frozenset({"append", "extend", "insert", "appendleft", "add"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FOR = (ast.For, ast.AsyncFor)
_ROWS = {0, "rows", "index"}
_IF = (ast.If, ast.While)
_TELLING = (ast.Call, ast.DictComp, ast.Subscript)
_CLASSES = Pattern(
    r"(?i)class|label|categor|breed|species|target|genre|emotion|char|word|vocab|token|^ys?(_|$)"
    r"|(2|_?to_?)(idx|id|int|index)|(idx|id|int|index)(2|_?to_?)"
)


@frozen
class Arrival:
    """Where an order arrives: `numbers` says that it numbers classes, else it divides rows."""

    source: Source
    node: ast.expr
    numbers: bool


@frozen
class _Loop:
    """A loop in the order of a source: the names of its items, and of what counts them.

    `made` are the names of all that each turn has of its own.
    """

    source: Source
    items: frozenset[str]
    counters: frozenset[str]
    made: set[str]

    @property
    def turn(self) -> str:
        """Name the item that each turn is for, "" where there are several."""
        return next(iter(self.items)) if len(self.items) == 1 else ""


class Arrivals:
    """Follows orders by name, in source order; `found` holds the first arrival of each source."""

    def __init__(self, module: Module, sources: Iterable[ast.AST]):
        self.found: dict[ast.expr, Arrival] = {}
        self._module = module
        self._order = Order(module)
        self._labels = FolderLabels(module)
        self._names: Environment = {}
        self._loops: list[_Loop] = []
        self._function = ""
        self._slices: dict[tuple[str, str], set[str]] = {}
        # Before the first of the sources, which others may share the names of, there is no order.
        first = min(map(module.nodes.stretch, sources), default=(0, 0))
        body = [node for node in module.tree.body if module.nodes.stretch(node)[1] > first[0]]
        self._block(body)
        if self._names or self._slices or self._order.returned:  # else again would be the same
            self._block(module.tree.body)

    def _block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            self._look(node.value)
            self._assign(node)
        elif isinstance(node, ast.Expr):
            self._look(node.value)
            self._expression(node.value)
        elif isinstance(node, _FUNCTIONS):
            self._enter(node)
        elif isinstance(node, ast.ClassDef):
            self._block(node.body)
        elif isinstance(node, _FOR):
            self._for(node)
        elif isinstance(node, _IF):
            self._look(node.test)
            self._block([*node.body, *node.orelse])
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if item.optional_vars is not None:
                    self._make(item.optional_vars, item.context_expr)
            self._block(node.body)
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            self._block([*node.body, *handlers, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.AugAssign):
            self._look(node.value)
            added = self._order.turns(node.value, self._names)
            self._make(node.target, node.value)
            self._label(node.target, node.value, self._loop_of(node.value))
            in_loop = self._loop_of(node.value) if isinstance(node.value, ast.List) else None
            self._mark(node.target, added or (in_loop.source if in_loop else None))
        elif isinstance(node, ast.Return) and node.value is not None:
            self._look(node.value)
            self._return(self._order.of(node.value, self._names))

    @property
    def _loop(self) -> _Loop | None:
        return self._loops[-1] if self._loops else None

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        outer, loops, function = self._names, self._loops, self._function
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        hidden = {argument.arg for argument in arguments}
        self._names = {name: source for name, source in outer.items() if name not in hidden}
        self._loops, self._function = [], node.name
        self._block(node.body)
        # What a method keeps on `self` outlives the call; other names are the function's own.
        kept = {name: made for name, made in self._names.items() if name.startswith("self.")}
        self._names, self._loops, self._function = {**outer, **kept}, loops, function

    def _return(self, source: Source | None) -> None:
        if source is not None:
            self._order.returned[self._function] = source

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self._look(node.iter)
        if self._order.walks(node.iter) and isinstance(node.target, ast.Tuple):
            for part in node.target.elts[1:]:
                self._mark(part, Source(node.iter, is_set=False))
        source = self._order.turns(node.iter, self._names)
        names = [name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)]
        self._make(node.target, node.iter)
        counted = isinstance(node.iter, ast.Call) and last_name(node.iter.func) == "enumerate"
        counters = set(names[:1]) if counted else set()
        if source is not None:
            counters |= _counters(node)
            items = frozenset(names) - counters
            self._loops.append(_Loop(source, items, frozenset(counters), {*names, *counters}))
        self._block(node.body)
        if source is not None:
            self._loops.pop()
        self._block(node.orelse)

    def _make(self, target: ast.expr, value: ast.expr) -> None:
        """Note what a turn of a loop makes of what it has of its own."""
        for loop in self._loops:
            if not loop.made.isdisjoint(_named(value)):
                loop.made.update(_named(target, ast.Store))

    def _loop_of(self, value: ast.expr) -> _Loop | None:
        """Give the innermost loop each turn of which has another such value."""
        names = _named(value) if self._loops else ()
        turning = (loop for loop in reversed(self._loops) if not loop.made.isdisjoint(names))
        return next(turning, None)

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._make(target, node.value)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for part, value in zip(target.elts, node.value.elts, strict=False):
                    self._bind(part, value)
            else:
                self._bind(target, node.value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        self._labels.bind(target, value, [loop.turn for loop in self._loops if loop.turn])
        source = self._order.of(value, self._names)
        if isinstance(target, ast.Subscript):
            self._fill(target, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._bind_path(part, None)
        else:
            self._bind_path(target, source)

    def _bind_path(self, target: ast.expr, source: Source | None) -> None:
        path = path_of(target)
        if path is None:
            return
        if source is not None:
            self._names[path] = source
        else:
            self._names.pop(path, None)

    def _mark(self, target: ast.expr, source: Source | None) -> None:
        path = path_of(target)
        if path is not None and source is not None:
            self._names[path] = source

    def _fill(self, target: ast.Subscript, value: ast.expr) -> None:
        """`number[word] = count` numbers words; `rows[count] = ...` fills rows in this order."""
        loop = self._loop
        if loop is None:
            return
        index = target.slice
        keyed = isinstance(index, ast.Name) and index.id in loop.items
        counting = _is_length(value) or (isinstance(value, ast.Name) and value.id in loop.counters)
        if keyed and counting:
            self._arrive(loop.source, target, numbers=True, named=path_of(target.value))
        elif isinstance(index, ast.Name) and index.id in loop.counters:
            self._mark(target.value, loop.source)

    def _expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.Yield) and self._loop is not None:
            self._return(self._loop.source)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return
        receiver, name = node.func.value, node.func.attr
        if name == "sort":
            self._bind_path(receiver, None)
        elif name == "shuffle" and node.args and self._order.loses(node):
            self._bind_path(node.args[0], None)
        elif name in _ADDING and node.args:
            self._add(receiver, node.args[-1])

    def _add(self, receiver: ast.expr, added: ast.expr) -> None:
        loop = self._loop_of(added)
        source = self._order.turns(added, self._names)
        self._label(receiver, added, loop)
        if loop is not None:
            self._mark(receiver, self._turn_by_turn(loop.source, added))
            if isinstance(added, ast.Name) and added.id in loop.counters:
                self._arrive(loop.source, added, numbers=True, named=path_of(receiver))
        elif source is not None:
            self._mark(receiver, source)

    def _turn_by_turn(self, source: Source, added: ast.expr) -> Source:
        """Give the order of a loop, and with it that of what one turn adds, where it has its own.

        A listing that is added as it is has items of its own, like the rows of a table.
        """
        inner = self._order.of(added, self._names)
        return source if inner is None else Source(source.node, source.is_set, inner=inner)

    def _label(self, receiver: ast.expr, added: ast.expr, loop: _Loop | None) -> None:
        turn, source = (loop.turn, loop.source) if loop is not None else ("", None)
        self._labels.add(receiver, added, turn, source)

    def _look(self, node: ast.expr) -> None:
        """Look for arrivals within an expression."""
        for inner in self._module.nodes.find(*_TELLING, within=node):
            if isinstance(inner, ast.Call):
                self._call(inner)
            elif isinstance(inner, ast.DictComp):
                self._numbering(inner)
            elif isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Slice):
                self._slice(inner, inner.slice)

    def _call(self, node: ast.Call) -> None:
        call = self._module.call_of.get(node)
        if call is not None and _divides(self._module, call):
            folders = self._labels.stratifying(node)
            for argument in _rows_given(call):
                source = self._order.of(argument, self._names)
                if source is not None and source.node is folders:
                    source = source.inner
                if source is None or handed_out(self._module, node):
                    continue
                self._arrive(source, node, numbers=False)
        elif last_name(node.func) == "fit" and node.args:
            if any(keyword.arg == "validation_split" for keyword in node.keywords):
                self._arrive(self._order.of(node.args[0], self._names), node, numbers=False)
        elif last_name(node.func) == "dict" and node.args and isinstance(node.args[0], ast.Call):
            inner = node.args[0]
            if last_name(inner.func) == "enumerate" or _zips_range(inner):
                self._arrive_as_number(node, inner)
        elif last_name(node.func) == "index" and isinstance(node.func, ast.Attribute):
            listed = node.func.value
            source = self._order.of(listed, self._names)
            self._arrive(source, node, numbers=True, named=path_of(listed))

    def _arrive_as_number(self, node: ast.expr, numbered: ast.Call) -> None:
        source = self._order.of(numbered, self._names)
        parent = self._module.nodes.parents.get(node)
        named = path_of(parent.targets[0]) if isinstance(parent, ast.Assign) else None
        self._arrive(source, node, numbers=True, named=named)

    def _numbering(self, node: ast.DictComp) -> None:
        """`{word: number for number, word in enumerate(words)}`, and the other way round."""
        generator = node.generators[0]
        counted = generator.iter
        if not isinstance(counted, ast.Call) or last_name(counted.func) != "enumerate":
            return
        names = [name.id for name in ast.walk(generator.target) if isinstance(name, ast.Name)]
        if any(
            isinstance(part, ast.Name) and part.id == names[0] for part in (node.key, node.value)
        ):
            self._arrive_as_number(node, counted)

    def _slice(self, node: ast.Subscript, bounds: ast.Slice) -> None:
        """`files[:800]` and `files[800:]` are the parts of a split."""
        path = path_of(node.value)
        source = self._order.of(node.value, self._names)
        if path is None or source is None or bounds.step is not None:
            return
        lower, upper = (
            ast.unparse(bound) if bound else "" for bound in (bounds.lower, bounds.upper)
        )
        if bool(lower) == bool(upper):
            return
        sides = self._slices.setdefault((path, lower or upper), set())
        sides.add("rest" if lower else "first")
        if len(sides) == 2:
            self._arrive(source, node, numbers=False)

    def _arrive(
        self, source: Source | None, node: ast.expr, *, numbers: bool, named: str | None = None
    ) -> None:
        if source is None or source.node in self.found:
            return
        # The numbers of files are only their rows; those of their folders are often the classes.
        if numbers and not source.is_set and not (named and _CLASSES.search(named)):
            return
        self.found[source.node] = Arrival(source, node, numbers)


def _rows_given(call: Call) -> list[ast.expr]:
    """List what a call is given in the places of rows; any place may be one where none is known."""
    words = [(keyword.arg, keyword.value) for keyword in call.node.keywords]
    entry = call.entry
    if entry is None or not entry.data:
        return [*call.node.args, *(value for _, value in words)]
    placed = zip(entry.parameters, call.node.args, strict=False)
    known = {*entry.data, entry.target, "groups"}
    return [value for name, value in (*placed, *words) if name in known]


def _divides(module: Module, call: Call) -> bool:
    """Say whether a call divides rows in a way that depends on their order alone."""
    entry = call.entry
    if entry is None:
        return False
    if entry.kind == "cross-validate":
        folds = call.arguments.get("cv")
        return folds is None or (folds.known and isinstance(folds.value, int))
    if entry.kind != "split" or not _along_rows(call, entry.along):
        return False
    if not call.is_random or not call.lacks_seed:
        return True
    return module.fact(Seeding).reaches(generator_of(call), call)


def _along_rows(call: Call, along: str | None) -> bool:
    """Say whether rows are divided, and no columns: `np.split(signals, 3, axis=1)` keeps each."""
    axis = call.arguments.get(along or "axis")
    return axis is None or not axis.known or axis.value in _ROWS


def _named(node: ast.expr, context: type[ast.expr_context] = ast.Load) -> set[str]:
    names = (name for name in ast.walk(node) if isinstance(name, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, context)}


def _counters(node: ast.For | ast.AsyncFor) -> set[str]:
    """Name what a loop itself counts up: `number += 1`."""
    return {
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AugAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(statement.value, ast.Constant)
    }


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "len"


def _zips_range(node: ast.Call) -> bool:
    ranges = (
        isinstance(argument, ast.Call) and last_name(argument.func) in {"range", "arange"}
        for argument in node.args
    )
    return last_name(node.func) == "zip" and any(ranges)
