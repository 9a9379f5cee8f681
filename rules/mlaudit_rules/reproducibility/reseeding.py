"""Edits that seed a call or a global generator: by the seed of the program, else by 42."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from mlaudit.rulekit import NoRepair, Pattern, Repair, block_of, statement_of
from mlaudit_rules.reproducibility.randomness import unseeded
from mlaudit_rules.reproducibility.running import main_parts
from mlaudit_rules.reproducibility.seeding import SEED_NAME
from mlaudit_rules.reproducibility.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Finding, Module
    from mlaudit_rules.reproducibility.randomness import Randomness

_USUAL = "42"
_GLOBAL = {
    "python": ("random", "seed"),
    "numpy": ("numpy", "random.seed"),
    "torch": ("torch", "manual_seed"),
    "tensorflow": ("tensorflow", "random.set_seed"),
}
_OLD = Pattern(r"tf\.Session|placeholder\(|compat\.v1|ConfigProto|theano|set_random_seed")
_DEFINITIONS = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
_SET_UP = ast.Import | ast.ImportFrom | ast.Expr | ast.Try | ast.Pass


def seeded(module: Module, finding: Finding) -> Iterator[Repair]:
    """Give the call at a finding a seed of its own; in repetitions, another in each turn."""
    call = module.call_at(finding.location)
    if call is None or call.entry is None or call.entry.seed is None:
        return
    turn = Turn(module, call)
    repair = Repair(module, safe=not turn.would_repeat)
    value = _value(repair, call, call.entry.seed, turn.counter)
    if call.entry.parameters[:1] == (call.entry.seed,) and not call.node.keywords:
        repair.replace(call.node, f"{module.text(call.node.func)}({value})")
    else:
        repair.argument(call.node, call.entry.seed, value)
    yield repair


def seeded_globally(module: Module, finding: Finding) -> Iterator[Repair]:
    """Seed the global generator that a finding is about: beside another seed, or at the start."""
    found = (one for one in module.fact(unseeded) if one.place.location == finding.location)
    randomness = next(found, None)
    if randomness is None or randomness.generator not in _GLOBAL:
        return
    line = randomness.place.line
    for place in (*_beside(module, randomness), *_starts(module, line)):
        in_main = place in _mains(module)
        repair = Repair(module, safe=in_main or not _only_defines(module))
        seed = _given(module, place) or _bound(place) or seed_of(module, place)
        setting = f"{_setter(repair, randomness.generator, place)}({seed})"
        if isinstance(place, ast.Import | ast.ImportFrom):
            repair.below(place, "", setting)
        elif in_main:
            repair.above(place, setting)
        else:
            repair.below(place, setting)
        yield repair


def moved_up(module: Module, finding: Finding) -> Iterator[Repair]:
    """Move a seed that comes too late to the start of the program."""
    call = module.node_at(finding.location, ast.Call)
    statement = statement_of(module, call) if call is not None else None
    if not isinstance(statement, ast.Expr) or statement.value is not call:
        return
    if block_of(module, statement) is not module.tree.body:
        return
    needed = {node.id for node in module.nodes.find(ast.Name, within=statement)}
    early = min((module.document.line_of(one.location) or 0 for one in finding.evidence), default=0)
    anchors = [
        one
        for one in module.tree.body
        if one.lineno < early and (one in starts(module, early) or _binds(one) & needed)
    ]
    known = {name for one in anchors for name in _binds(one)}
    if not anchors or needed - known - _imported(module, anchors[-1]):
        raise NoRepair
    repair = Repair(module)
    repair.remove(statement)
    apart = [""] if isinstance(anchors[-1], ast.Import | ast.ImportFrom) else []
    repair.below(anchors[-1], *apart, f"{module.text(statement)}{repair.trailing(statement)}")
    yield repair


def seed_of(module: Module, node: ast.AST) -> str:
    """Give the seed to write at a node: a constant of the program, or the number it uses most."""
    used = Counter(
        given.value
        for call in module.calls
        if call.entry is not None
        and call.entry.seed is not None
        and (given := call.arguments.get(call.entry.seed)) is not None
        and given.inline
        and type(given.value) is int
    )
    usual = str(used.most_common(1)[0][0]) if used else _USUAL
    line = module.place(node).line
    named = (name for name, _ in _named_seeds(module, line))
    return next(_given_seeds(module, node), None) or next(named, usual)


def _given_seeds(module: Module, node: ast.AST) -> Iterator[str]:
    """Write the seed that a command line gives, where what was parsed is at hand at a node."""
    seeds = [option for option in _options(module) if SEED_NAME.match(option)]
    statement = statement_of(module, node)
    for above in block_of(module, statement) if seeds else ():
        if above.lineno >= statement.lineno:
            return
        target = above.targets[0] if isinstance(above, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(above, ast.Assign):
            parsed = ast.unparse(above.value).partition("(")[0]
            if parsed.rsplit(".", 1)[-1] == "parse_args":
                yield f"{target.id}.{seeds[0]}"


def _options(module: Module) -> Iterator[str]:
    """Name the whole numbers that the command line takes."""
    for call in module.nodes.find(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "add_argument":
            continue
        if not any(one.arg == "type" and ast.unparse(one.value) == "int" for one in call.keywords):
            continue
        for argument in call.args:
            text = argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(text, str) and text.startswith("--"):
                yield text.lstrip("-").replace("-", "_")


def starts(module: Module, line: int) -> list[ast.stmt]:
    """Give the statement below which a program may begin to work: the last of its first imports."""
    found: list[ast.stmt] = []
    for statement in module.tree.body:
        if not isinstance(statement, _SET_UP) or statement.lineno >= line:
            break
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found = [statement]
    return found


def _starts(module: Module, line: int) -> list[ast.stmt]:
    """Give where a seed may stand first: its constant, the start of a script, the imports."""
    named = [statement for _, statement in _named_seeds(module, line)]
    top = [one for one in module.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    below = [one for one in top[-1:] if one.lineno < line]
    return [*named[:1], *_mains(module), *starts(module, line), *below]


def _mains(module: Module) -> list[ast.stmt]:
    """Find the first statement of each main part."""
    return [part.body[0] for part in main_parts(module)]


def _only_defines(module: Module) -> bool:
    """Say whether a file does nothing by itself: a seed there would work on whoever imports it."""
    return all(
        isinstance(one, _DEFINITIONS)
        or (isinstance(one, ast.Expr | ast.Assign) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.If) and one.body[0] in _mains(module))
        for one in module.tree.body
    )


def _setter(repair: Repair, generator: str, user: ast.AST) -> str:
    """Write the function that seeds a global generator; Keras has had its own for some years."""
    library, function = _GLOBAL[generator]
    if generator == "tensorflow":
        if _OLD.search(repair.module.document.text):
            raise NoRepair
        imported = repair.module.names.aliases.values()
        if not any(name.partition(".")[0] == "tensorflow" for name in imported):
            repair.safe = False
            return f"{repair.library('keras', user)}.utils.set_random_seed"
    return f"{repair.library(library, user)}.{function}"


def _beside(module: Module, randomness: Randomness) -> Iterator[ast.stmt]:
    """Find the statements that seed other generators."""
    for _, place in randomness.others[:1]:
        call = module.node_at(place.location, ast.Call)
        if call is not None:
            statement = statement_of(module, call)
            if isinstance(statement, ast.Expr) and statement.value is call:
                yield statement


def _given(module: Module, statement: ast.stmt) -> str | None:
    """Give the seed that a statement sets another generator by."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    values = call.args if isinstance(call, ast.Call) else []
    if len(values) == 1 and isinstance(values[0], ast.Name | ast.Attribute | ast.Constant):
        return module.text(values[0])
    return None


def _bound(statement: ast.stmt) -> str | None:
    """Name the seed that a statement binds."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else None


def _named_seeds(module: Module, line: int) -> Iterator[tuple[str, ast.stmt]]:
    """List the seeds that are bound to names at the top level above a line."""
    for statement in module.tree.body:
        if statement.lineno >= line:
            return
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and SEED_NAME.match(target.id):
            value = module.names.literals.get(target.id)
            if isinstance(value, ast.Constant) and type(value.value) is int:
                yield target.id, statement


def _value(repair: Repair, call: Call, parameter: str, counter: str | None) -> str:
    seed = counter or seed_of(repair.module, call.node)
    if parameter == "generator":
        return f"{repair.library('torch', call.node)}.Generator().manual_seed({seed})"
    if parameter == "sampler":
        return f"{repair.library('optuna', call.node)}.samplers.TPESampler(seed={seed})"
    if parameter == "rstate":
        return f"{repair.library('numpy', call.node)}.random.default_rng({seed})"
    return seed


def _binds(statement: ast.stmt) -> set[str]:
    """Name what a statement at the top level binds."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(one.asname or one.name).partition(".")[0] for one in statement.names}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    return set()


def _imported(module: Module, last: ast.stmt) -> set[str]:
    """Name what is imported up to a statement."""
    return {
        name
        for one in module.tree.body
        if one.lineno <= last.lineno and isinstance(one, ast.Import | ast.ImportFrom)
        for name in _binds(one)
    }
