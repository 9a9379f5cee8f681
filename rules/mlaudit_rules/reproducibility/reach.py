"""Which random draws reach a training or a score, told by the names that carry them."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from mlaudit.rulekit import children, last_name, only_read
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.in_texts import given_by_name, is_text
from mlaudit_rules.reproducibility.never_run import passed_by
from mlaudit_rules.reproducibility.steps import steps_along_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module

    Draws = frozenset[ast.Call]
    Elements = tuple[Draws, ...]
    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_NAMES = (ast.Name, ast.Attribute)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FOR = (ast.For, ast.AsyncFor)
_IF = (ast.If, ast.While)
NONE: Draws = frozenset()
_TRAINING = frozenset({"fit", "partial_fit", "fit_generator", "fit_predict", "train_on_batch"})
_TRAINING_KINDS = frozenset({"train", "cross-validate"})
_JUDGING_KINDS = frozenset({"metric", "curve"})
_LEARNING_NO_MODEL = frozenset({"transformer", "encoder", "selector", "resampler"})
_SHAPES = frozenset({"shape", "dtype", "ndim", "columns"})
# What only looks on while a model is trained brings nothing into it.
_WATCHING = frozenset({"callbacks", "callback"})
_IN_PLACE = frozenset({"shuffle"})
_STEPPING = frozenset({"step", "zero_grad", "zero_", "apply_gradients"})


class Reach:
    """Follows draws from name to name, in source order, into the calls that train or judge.

    Functions are followed by what they return, each element of a tuple by itself, classes by what
    any of their methods draws.  `reached` maps each draw that arrived, in the order given, to the
    first call it arrived at, which only judges where none of them trains.
    """

    def __init__(self, module: Module, draws: Iterable[ast.Call]):
        ordered = list(draws)
        self.reached: dict[ast.Call, ast.Call] = {}
        self._draws = set(ordered)
        self._nodes = module.nodes
        self._names = module.names
        self._kinds = {call.node: call.entry.kind for call in module.calls if call.entry}
        self._transformers = _bound_to(module, self._kinds)
        self._readings: dict[ast.AST, _Reading] = {}
        self._turns = _of_turns(module)
        self._looking: dict[ast.AST, bool] = {}
        self._steps = {
            _block_of(module, node) for node in module.nodes.find(ast.Attribute) if _steps(node)
        }
        self._module = module
        self._dead = module.fact(Dead)
        self._returned: dict[str, Elements] = {}
        self._trains = self._training_functions(module)
        self._carried: dict[str, Draws] = {}
        self._control = NONE
        self._in_loop = False
        self._around: Definition | None = None
        self._entered: set[str] = set()
        # Before the first draw nothing is carried.
        first = min(map(module.nodes.stretch, self._draws), default=(0, 0))
        body = [node for node in module.tree.body if module.nodes.stretch(node)[1] > first[0]]
        self._block(body)
        more = any(self._carried.values()) or any(map(any, self._returned.values()))
        if more and len(self.reached) < len(self._draws):  # else again is the same
            self._block(module.tree.body)
        self.reached = {draw: self.reached[draw] for draw in ordered if draw in self.reached}

    def given_by(self, function: str) -> Draws:
        """Tell which draws are in what a function returns."""
        return NONE.union(*self._returned.get(function, ()))

    def only_judges(self, end: ast.Call) -> bool:
        """Say whether a call that draws arrive at judges a model, and trains none."""
        return self._kinds.get(end) in _JUDGING_KINDS

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            self._assign(node.targets, self._elements(node.value))
        elif isinstance(node, ast.Expr):
            self._expression(node.value)
        elif isinstance(node, _FUNCTIONS):
            self._function(node, node.name)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign([node.target], (self._read(node.value),))
        elif isinstance(node, ast.AugAssign):
            self._taint(node.target, self._read(node.value))
        elif isinstance(node, _FOR):
            self._assign([node.target], (self._read(node.iter),))
            self._loop(node)
        elif isinstance(node, _IF):
            self._branches(node)
        elif isinstance(node, ast.Match):
            self._under(node.subject, [s for case in node.cases for s in case.body])
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self._read(item.context_expr)
            self._block(node.body)
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            self._block([*node.body, *handlers, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.Return) and node.value is not None:
            self._give("", self._elements(node.value))

    def _expression(self, node: ast.expr) -> None:
        carried = self._read(node)
        if isinstance(node, ast.Yield | ast.YieldFrom):
            self._give("", (carried,))
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return
        if node.func.attr in _IN_PLACE and node in self._draws and node.args:
            self._taint(node.args[0], frozenset({node}))
        elif node not in self._draws and self._names.resolve(node.func) is None:
            self._taint(node.func.value, carried)

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        # Twice, for what the next round reads; once inside another loop, which repeats it anyway.
        again = [] if self._in_loop else node.body
        outer, self._in_loop = self._in_loop, True
        self._block([*node.body, *again])
        self._in_loop = outer
        self._block(node.orelse)

    def _branches(self, node: ast.If | ast.While) -> None:
        self._under(node.test, [*node.body, *node.orelse])

    def _under(self, asked: ast.expr, body: list[ast.stmt]) -> None:
        """Follow statements of which some run, as what is asked comes out."""
        outer = self._control
        self._control = outer | self._read(asked)
        self._block(body)
        self._control = outer

    def _function(self, node: Definition, name: str) -> None:
        outer, control, result = self._carried, self._control, self._returned.pop("", ())
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        hidden = {argument.arg for argument in arguments}
        self._carried = {key: value for key, value in outer.items() if key not in hidden}
        self._control = NONE
        around, self._around = self._around, node
        self._block(node.body)
        self._around = around
        self._give(name, self._returned.pop("", ()))
        # What a method keeps on `self` outlives the call; other names are the function's own.
        kept = {key: value for key, value in self._carried.items() if key.startswith("self.")}
        self._carried, self._control = {**outer, **kept}, control
        self._returned[""] = result

    def _class(self, node: ast.ClassDef) -> None:
        drawn = frozenset(self._nodes.find(ast.Call, within=node)) & self._draws
        self._returned[node.name] = (drawn,)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self._function(statement, statement.name)

    def _give(self, function: str, elements: Elements) -> None:
        """Note what a function returns; where it returns as many elsewhere, element by element."""
        known = self._returned.get(function) or elements
        elements = elements or known
        if len(known) == len(elements):
            joined = tuple(one | other for one, other in zip(known, elements, strict=True))
        else:
            joined = (NONE.union(*known, *elements),)
        self._returned[function] = joined

    def _assign(self, targets: list[ast.expr], elements: Elements) -> None:
        for target in targets:
            for part, carried in _paired(target, elements):
                self._bind(part, carried | self._control)

    def _bind(self, target: ast.expr, carried: Draws) -> None:
        path = _path(target)
        if path is None:
            self._taint(target, carried)
        elif carried and "seed" not in path.lower():
            self._carried[path] = carried
        else:
            self._carried.pop(path, None)

    def _taint(self, target: ast.expr, carried: Draws) -> None:
        carried |= self._control
        while isinstance(target, ast.Subscript | ast.Starred):
            target = target.value
        path = _path(target)
        if carried and path is not None:
            self._carried[path] = self._carried.get(path, NONE) | carried

    def _elements(self, node: ast.expr) -> Elements:
        """Tell what each element carries of a tuple that stands here or that a function returns."""
        if isinstance(node, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in node.elts):
            return tuple(map(self._read, node.elts))
        carried = self._read(node)
        if not isinstance(node, ast.Call) or self._imported(node.func):
            return (carried,)
        returned = self._returned.get(last_name(node.func), ())
        if len(returned) < 2 or node in self._draws:
            return (carried,)
        given = self._carried_by(self._readings[node])
        return tuple(given | element for element in returned)

    def _read(self, node: ast.AST | None) -> Draws:
        """Collect the draws that an expression carries, and note where they arrive."""
        if node is None:
            return NONE
        if isinstance(node, ast.Call):
            return self._call(node)
        reading = self._readings.get(node)
        if reading is None:
            reading = self._readings[node] = _Reading(self._turns)
            reading.add(node, False)
        return self._carried_by(reading)

    def _carried_by(self, reading: _Reading) -> Draws:
        carried = NONE
        for path in reading.paths:
            if path in self._carried:
                carried |= self._carried[path]
        for call, watching in reading.calls:
            drawn = self._call(call)
            if not watching:
                carried |= drawn
        return carried

    def _call(self, node: ast.Call) -> Draws:
        reading = self._readings.get(node)
        if reading is None:
            reading = self._readings[node] = _Reading(self._turns)
            reading.add_children(node, False)
        carried = self._carried_by(reading)
        name = last_name(node.func)
        if node in self._draws:
            carried |= {node}
        elif name == "len":
            return NONE
        own = "" if self._imported(node.func) else name
        given = carried | self._control
        carried |= self.given_by(own) if own else NONE
        arriving = carried | self._control
        if self._dead.holds(node):
            return carried
        if arriving and not self._arrives(node):
            # What a function only gives back has not been in its training.
            arriving = given if own and own in self._trains else NONE
            if arriving and self._only_named(node, own):
                arriving = NONE
        if arriving:
            if passed_by(self._module, self._around):
                return carried
            for draw in arriving:
                known = self.reached.get(draw)
                if known is None or (self.only_judges(known) and not self.only_judges(node)):
                    self.reached[draw] = node
        return carried

    def _only_named(self, call: ast.Call, name: str) -> bool:
        """Say whether a function that trains is given draws in texts alone, and learns none.

        That is how a token gets into the name of a folder: the texts are followed through it.
        """
        function = self._names.functions.get(name)
        if function is None or self._control or name in self._entered:
            return False
        given = given_by_name(call, function) if isinstance(call.func, ast.Name) else None
        carrying = {key: self._read(value) for key, value in (given or {}).items()}
        carrying = {key: carried for key, carried in carrying.items() if carried}
        if not carrying or not all(is_text(self._module, given[key]) for key in carrying if given):
            return False
        return not self._taught(function, carrying)

    def _taught(self, function: Definition, given: dict[str, Draws]) -> bool:
        """Say whether draws that a function is given arrive at anything in it that trains."""
        outer = self.reached, self._carried, self._returned, self._around
        self.reached, self._returned, self._around = {}, {**self._returned}, function
        self._carried = {**self._carried, **given}
        self._entered.add(function.name)
        self._block(function.body)
        taught = any(draw in self.reached for carried in given.values() for draw in carried)
        self._entered.remove(function.name)
        self.reached, self._carried, self._returned, self._around = outer
        return taught

    def _imported(self, function: ast.expr) -> bool:
        """Say whether `module.name` is called: a function of that name here is another one."""
        head = function
        while isinstance(head, ast.Attribute):
            head = head.value
        if head is function or getattr(head, "id", "") in self._names.bound:
            return False
        return self._names.resolve(function) is not None

    def _arrives(self, node: ast.Call) -> bool:
        kind = self._kinds.get(node)
        if kind in _TRAINING_KINDS or (kind in _JUDGING_KINDS and bool(self._trains)):
            return True
        return self._teaches(node.func)

    def _teaches(self, function: ast.expr) -> bool:
        """Say whether the call of a method trains a model; a gradient alone trains none."""
        if not isinstance(function, ast.Attribute) or self._transforms(function.value):
            return False
        if function.attr != "backward":
            return function.attr in _TRAINING
        return bool(self._steps) and self._steps_beside(function) and not self._on_inputs

    @cached_property
    def _on_inputs(self) -> bool:
        return steps_along_inputs(self._module)

    def _steps_beside(self, function: ast.Attribute) -> bool:
        """Say whether weights may change by a gradient; one at the top level, in its own cell."""
        cell, around = _block_of(self._module, function)
        if around is not None and self._only_reads(around):
            return False
        return around is not None or cell is None or any(cell == one for one, _ in self._steps)

    def _only_reads(self, around: ast.AST) -> bool:
        """Say whether a function looks at gradients and steps along none."""
        if around not in self._looking:
            self._looking[around] = only_read(around)
        return self._looking[around]

    def _training_functions(self, module: Module) -> set[str]:
        """Name the functions that train something themselves; "" if the top level does."""
        methods = module.calls_named(*_TRAINING, "backward")
        around = [named.function for named in methods if self._teaches(named.node.func)]
        around += [call.function for call in module.calls_of(*_TRAINING_KINDS)]
        found = {function.name if function else "" for function in around}
        return found - {"__init__", "forward", "__call__"}

    def _transforms(self, receiver: ast.expr) -> bool:
        if isinstance(receiver, ast.Call):
            return self._kinds.get(receiver) in _LEARNING_NO_MODEL
        return _path(receiver) in self._transformers


class _Reading:
    """What an expression reads: names with their attributes, and calls; those may only watch.

    Names that stand for the `turns` of a comprehension are none of those around it.
    """

    def __init__(self, turns: set[ast.Name]) -> None:
        self._turns = turns
        self.paths: list[str] = []
        self.calls: list[tuple[ast.Call, bool]] = []

    def add(self, node: ast.AST, watching: bool) -> None:
        """Add what a part of the expression reads."""
        if isinstance(node, ast.Call):
            self.calls.append((node, watching))
        elif isinstance(node, _NAMES):
            if isinstance(node, ast.Attribute) and node.attr in _SHAPES:
                return
            path = _path(node)
            if path is not None and not watching and node not in self._turns:
                self.paths.append(path)
            if isinstance(node, ast.Attribute):
                self.add(node.value, watching)
        elif not isinstance(node, ast.Constant):
            self.add_children(node, watching)

    def add_children(self, node: ast.AST, watching: bool) -> None:
        """Add what the parts of a node read, from left to right."""
        for child in children(node):
            watches = isinstance(child, ast.keyword) and child.arg in _WATCHING
            self.add(child, watching or watches)


def _of_turns(module: Module) -> set[ast.Name]:
    """Find the names in comprehensions that stand for what these go through."""
    found: set[ast.Name] = set()
    kinds = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
    for node in module.nodes.find(*kinds):
        names = module.nodes.find(ast.Name, within=node)
        bound = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        found.update(name for name in names if name.id in bound)
    return found


def _steps(node: ast.Attribute) -> bool:
    """Say whether an attribute tells that gradients change weights; loops by hand clear them."""
    return node.attr in _STEPPING or (node.attr == "grad" and isinstance(node.ctx, ast.Store))


def _block_of(module: Module, node: ast.expr) -> tuple[int | None, ast.AST | None]:
    """Tell the cell and the function that a node stands in."""
    around = module.nodes.parents.get(node)
    while around is not None and not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
        around = module.nodes.parents.get(around)
    return module.place(node).location.cell, around


def _bound_to(module: Module, kinds: dict[ast.Call, str]) -> set[str | None]:
    """Name what is bound to a transformer."""
    return {
        _path(target)
        for node in module.nodes.find(ast.Assign)
        if isinstance(node.value, ast.Call) and kinds.get(node.value) in _LEARNING_NO_MODEL
        for target in node.targets
    } - {None}


def _paired(target: ast.expr, elements: Elements) -> Iterator[tuple[ast.expr, Draws]]:
    """Give what is assigned to with what it carries; parts carry it all if they are not as many."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    if len(parts) != len(elements) or any(isinstance(part, ast.Starred) for part in parts):
        parts, elements = [target], (NONE.union(*elements),)
    for part, carried in zip(parts, elements, strict=True):
        for inner in _parts([part]):
            yield inner, carried


def _parts(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _parts(target.elts)
        else:
            yield target


def _path(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])
