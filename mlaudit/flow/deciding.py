"""Tests that are decided before the program runs: by constants, and by what a call is given."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.flow import functions, settings, sorts
from mlaudit.flow.values import (
    NONE,
    UNKNOWN,
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Function,
    Instance,
    Sequence,
)
from mlaudit.syntax.nodes import walk
from mlaudit.syntax.spelling import last_name

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import Scope

_FAILING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "assert_raises"})


def truth(run: Interpreter, test: ast.expr) -> bool | None:
    """Decide a test that constants decide; None when both ways are possible."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if _is_main_guard(test):
        return run.document.path in run.started  # what is imported has another name
    if isinstance(test, ast.Compare):
        return _compared(run, test)
    if isinstance(test, ast.BoolOp):
        return _both(test.op, [truth(run, part) for part in test.values])
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(run, test.operand)
        return None if inner is None else not inner
    value = run.load(run.eval(test))
    known = None if run.loops else settings.kept(run, test)
    if known is not None:
        return bool(known.value)
    if isinstance(test, ast.Call):
        return sorts.told(run, test)
    if isinstance(test, ast.Name) and not isinstance(getattr(value, "value", None), bool):
        return _is_there(run, test.id)
    if not isinstance(value, Constant) or not isinstance(value.value, bool):
        return None
    if isinstance(test, ast.Name):
        steady = not run.loops or _asked(run, test.id) or _is_switch(run, test.id)
        return value.value if steady else None
    if isinstance(test, ast.Attribute):
        return value.value if _set_once(run, test) else None
    return value.value if not run.loops and _is_setting(run, test) else None


def case(run: Interpreter, node: ast.Match) -> ast.match_case | None:
    """Give the case that a constant of the program comes to, None where that is open."""
    setting = _setting(run, node.subject)
    return None if setting is None else settings.matched(setting, node)


def settles(run: Interpreter, node: ast.BoolOp, part: ast.expr) -> bool | None:
    """Say whether a part of `a and b` or `a or b` is enough, so that what follows never runs.

    Calls are not made a second time for this.
    """
    asked = part.left if isinstance(part, ast.Compare) else part
    known = None if isinstance(asked, ast.Call) else truth(run, part)
    return None if known is None else known is isinstance(node.op, ast.Or)


def expects_failure(node: ast.With | ast.AsyncWith) -> bool:
    """Say whether a test wants its body to fail, so that nothing of it is the program's own."""
    called = [i.context_expr.func for i in node.items if isinstance(i.context_expr, ast.Call)]
    return any(last_name(target) in _FAILING for target in called)


def _is_setting(run: Interpreter, test: ast.expr) -> bool:
    """Say whether a test is an item of a dict of which every key is known: `settings["scaled"]`.

    In an unrolled loop over such dicts, each turn has its own.
    """
    if not isinstance(test, ast.Subscript) or not isinstance(test.value, ast.Name):
        return False
    holder = run.load(run.find(test.value.id) or UNKNOWN)
    return isinstance(holder, Dictionary) and holder.rest is None


def _is_switch(run: Interpreter, name: str) -> bool:
    """Say whether a name is one of the module, or of the function, that no running loop binds anew.

    What a function is given may be something else in each call.
    """
    scope: Scope | None = run.state.scope
    while scope is not None and name not in scope.names:
        scope = scope.outer
    if scope is None or run.outside:
        return False
    if scope.outer is not None and (scope is not run.state.scope or name in parameters(run)):
        return False
    return not any(bound_in(run, loop)[name] for loop in run.loops)


def _setting(run: Interpreter, asked: ast.expr) -> Constant | None:
    """Give the constant that a name, bound once in its file, or what is kept elsewhere stands for.

    A number that a loop counts up, or a text that some branch replaces, is bound more often.
    """
    if not isinstance(asked, ast.Name):
        return None if run.loops else settings.kept(run, asked)
    value = run.load(run.find(asked.id) or UNKNOWN)
    if not isinstance(value, Constant) or not _is_switch(run, asked.id):
        return None
    return value if settings.bound_once(run, asked.id) else None


def parameters(run: Interpreter) -> set[str]:
    """Name what the function that runs is given."""
    spec = run.calls[-1].function.node.args if run.calls else None
    return (
        {each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)} if spec else set()
    )


def bound_in(run: Interpreter, loop: ast.AST) -> Counter[str]:
    """Count how often a loop binds each name."""
    if loop not in run.stores:
        names = (node for node in walk(loop) if isinstance(node, ast.Name))
        run.stores[loop] = Counter(n.id for n in names if isinstance(n.ctx, ast.Store))
    return run.stores[loop]


def _set_once(run: Interpreter, flag: ast.Attribute) -> bool:
    """Say whether a flag belongs to an object that the program makes, whose class sets it once.

    It may stand in the body of the class, so that no method sets it, nor anything else does.
    An object of which some method is entered that nobody calls may be made in another way.
    """
    made = run.load(run.eval(flag.value))
    if not isinstance(made, Instance) or any(map(_is_supposed, run.calls)):
        return False
    running = run.calls[-1].function.owner if run.calls else None
    owners = {made.owner.node} | ({running.node} if running is not None else set())
    times = sum(_stores(run, owner)[flag.attr] for owner in owners)
    return times == 1 or (times == 0 and not settings.is_set(run, flag.attr))


def _stores(run: Interpreter, owner: ast.ClassDef) -> Counter[str]:
    """Count how often a class stores each attribute, of whatever object."""
    if owner not in run.stores:
        stores = (node for node in walk(owner) if isinstance(node, ast.Attribute))
        run.stores[owner] = Counter(s.attr for s in stores if isinstance(s.ctx, ast.Store))
    return run.stores[owner]


def _is_supposed(call: functions.Frame) -> bool:
    return call.function.this is not None and call.given.node is call.function.node


def _both(operator: ast.boolop, parts: list[bool | None]) -> bool | None:
    """Decide `a and b` or `a or b`: one part may be enough."""
    decisive = isinstance(operator, ast.Or)
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _compared(run: Interpreter, test: ast.Compare) -> bool | None:
    """Decide a comparison by what is known of its parts."""
    known = _contained(run, test)
    known = _asked_for(run, test) if known is None else known
    known = _is_none(run, test) if known is None else known
    if known is not None or isinstance(test.left, ast.Constant):
        return known
    setting = _setting(run, test.left)
    return None if setting is None else settings.compared(setting, test)


def _contained(run: Interpreter, test: ast.Compare) -> bool | None:
    """Decide `name in names` where all of them are known."""
    if run.loops or not isinstance(test.ops[0], ast.In | ast.NotIn) or len(test.ops) > 1:
        return None
    wanted, inner = run.load(run.eval(test.left)), run.load(run.eval(test.comparators[0]))
    if not isinstance(inner, Sequence) or not isinstance(wanted, Constant):
        return None
    items = [run.load(item) for item in inner.items]
    known = bool(items) and inner.rest is None
    if not known or not all(isinstance(item, Constant) for item in items):
        return None
    return (wanted in items) is isinstance(test.ops[0], ast.In)


def _asked_for(run: Interpreter, test: ast.Compare) -> bool | None:
    """Decide `way == "tree"` or `tuned == True` where a call says which way is asked for.

    So does the turn of a loop over names that are written out.
    """
    match test:
        case ast.Compare(
            left=ast.Name(id=name),
            ops=[ast.Eq() | ast.NotEq() as op],
            comparators=[ast.Constant(value=str() | bool() as way)],
        ):
            value = run.load(run.find(name) or UNKNOWN)
        case _:
            return None
    entered = _entered_with(run, name)
    if isinstance(value, Estimator) and entered is not None:
        return isinstance(op, ast.NotEq)  # the way asked for has become what it stands for
    if not isinstance(value, Constant):
        return None
    if value != entered and not (_asked(run, name) or _in_its_turn(run, name)):
        return None
    return (value.value == way) is isinstance(op, ast.Eq)


def _is_none(run: Interpreter, test: ast.Compare) -> bool | None:
    """Decide `name is None` where it is known whether something was given."""
    run.eval(test)
    return given_or_not(run, test)


def given_or_not(run: Interpreter, test: ast.Compare) -> bool | None:
    """Decide `name is None`, once its parts have been evaluated."""
    match test:
        case ast.Compare(
            left=ast.Name(id=name), ops=[ast.Is() | ast.IsNot() as op], comparators=[other]
        ) if isinstance(other, ast.Constant) and other.value is None:
            something = _is_something(run, name)
        case _:
            return None
    return None if something is None else something is isinstance(op, ast.IsNot)


def _is_something(run: Interpreter, name: str) -> bool | None:
    """Say whether a name stands for something and not for None, where that is known."""
    value = run.load(run.find(name) or UNKNOWN)
    if isinstance(value, Choice) or ((run.loops or run.conditions) and not _given(run, name)):
        return None
    if isinstance(value, Constant):
        return value.value is not None
    given = isinstance(value, Estimator | Instance | Function | Dictionary | Sequence)
    return True if given or (isinstance(value, Data) and _is_at_hand(value)) else None


def _is_there(run: Interpreter, name: str) -> bool | None:
    """Decide `if name` where None, or some thing that is not empty, was given.

    A list that seems empty may have been filled where the analysis could not follow.
    """
    value = run.load(run.find(name) or UNKNOWN)
    something = _is_something(run, name)
    if something and isinstance(value, Sequence | Dictionary):
        return bool(value.items) or None
    if isinstance(value, Constant) and value != NONE:
        return bool(value.value) if _asked(run, name) else None
    return something


def _asked(run: Interpreter, name: str) -> bool:
    """Say whether a name is a parameter all along that a call in the program is made with.

    Of a function that nobody calls, some other program may ask for something else.
    """
    return _given(run, name) and run.path[-1] != run.calls[-1].entered


def _in_its_turn(run: Interpreter, name: str) -> bool:
    """Say whether a name stands for what the running turn of a loop brings, which is known."""
    origin = run.origins.get((run.state.scope.identity, name))
    steps = (step for step in run.path if isinstance(step, tuple) and step[0] == "turn")
    return origin is not None and any(step[-1] == origin[0] for step in steps)


def _entered_with(run: Interpreter, name: str) -> Constant | None:
    """Give the constant that a call in the program gives for a parameter, or leaves it at.

    As long as the name stands for it, no branch that was run has bound it anew.
    """
    if not run.calls or run.path[-1] == run.calls[-1].entered:
        return None
    frame = run.calls[-1]
    signature = run.signatures.get(frame.function.node.args)
    if signature is None or name not in signature.keywords:
        return None
    given = frame.value(name)
    if given is None:
        default = next((node for each, node in signature.defaults if each == name), None)
        return Constant(default.value) if isinstance(default, ast.Constant) else None
    value = run.load(given)
    return value if isinstance(value, Constant) else None


def _given(run: Interpreter, name: str) -> bool:
    """Say whether a name is a parameter that its function never binds anew."""
    if not run.calls:
        return False
    function = run.calls[-1].function
    signature = run.signatures.get(function.node.args)
    if signature is None or name not in signature.keywords:
        return False
    return name not in functions.bound(run, function)


def _is_at_hand(value: Data) -> bool:
    """Say whether data was read or made by the program, and is not what some caller may give."""
    keys = [term.base.selector.key for term in value.rows.terms]
    return bool(keys) and not any(type(k) is tuple and k[:1] == ("parameter",) for k in keys)


def _is_main_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )
