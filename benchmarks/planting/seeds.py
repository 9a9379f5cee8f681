"""Seeds that are missing, come too late, change with the clock or do nothing."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import outputs
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.source import Edit, called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

SEEDS = ("random_state", "seed", "random_seed")
SPLITS = ("train_test_split",)
SPLITTERS = ("KFold", "StratifiedKFold", "ShuffleSplit", "StratifiedShuffleSplit")
SEARCHES = ("RandomizedSearchCV", "TPESampler")
# Models whose result changes with the seed.  Left out: those that draw nothing as they stand here
# (lasso with cyclic updates, ridge, histograms without early stopping) or whose seed is fixed by
# default (XGBoost, LightGBM, CatBoost), and PCA, which draws only for large data.
ESTIMATORS = re.compile(
    r"^(RandomForest|ExtraTrees|MLP|SGD|DecisionTree|GradientBoosting)\w+$|^LinearSVC$|^Random\w+Sampler$|^SMOTE$"
)
PLANTERS = ("set_seed", "set_random_seed", "seed_everything", "manual_seed")


@fault("split without a seed", "SEED001", also=("SEED007",))
def unseeded_split(source: Source) -> Iterator[Plant]:
    """Take the seed of a division away."""
    for call in source.calls("train_test_split"):
        yield from _without(source, call)


@fault("splitter without a seed", "SEED002", also=("SEED007",))
def unseeded_splitter(source: Source) -> Iterator[Plant]:
    """Take the seed of folds that are drawn away."""
    for call in source.calls(*SPLITTERS):
        yield from _without(source, call)


@fault("search without a seed", "SEED004")
def unseeded_search(source: Source) -> Iterator[Plant]:
    """Take the seed of a random search away."""
    for call in source.calls(*SEARCHES):
        yield from _without(source, call)


@fault("estimator without a seed", "SEED003", also=("SEED007",))
def unseeded_estimator(source: Source) -> Iterator[Plant]:
    """Take the seed of a model that draws away."""
    for call in source.find(ast.Call):
        if ESTIMATORS.search(called(call)):
            yield from _without(source, call)
    for settings in source.find(ast.Dict):
        for key, value in zip(settings.keys, settings.values, strict=True):
            text = source.code(key) if key is not None else ""
            if text == '"random_state"' and "XGB" not in source.text:
                start, end = source.span(key or value)[0], source.span(value)[1]
                yield Plant([_cut(source, start, end)], codes=frozenset({"SEED003"}))


def _cut(source: Source, start: int, end: int) -> Edit:
    before = source.text[:start].rstrip()
    return Edit(len(before) - before.endswith(","), end, "")


def _without(source: Source, call: ast.Call) -> Iterator[Plant]:
    # scikit-learn and the data sets of Hugging Face then draw from NumPy's seeded generator.
    if re.search(r"np\.random\.seed|set_seed|set_random_seed|seed_everything", source.text):
        return
    for name in SEEDS:
        edit = source.drop_keyword(call, name)
        if edit is not None:
            yield Plant([edit], near=[call])


@fault("generator without a seed", "SEED005", "SEED007", also=("SEED006", "SEED001", "CONF003"))
def unseeded_generator(source: Source) -> Iterator[Plant]:
    """Take the seed of a generator, or the call that plants the seeds, away."""
    for call in source.calls("RandomState", "default_rng"):
        if call.args:
            yield Plant([source.replace(call.args[0], "")])
    for call in source.calls("make_classification"):
        yield from _without(source, call)
    for statement in _plantings(source):
        if isinstance(source.scope(statement), ast.Module | ast.FunctionDef):
            yield Plant([source.delete(statement)], near=_draws(source))


def _plantings(source: Source) -> list[ast.stmt]:
    """Find the statements that seed all of what the program draws from."""
    found = [source.statement(call) for call in source.calls(*PLANTERS)]
    found = [one for one in found if isinstance(one, ast.Expr)]
    own = {function.name for function in source.find(ast.FunctionDef)}
    if "set_seed" in own:
        found = [one for one in found if "set_seed" in source.code(one)]
    return [one for one in found if "generator" not in source.code(one)]


def _draws(source: Source) -> list[ast.AST]:
    return [*source.find(ast.Call)]


@fault("one of several generators without a seed", "SEED007", "SEED005")
def partly_seeded(source: Source) -> Iterator[Plant]:
    """Leave one generator out of those that are seeded together."""
    for body in [source.tree.body, *(one.body for one in source.find(ast.FunctionDef))]:
        seeds = [
            one
            for one in body
            if re.match(r"(np\.random|random|torch)\.\w*seed\(", source.code(one))
        ]
        for statement in seeds if len(seeds) > 1 else []:
            module = source.code(statement).rsplit(".", 1)[0]
            drawn = {
                "torch": r"nn\.|shuffle=True",
                "random": r"(?<!np\.)random\.(shuffle|choice|sample)\(",
                "np.random": r"np\.random\.(?!seed)\w+\(",
            }
            if (
                re.search(drawn[module], source.text)
                and "worker" not in source.code(source.scope(statement)).split("\n")[0]
            ):
                yield Plant([source.delete(statement)], near=[*seeds, *_draws(source)])


@fault("seed planted too late", "SEED006", also=("SEED005", "SEED001"))
def seeded_late(source: Source) -> Iterator[Plant]:
    """Move the planting of seeds behind the first draws."""
    if "keras" in source.text and "Input(" not in source.text:
        return  # Without the shape of the input, Keras draws the weights in `fit`.
    for statement in _plantings(source):
        block = source.block(statement)
        later = [
            one
            for one in block[block.index(statement) + 1 :]
            if isinstance(one, ast.For)
            or ".fit(" in source.code(one)
            or ".train()" in source.code(one)
        ]
        if later and not isinstance(later[0], ast.ClassDef | ast.FunctionDef):
            place = next(
                one for one in later if not isinstance(one, ast.ClassDef | ast.FunctionDef)
            )
            code = source.code(statement)
            yield Plant([source.delete(statement), source.before(place, code)], near=_draws(source))


@fault("workers that share a seed", "SEED008", also=("SEED007",))
def workers_unseeded(source: Source) -> Iterator[Plant]:
    """Take the seeding of workers away where a data set draws with NumPy."""
    for loader in source.calls("DataLoader"):
        edit = source.drop_keyword(loader, "worker_init_fn")
        if edit is None:
            continue
        # As long as PyTorch is seeded, it seeds NumPy in its workers.
        seeds = [source.statement(call) for call in source.calls("manual_seed")]
        edits = [source.replace(loader, _plain(source, loader))]
        edits += [source.delete(statement) for statement in seeds]
        yield Plant(edits, near=[loader])
    yield from _own_generator(source)


def _plain(source: Source, loader: ast.Call) -> str:
    """Write a loader without what seeds its workers."""
    kept = [source.code(one) for one in loader.args]
    own = {"worker_init_fn", "generator"}
    kept += [source.code(one) for one in loader.keywords if one.arg not in own]
    return f"{source.code(loader.func)}({', '.join(kept)})"


def _own_generator(source: Source) -> Iterator[Plant]:
    """Keep a generator on the data set, which every worker copies with its state."""
    for kind in source.find(ast.ClassDef):
        methods = {node.name: node for node in kind.body if isinstance(node, ast.FunctionDef)}
        if not {"__init__", "__getitem__"} <= methods.keys():
            continue
        for loader in source.calls("DataLoader"):
            if "train" not in source.code(loader):
                continue
            edits = [
                source.before(methods["__init__"].body[0], "self.rng = np.random.default_rng(0)"),
                source.before(methods["__getitem__"].body[0], "noise = self.rng.normal()"),
            ]
            if "num_workers" not in source.code(loader):
                edits.append(source.add_keyword(loader, "num_workers=4"))
            edit = source.drop_keyword(loader, "worker_init_fn")
            yield Plant([*edits, *([edit] if edit else [])], near=[loader])


@fault("seed from the clock", "SEED009", also=("SEED001", "SEED003", "SEED005", "CONF001"))
def seeded_by_clock(source: Source) -> Iterator[Plant]:
    """Take the time for a seed."""
    for statement in source.find(ast.Assign):
        names = outputs(statement)
        if not names or not re.fullmatch(r"(?i)seed|random_state", names[0]):
            continue
        if not isinstance(statement.value, ast.Constant):
            continue
        for text, line in (
            ("int(time.time())", "import time"),
            ("datetime.now().microsecond", "from datetime import datetime"),
        ):
            edits = [*source.imports(line), source.replace(statement.value, text)]
            yield Plant(edits, near=_draws(source))


@fault("random_state without shuffling", "SEED011")
def seed_without_effect(source: Source) -> Iterator[Plant]:
    """Give folds in order a seed."""
    for call in source.calls("KFold", "StratifiedKFold"):
        edit = source.drop_keyword(call, "shuffle")
        if edit is not None:
            yield Plant([edit], near=[call])
        elif not any(keyword.arg == "random_state" for keyword in call.keywords):
            yield Plant([source.add_keyword(call, "random_state=0")])


@fault("order left to the file system", "SEED012")
def unordered(source: Source) -> Iterator[Plant]:
    """Take `sorted` away."""
    for call in source.calls("sorted"):
        inner = call.args[0]
        if isinstance(inner, ast.Call) and called(inner) in {"listdir", "glob", "iterdir"}:
            listed = isinstance(source.parent(call), ast.For)
            text = source.code(inner) if listed else f"list({source.code(inner)})"
            yield Plant([source.replace(call, text)])
