"""What waits in a dictionary under a key that nothing in the document asks for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.bindings import sole_values, uses

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_OF_KEYS = frozenset({"len", "list", "sorted", "set", "tuple", "print", "enumerate"})
_LEAVES = (ast.Return, ast.Continue, ast.Break, ast.Raise)


def never_asked_for(module: Module, value: ast.AST) -> bool:
    """Say whether a value of a dictionary has a key that none of those who ask for one can mean.

    The dictionary must go by one name, which is bound once, and be asked for others: in its own
    document, or in those that import it.
    """
    held = module.nodes.parents.get(value)
    statement = module.nodes.parents.get(held) if isinstance(held, ast.Dict) else None
    if not isinstance(held, ast.Dict) or not isinstance(statement, ast.Assign):
        return False
    keys = [key for key, each in zip(held.keys, held.values, strict=True) if each is value]
    if len(statement.targets) != 1 or not isinstance(keys[0], ast.Constant):
        return False
    target, key = statement.targets[0], keys[0].value
    asked = [_asks(module, reading, key) for reading in _readings(module, target)]
    if not asked and isinstance(target, ast.Name) and statement in module.tree.body:
        asked = _asked_elsewhere(module, target.id, key)
    return None not in asked and False in asked


def _asked_elsewhere(module: Module, name: str, key: object) -> list[bool | None]:
    """Tell what the files that import the document ask for, by keys that are written out."""
    trees = module.mentioning([name]) if module.importers else []
    nodes = [node for tree in trees for node in ast.walk(tree)]
    keyed = [node for node in nodes if isinstance(node, ast.Subscript) and _is_named(node, name)]
    asked: list[bool | None] = [
        False if isinstance(node.slice, ast.Constant) and node.slice.value != key else None
        for node in keyed
    ]
    named = sum(_says(node, name) for node in nodes)
    return asked if named == len(keyed) else [None]


def _is_named(node: ast.Subscript, name: str) -> bool:
    return isinstance(node.ctx, ast.Load) and _says(node.value, name)


def _says(node: ast.AST, name: str) -> bool:
    """Say whether a node is the name, be it of a module: `models`, or `menu.models`."""
    if isinstance(node, ast.Attribute):
        return node.attr == name
    return isinstance(node, ast.Name) and node.id == name


def _readings(module: Module, target: ast.expr) -> list[ast.expr]:
    """List where a name or attribute is read that is bound once; none where it is bound again."""
    found: list[ast.expr]
    if isinstance(target, ast.Name):
        found = [*module.fact(uses).get(target.id, ())]
    elif isinstance(target, ast.Attribute):
        found = [*module.fact(_attributes).get(target.attr, ())]
    else:
        return []
    stores = [use for use in found if isinstance(getattr(use, "ctx", None), ast.Store)]
    return [use for use in found if use is not target] if len(stores) == 1 else []


def _attributes(module: Module) -> dict[str, list[ast.Attribute]]:
    found: dict[str, list[ast.Attribute]] = {}
    for node in module.nodes.find(ast.Attribute):
        found.setdefault(node.attr, []).append(node)
    return found


def _asks(module: Module, reading: ast.expr, key: object) -> bool | None:
    """Tell what a reading asks for: False for another key, True for keys alone, None for it all."""
    above = module.nodes.parents[reading]
    match above:
        case ast.Subscript(slice=asked, ctx=ast.Load()) if above.value is reading:
            return False if _means_another(module, asked, key) else None
        case ast.Attribute(attr="get"):
            call = module.nodes.parents[above]
            given = call.args if isinstance(call, ast.Call) and call.func is above else []
            return False if given and _means_another(module, given[0], key) else None
        case ast.Attribute(attr="keys") | ast.For() | ast.comprehension():
            return True
        case ast.Compare() if above.left is not reading:
            return True
        case ast.Call(func=ast.Name(id=name)) if name in _OF_KEYS:
            return True
        case _:
            return None


def _means_another(module: Module, asked: ast.expr, key: object) -> bool:
    """Say whether an expression is never the key, where it stands."""
    if isinstance(asked, ast.Constant):
        return bool(asked.value != key)
    if not isinstance(asked, ast.Name):
        return False
    bound = module.fact(sole_values).get(asked.id)
    if isinstance(bound, ast.Constant):
        return bool(bound.value != key)
    inner: ast.AST = asked
    above = module.nodes.parents.get(inner)
    while above is not None and not isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(above, ast.stmt) and _excluded(module, above, inner, asked.id, key):
            return True
        inner, above = above, module.nodes.parents.get(above)
    return above is not None and _left_before(getattr(above, "body", []), inner, asked.id, key)


def _excluded(module: Module, above: ast.stmt, inner: ast.AST, name: str, key: object) -> bool:
    """Say whether a statement lets a name have the key nowhere in the part that holds a node."""
    if isinstance(above, ast.If):
        bound = any(
            isinstance(use.ctx, ast.Store) and use.id == name
            for use in module.nodes.find(ast.Name, within=above)
        )
        if not bound and _tells(
            above.test, name, key, ast.NotEq if inner in above.body else ast.Eq
        ):
            return inner is not above.test
    elif isinstance(above, ast.For) and _binds(above.target, name):
        turns = above.iter.elts if isinstance(above.iter, ast.List | ast.Tuple) else []
        if turns and all(isinstance(turn, ast.Constant) and turn.value != key for turn in turns):
            return True
    blocks = (getattr(above, field, []) for field in ("body", "orelse", "finalbody"))
    return any(_left_before(block, inner, name, key) for block in blocks)


def _binds(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _left_before(block: list[ast.stmt], inner: ast.AST, name: str, key: object) -> bool:
    """Say whether `if name == key:` leaves a block before it comes to a statement."""
    if inner not in block:
        return False
    return any(
        isinstance(statement, ast.If)
        and isinstance(statement.body[-1], _LEAVES)
        and _tells(statement.test, name, key, ast.Eq)
        for statement in block[: block.index(inner)]
    )


def _tells(test: ast.expr, name: str, key: object, how: type[ast.cmpop]) -> bool:
    """Say whether a test compares a name with the key, in one way: equal, or not."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], how):
        return False
    sides = (test.left, test.comparators[0])
    named = any(_binds(side, name) for side in sides)
    return named and any(isinstance(side, ast.Constant) and side.value == key for side in sides)
