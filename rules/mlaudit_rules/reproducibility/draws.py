"""Where a document draws random numbers from a global generator."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Draw, frozen
from mlaudit_rules.reproducibility.bindings import values_by_target
from mlaudit_rules.reproducibility.fallbacks import only_falls_back
from mlaudit_rules.reproducibility.never_run import left_out
from mlaudit_rules.reproducibility.without_seed import without_a_seed
from mlaudit_rules.reproducibility.zeros import wiped_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module, NamedCall, Place
    from mlaudit_rules.reproducibility.running import Running
    from mlaudit_rules.reproducibility.seeding import Function, Seeding

# What is random and of another kind has a rule of its own.
KINDS = frozenset(
    {"draw", "index", "values", "reorder", "duplicate", "subset", "load", "statistic", "reduce"}
)
_SAMPLE = "sample"
# Their generators are their own, and are seeded in other ways.
_APART = frozenset({"cudf", "cupy", "dask", "jax", "modin", "polars", "pyspark"})


@frozen
class Drawing:
    """A call that draws from the global generator, or that makes what draws `later`."""

    node: ast.Call
    place: Place
    function: Function
    in_loop: bool
    generator: str
    later: bool = False


def draws(module: Module) -> list[Drawing]:
    """List the draws of a document."""
    return [*_functions(module), *_samples(module)]


def draws_by_call(module: Module) -> dict[ast.Call, Drawing]:
    """Map the calls that draw to their draws."""
    return {draw.node: draw for draw in reversed(module.fact(draws))}


def unseeded_draws(module: Module, seeding: Seeding, running: Running) -> Iterator[Drawing]:
    """Find the draws that the program may come to, and that no seed reaches."""
    in_workers = _methods_in_workers(module) if seeding.seeds("torch") else set()
    for draw in module.fact(draws):
        if not running.reaches(draw.function) or seeding.reaches(draw.generator, draw):
            continue
        if left_out(module, draw.node, draw.function):
            continue
        if draw.later and seeding.seeds(draw.generator):
            continue  # it draws when rows are read, which no rule looks for
        if without_a_seed(module, draw.node, draw.function):
            continue
        if only_falls_back(module, draw.node, draw.function):
            continue
        # The seeds of loader workers, NumPy's and Python's among them, derive from PyTorch's.
        if draw.function not in in_workers:
            yield draw


def unseeded_sample(module: Module, node: ast.expr) -> ast.Call | None:
    """Find an unseeded `.sample(frac=…)` or `.sample(n=…)` in a chain of methods of a table.

    A bare number counts where the rows of the table are known: buffers and distributions take one.
    """
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == _SAMPLE:
            given = {keyword.arg for keyword in node.keywords}
            if given & {"frac", "n"} or _takes_rows(module, node):
                return None if given & {"random_state", None} else node
        node = node.func.value
    return None


def _takes_rows(module: Module, node: ast.Call) -> bool:
    return len(node.args) == 1 and module.place(node) in module.fact(_samplings)


def _samplings(module: Module) -> set[Place]:
    """Tell where rows of known tables are drawn."""
    drawn = module.trace.of(Draw)
    return {event.place for event in drawn if event.function == _SAMPLE and event.purpose}


def sampled_apart(module: Module) -> list[NamedCall]:
    """Find `part = table.sample(...)` whose index then takes the rest: `table.drop(part.index)`."""
    calls = {named.node: named for named in module.calls_named(_SAMPLE)}
    if not any(unseeded_sample(module, node) for node in calls):
        return []
    sampled: dict[str, NamedCall] = {}
    for node in module.nodes.find(ast.Assign):
        if isinstance(node.targets[0], ast.Name):
            call = unseeded_sample(module, node.value)
            if call is not None:
                sampled[node.targets[0].id] = calls[call]
    return [sampled[name] for name in sorted(_dropped(module) & sampled.keys())] if sampled else []


def _dropped(module: Module) -> set[str]:
    """Name the tables whose index says which rows of another are dropped or left out."""
    return {
        argument.value.id
        for named in module.calls_named("drop", "isin")
        if isinstance(named.node.func, ast.Attribute)
        for argument in (*named.node.args, *(keyword.value for keyword in named.node.keywords))
        if isinstance(argument, ast.Attribute)
        and argument.attr == "index"
        and isinstance(argument.value, ast.Name)
    }


def _functions(module: Module) -> Iterator[Drawing]:
    for call in module.calls_of(*KINDS):
        if not _draws(call) or call.entry is None or never_imported(module, call.node):
            continue
        if not wiped_out(module, call.node):
            generator = call.entry.generators[0]
            later = _draws_later(call)
            yield Drawing(call.node, call.place, call.function, call.in_loop, generator, later)


def never_imported(module: Module, node: ast.Call) -> bool:
    """Say whether a script draws by a name that it takes for granted, and so stops there.

    What a notebook takes for granted may come from a cell that was taken out.
    """
    if not module.names.granted or module.document.is_notebook:
        return False
    head: ast.expr = node.func
    while isinstance(head, ast.Attribute):
        head = head.value
    return isinstance(head, ast.Name) and head.id in module.names.granted


def _draws_later(call: Call) -> bool:
    """Say whether a call makes an object, such as an augmentation or sampler, and draws nothing."""
    return call.name.rsplit(".", 1)[-1][:1].isupper() or call.name.endswith("_initializer")


def _draws(call: Call) -> bool:
    entry = call.entry
    if entry is None or not entry.generators:
        return False
    if call.name.split(".", 1)[0] in _APART:
        return False
    if entry.seed is not None:
        return call.is_random and call.lacks_seed
    own = "generator" in call.arguments or call.spread
    return not own and (entry.kind == "draw" or call.is_random)


def _samples(module: Module) -> Iterator[Drawing]:
    splitting = {apart.node for apart in module.fact(sampled_apart)}
    for named in module.calls_named(_SAMPLE):
        node = named.node
        if unseeded_sample(module, node) is not node or node in splitting:
            continue
        if module.names.resolve(node.func) is None and not _of_apart(module, node):
            place = module.place(node)
            yield Drawing(node, place, named.function, named.in_loop, "numpy")


def _of_apart(module: Module, node: ast.expr, known: frozenset[str] = frozenset()) -> bool:
    """Say whether a table comes from a library whose generators are its own."""
    imported = module.names.aliases.values()
    if not known and not any(name.split(".", 1)[0] in _APART for name in imported):
        return False
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call):
            name = module.names.resolve(node.func)
            if name is not None:
                return name.split(".", 1)[0] in _APART
        node = node.func if isinstance(node, ast.Call) else node.value
    if not isinstance(node, ast.Name) or node.id in known:
        return False
    values = module.fact(values_by_target).get(node.id, [])
    return any(_of_apart(module, value, known | {node.id}) for value in values)


def _methods_in_workers(module: Module) -> set[Function]:
    """Find the methods of data sets, where loaders fetch rows by worker processes."""
    if not any(map(has_workers, module.calls_of("loader"))):
        return set()
    return {
        method
        for node in module.names.classes.values()
        if any(getattr(item, "name", "") in {"__getitem__", "__iter__"} for item in node.body)
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def has_workers(call: Call) -> bool:
    """Say whether the call makes a loader that may have worker processes."""
    workers = call.arguments.get("num_workers")
    return call.spread if workers is None else not (workers.known and not workers.value)
