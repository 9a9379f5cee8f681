"""Takes out of a tree what can never run, so that nobody judges it or reasons from it."""

from __future__ import annotations

import ast
import operator
from collections import Counter
from typing import TYPE_CHECKING, Any

from mlaudit.model.once import once
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlaudit.source.document import Document

    Block = list[ast.stmt]

_BLOCKS = ("body", "orelse", "finalbody")
_SIMPLE = (ast.Expr, ast.Assign, ast.Import, ast.ImportFrom, ast.AugAssign)
_LOOPS = (ast.For, ast.AsyncFor)
_DECLARING = (ast.Global, ast.Nonlocal)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_EXITS = frozenset({"sys.exit", "exit", "quit"})
_RANGES = frozenset({"range", "trange"})
_GOING_THROUGH = frozenset({"tqdm", "enumerate", "reversed", "list"})
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ZERO = (" = 0", "=0", ": int = 0")
# Whoever runs a notebook with papermill gives what such a cell sets other values.
_GIVEN = "parameters"
# Editors run the parts of a script that such lines begin one by one.
_CELL = "\n# %%"


def leave_out(tree: ast.Module, document: Document) -> None:
    """Take out of the tree of a document what can never run.

    That is the branch that a constant rules out, the body of a loop that takes no turn, and what
    follows behind `return`, `raise`, `break`, `continue`, `assert False` or `sys.exit()`.  At the
    top level it stays where it is run by cells, whatever becomes of those before.
    """
    _Pruning(tree, document).prune(tree.body)


def is_empty_range(bounds: Sequence[object]) -> bool:
    """Say whether what is given to `range` are numbers between which there is none."""
    numbers = [bound for bound in bounds if type(bound) is int]
    whole = 0 < len(numbers) == len(bounds) <= 3
    return whole and 0 not in numbers[2:] and not range(*numbers)


class _Pruning:
    """Goes through the blocks of a tree; asks only where it counts what a name is bound to."""

    def __init__(self, tree: ast.Module, document: Document):
        self._tree = tree
        self._document = document
        self._may_declare = "global " in document.text or "nonlocal " in document.text
        self._may_exit = "exit(" in document.text or "quit(" in document.text
        self._own_exit = any(f"def {name}(" in document.text for name in _EXITS)
        self._by_cells = document.is_notebook or _CELL in document.text
        self._bound_in: dict[ast.stmt, Counter[str]] = {}

    def prune(self, block: Block) -> None:
        """Empty the blocks in a block that never run."""
        for position, statement in enumerate(block):
            kind = statement.__class__
            if kind in _LEAVING or self._stops(statement):
                may_stay = self._by_cells and block is self._tree.body
                if not may_stay and not _makes_generator(block[position + 1 :]):
                    del block[position + 1 :]
                    return
            if kind in _SIMPLE:
                continue
            self._decide(statement, block[:position] if kind in _DECIDED else [])
            for inner in _inner(statement):
                self.prune(inner)

    def _stops(self, statement: ast.stmt) -> bool:
        """Say whether a statement ends the program: `assert False`, `sys.exit()`.

        The `exit` of a notebook only asks for that, and the cell runs to its end.
        """
        if isinstance(statement, ast.Assert):
            return _truth(statement.test) is False
        if not self._may_exit or not isinstance(statement, ast.Expr):
            return False
        called = statement.value.func if isinstance(statement.value, ast.Call) else None
        if isinstance(called, ast.Name) and (self._document.is_notebook or self._own_exit):
            return False
        return isinstance(called, ast.Name | ast.Attribute) and ast.unparse(called) in _EXITS

    def _decide(self, statement: ast.stmt, before: Block) -> None:
        if isinstance(statement, ast.If):
            value = _truth(statement.test)
            if value is False:
                _empty(statement.body)
            elif value is True:
                statement.orelse.clear()
        elif isinstance(statement, ast.While):
            if _truth(statement.test) is False or self._fails(statement.test, before):
                _empty(statement.body)
        elif isinstance(statement, _LOOPS) and self._has_no_turn(statement.iter, before):
            _empty(statement.body)

    def _has_no_turn(self, iterated: ast.expr, before: Block) -> bool:
        """Say whether nothing can be gone through: `[]`, `range(0)`."""
        if isinstance(iterated, ast.List | ast.Tuple):
            return not iterated.elts
        if not isinstance(iterated, ast.Call) or not iterated.args:
            return False
        name = iterated.func.attr if isinstance(iterated.func, ast.Attribute) else iterated.func
        name = name.id if isinstance(name, ast.Name) else name
        if name in _GOING_THROUGH:
            return self._has_no_turn(iterated.args[0], before)
        if name not in _RANGES or not self._may_be_known(iterated.args):
            return False
        return is_empty_range([self._number(bound, before) for bound in iterated.args])

    def _fails(self, test: ast.expr, before: Block) -> bool:
        """Say whether a comparison of numbers fails the first time already."""
        if not isinstance(test, ast.Compare) or len(test.ops) > 1:
            return False
        compare = _COMPARED.get(test.ops[0].__class__)
        sides = [test.left, *test.comparators]
        if compare is None or not self._may_be_known(sides):
            return False
        numbers = [self._number(side, before) for side in sides]
        return None not in numbers and not compare(*numbers)

    def _may_be_known(self, nodes: list[ast.expr]) -> bool:
        """Say, by a glance at the text, whether all may be numbers and one of them is 0."""
        text, names = self._document.text, [one.id for one in nodes if isinstance(one, ast.Name)]
        literals = [_literal(one) for one in nodes if not isinstance(one, ast.Name)]
        if None in literals:
            return False
        return not names or any(f"{name}{sign}" in text for name in names for sign in _ZERO)

    def _number(self, node: ast.expr, before: Block) -> float | None:
        """Give the number that an expression is, behind some statements of its block."""
        if not isinstance(node, ast.Name):
            return _literal(node)
        if self._may_declare and node.id in self._declared:
            return None
        for statement in reversed(before):
            if self._binds(statement, node.id):
                return self._bound(statement, node)
        binding = [one for one in self._tree.body if self._binds(one, node.id)]
        if len(binding) != 1 or _times(self._bindings(binding[0]), node.id) != 1:
            return None
        return self._bound(binding[0], node)

    def _binds(self, statement: ast.stmt, name: str) -> bool:
        """Say whether a statement, or one in it, may bind a name."""
        return bool(_times(self._bindings(statement), name))

    def _bindings(self, statement: ast.stmt) -> Counter[str]:
        """Count the names that a statement, or one in it, bound when this was first asked."""
        known = self._bound_in.get(statement)
        if known is None:
            known = self._bound_in[statement] = _bindings(statement)
        return known

    @once
    def _declared(self) -> frozenset[str]:
        """The names that stand around a function which may bind them."""
        declaring = (one for one in walk(self._tree) if isinstance(one, _DECLARING))
        return frozenset(name for one in declaring for name in one.names)

    def _bound(self, statement: ast.stmt, reader: ast.Name) -> float | None:
        """Give the number that a statement binds a name to, unless another one may be given."""
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            return None
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if not all(isinstance(target, ast.Name) for target in targets):
            return None
        cell = self._document.unit_at(statement.lineno).cell
        given = cell is not None and _GIVEN in cell.tags
        if given and cell is not self._document.unit_at(reader.lineno).cell:
            return None
        return _literal(statement.value)


_DECIDED = (*_LOOPS, ast.While)


def _inner(statement: ast.stmt) -> list[Block]:
    """List the blocks in a statement."""
    if isinstance(statement, ast.Match):
        return [case.body for case in statement.cases]
    blocks = [block for name in _BLOCKS if (block := getattr(statement, name, None))]
    return blocks + [handler.body for handler in getattr(statement, "handlers", ())]


def _empty(block: Block) -> None:
    block[:] = [ast.copy_location(ast.Pass(), block[0])]


def _truth(test: ast.expr) -> bool | None:
    """Say what a test that is spelt as a constant comes to, None for any other one."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = _truth(test.operand)
        return None if value is None else not value
    return bool(test.value) if isinstance(test, ast.Constant) else None


def _literal(node: ast.expr) -> float | None:
    """Give the number that an expression spells, None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _literal(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return node.value  # type: ignore[return-value]
    return None


def _bindings(node: ast.AST) -> Counter[str]:
    """Count where names may be bound at or below a node; a parameter counts, and a star import."""
    found: Counter[str] = Counter()
    for one in walk(node):
        if isinstance(one, ast.Name):
            if not isinstance(one.ctx, ast.Load):
                found[one.id] += 1
        elif isinstance(one, ast.alias):
            found.update({one.name, one.asname or one.name})
        elif isinstance(one, ast.arg):
            found[one.arg] += 1
        elif isinstance(name := getattr(one, "name", None), str):
            found[name] += 1
    return found


def _times(bound: Counter[str], name: str) -> int:
    return bound[name] + bound["*"]


def _makes_generator(block: Block) -> bool:
    """Say whether statements hold a `yield`, which does something even where it never runs."""
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        for statement in block
        for node in ast.walk(statement)
    )
