"""Who reads what a statement binds, and the rows that nobody does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.bindings import uses
from mlaudit_rules.reproducibility.constructions import function_around
from mlaudit_rules.reproducibility.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module

_RESAMPLING = frozenset({"fit_resample", "fit_sample"})
_PRINTING = frozenset({"print", "display"})
_COUNTING = _PRINTING | {"bincount", "format", "len", "nunique", "unique", "value_counts"}
_LEARNING = ("predictor", "wrapper", "search", "trainer")


def unused(module: Module, node: ast.AST) -> bool:
    """Say whether the value of an expression is dropped where it stands: a statement of its own."""
    return isinstance(module.nodes.parents.get(node), ast.Expr)


def only_printed(module: Module, node: ast.AST) -> bool:
    """Say whether the value of an expression is printed and goes nowhere else, by a name or as is.

    Whoever imports the document may read the name.
    """
    match module.nodes.parents.get(node):
        case ast.Call(func=ast.Name(id=name)) as call:
            return name in _PRINTING and unused(module, call)
        case ast.Assign(targets=[ast.Name(id=name)]) as statement if not module.importers:
            found = readings(module, statement, name)
            return bool(found) and all(only_printed(module, use) for use in found)
    return False


def looked_at(user: ast.AST) -> bool:
    """Say whether what uses a name only shows what it is, or its parameters."""
    if isinstance(user, ast.Attribute):
        return user.attr == "get_params"
    if isinstance(user, ast.Call):
        return isinstance(user.func, ast.Name) and user.func.id in {"print", "display", "type"}
    return isinstance(user, ast.Expr)


def makes_no_folds(module: Module, splitter: Call) -> bool:
    """Say whether nobody reads the name of a splitter, or at least takes no fold from it.

    What is a part of a class, is shared between functions, or may be imported, others may read, as
    they may what stands in a script that learns nothing.
    """
    inside = splitter.function is not None
    alone = inside or module.document.is_notebook
    if _broken_behind(module, splitter) or not (alone or module.calls_of(*_LEARNING)):
        return False
    statement = module.nodes.parents[splitter.node]
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return False
    target, block = statement.targets[0], module.nodes.parents[statement]
    if not isinstance(target, ast.Name) or isinstance(block, ast.ClassDef):
        return False
    if any(target.id in one.names for one in module.nodes.find(ast.Global, ast.Nonlocal)):
        return False
    found = readings(module, statement, target.id)
    return all(_takes_no_fold(module, use) for use in found) and (inside or not module.importers)


def _broken_behind(module: Module, splitter: Call) -> bool:
    """Say whether code that cannot be examined may read what a splitter is called: none above."""
    here = splitter.place.location.cell
    return any(
        here is None or problem.cell is None or problem.fatal or problem.cell >= here
        for problem in module.document.problems
    )


def _takes_no_fold(module: Module, use: ast.Name) -> bool:
    """Say whether a splitter is asked for a number, or for folds that nobody takes.

    `folds.split(rows)` makes none before somebody goes through them, and a loop that only tells of
    each how large it is takes none.
    """
    match module.nodes.parents[use]:
        case ast.Attribute(attr="get_n_splits"):
            return True
        case ast.Attribute(attr="split") as method:
            made = module.nodes.parents[method]
            return unused(module, made) or _only_counted(module, made)
    return False


def _only_counted(module: Module, folds: ast.AST) -> bool:
    """Say whether a loop goes through folds, prints how large they are, and is all that does."""
    loop = module.nodes.parents[folds]
    if isinstance(loop, ast.Call) and last_name(loop.func) == "enumerate":
        loop = module.nodes.parents[loop]
    if not isinstance(loop, ast.For) or loop.orelse or not all(map(_prints, loop.body)):
        return False
    calls = (call for line in loop.body for call in module.nodes.find(ast.Call, within=line))
    if not all(last_name(call.func) in _COUNTING for call in calls):
        return False
    inside = set(module.nodes.below(loop))
    names = {name.id for name in module.nodes.find(ast.Name, within=loop.target)}
    return all(use in inside for name in names for use in readings(module, loop, name))


def _prints(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _PRINTING
    return False


def resampled_for_nobody(module: Module, call: Call) -> bool:
    """Say whether a resampler only makes rows that go by names which nothing reads.

    A document that learns nothing may make them for others, which import them.
    """
    if not module.calls_of(*_LEARNING):
        return False
    resampling = [_resampling(module, user) for user in _users(module, call.node)]
    return bool(resampling) and all(
        statement is not None and _unread(module, statement) for statement in resampling
    )


def _users(module: Module, made: ast.Call) -> Iterator[ast.expr]:
    """Give what stands for an object: where it is made, or each reading of its name."""
    statement = module.nodes.parents[made]
    if not isinstance(statement, ast.Assign) or statement.value is not made:
        yield made
        return
    for target in statement.targets:
        if isinstance(target, ast.Name):
            yield from readings(module, statement, target.id)
        else:
            yield made


def _resampling(module: Module, user: ast.expr) -> ast.Assign | None:
    """Find `X, y = sampler.fit_resample(X, y)` around a resampler."""
    parents = module.nodes.parents
    method = parents[user]
    called = parents.get(method)
    statement = parents.get(called) if called is not None else None
    resamples = isinstance(method, ast.Attribute) and method.attr in _RESAMPLING
    return statement if resamples and isinstance(statement, ast.Assign) else None


def _unread(module: Module, statement: ast.Assign) -> bool:
    parts = [
        part
        for target in statement.targets
        for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]
    return all(
        isinstance(part, ast.Name) and not readings(module, statement, part.id) for part in parts
    )


def readings(module: Module, statement: ast.stmt, name: str) -> list[ast.Name]:
    """List where a name may be read with the value that a statement binds it to."""
    found = module.fact(uses).get(name, [])
    home, loop = function_around(module, statement), _outermost_loop(module, statement)
    first = statement.lineno if loop is None else loop.lineno - 1
    stores = [
        statement_of(module, use)
        for use in found
        if isinstance(use.ctx, ast.Store)
        and function_around(module, use) is home
        and not isinstance(module.nodes.parents[use], ast.AugAssign)
    ]
    return [
        use
        for use in found
        if isinstance(use.ctx, ast.Load)
        and _sees(module, use, name, home)
        and (function_around(module, use) is not home or use.lineno > first)
        and statement_of(module, use) is not (statement if loop is None else None)
        and not any(_between(module, statement, store, use) for store in stores)
    ]


def _between(module: Module, statement: ast.stmt, store: ast.stmt, use: ast.Name) -> bool:
    """Say whether a later statement surely binds the name anew before it is read."""
    reader = statement_of(module, use)
    if not statement.lineno < store.lineno < reader.lineno:
        return False
    parents = module.nodes.parents
    block = parents[store]
    above: ast.AST = reader
    while above in parents and parents[above] is not block:
        above = parents[above]
    return any(
        isinstance(body, list) and store in body and above in body
        for _, body in ast.iter_fields(block)
    )


def _sees(module: Module, use: ast.Name, name: str, home: ast.AST | None) -> bool:
    """Say whether a name that stands in a function may be the one of the function around it."""
    inside = function_around(module, use)
    if home is None and not (inside is None or _runs(module, inside)):
        return False
    while inside is not None and inside is not home:
        names = module.nodes.find(ast.Name, ast.arg, within=inside)
        if any(
            node.arg == name
            if isinstance(node, ast.arg)
            else node.id == name and isinstance(node.ctx, ast.Store)
            for node in names
        ):
            return False
        inside = function_around(module, inside)
    return inside is home


def _outermost_loop(module: Module, node: ast.AST) -> ast.stmt | None:
    """Find the first of the loops around a statement, in its function."""
    found, above = None, module.nodes.parents.get(node)
    while above is not None and not isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
        if isinstance(above, ast.For | ast.AsyncFor | ast.While):
            found = above
        above = module.nodes.parents.get(above)
    return found


def statement_of(module: Module, node: ast.AST) -> ast.stmt:
    """Give the innermost statement around a node."""
    while not isinstance(node, ast.stmt):
        node = module.nodes.parents[node]
    return node


def _runs(module: Module, function: ast.AST) -> bool:
    """Say whether the program may run the body of a function."""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    return module.fact(Running).reaches(function)
