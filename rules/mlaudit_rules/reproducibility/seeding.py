"""Which seeds reach a call: the question that every rule of this family asks."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from mlaudit.rulekit import Fix, Pattern, Seed, Words, frozen, last_name
from mlaudit_rules.reproducibility.callers import (
    seeded_by_all_users,
    seeded_by_callers,
    seeded_by_programs,
)
from mlaudit_rules.reproducibility.clock import varying_source
from mlaudit_rules.reproducibility.graphs import seeded_graphs
from mlaudit_rules.reproducibility.recorded import recorded
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seed_names import ALL, HELPER
from mlaudit_rules.reproducibility.unasked import never_asked_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module, NamedCall, Place

    Function = ast.FunctionDef | ast.AsyncFunctionDef | None

LIBRARIES = {
    "python": "Python's",
    "numpy": "NumPy's",
    "torch": "PyTorch's",
    "tensorflow": "TensorFlow's",
}
_SAYING_SO = Words("seed", "random", "determinis", "reproducib", any_case=True)
_SPEAKING = Pattern(r"(?i)(^|_)seed|seed(ed|ing)?$|(^|_)randomness|determinis|reproducib")
# Such names ask for a seed or make one: they set none.
_ASKING = Pattern(
    r"(?i)^(get|make|gen|generate|new|next|random|read|load|save|sample|choose|pick|is|has|are"
    r"|check|test|log|print|report|assert|hash|spawn|parse)_"
)
SEED_NAME = Pattern(r"(?i)^(rand(om)?_?)?(seed|state)$|^rng_?seed$")


_FITTING = ("fit", "fit_predict", "fit_transform", "backward", "step")


class Lent(Protocol):
    """A call that another file may run."""

    @property
    def function(self) -> Function:
        """The function around the call."""
        ...


class Site(Lent, Protocol):
    """A call that may draw random numbers, and where it stands."""

    @property
    def node(self) -> ast.Call:
        """The call itself."""
        ...

    @property
    def place(self) -> Place:
        """The call's place."""
        ...

    @property
    def in_loop(self) -> bool:
        """Whether a loop is around the call."""
        ...


@frozen
class _Seeding:
    """A seed, the function around it, and the calls of that function, each with its own."""

    generators: tuple[str, ...]
    place: Place
    function: Function
    callers: tuple[tuple[Place, Function], ...] = ()
    value: ast.expr | None = None

    def seen_from(self, function: Function) -> Place | None:
        """Give the place in a function where the seed is set, None if it is set elsewhere."""
        if self.function is function:
            return self.place
        inside = [place for place, caller in self.callers if caller is function]
        return inside[0] if inside and len(inside) == len(self.callers) else None


class Seeding:
    """The seeds that a program sets: its own, and those of files it imports."""

    def __init__(self, module: Module):
        self._module = module
        self._document = module.document
        self._unused: list[_Seeding] = []
        self._given_up: set[tuple[Function, str]] = set()
        self._seeds = [*self._known(), *self._graphs(), *self._helpers(), *self._followed()]

    def reaches(self, generator: str, call: Site) -> bool:
        """Say whether a seed of the generator may run before the call."""
        seeds = self._seeds_for(call)
        if any(self._before(seed, call) for seed in seeds if generator in seed.generators):
            return True
        return self.reached_elsewhere(generator, call)

    def reached_elsewhere(self, generator: str, call: Lent) -> bool:
        """Say whether the files that import the document seed the generator for a call."""
        if self._only_lent(call):
            return generator in self._module.fact(seeded_by_callers) or (
                call.function is not None and generator in self._module.fact(seeded_by_programs)
            )
        return seeded_by_all_users(self._module, call.function, generator)

    def _only_lent(self, call: Lent) -> bool:
        """Say whether only files that import the document run a call, or fit what it makes."""
        running = self._module.fact(Running)
        if not running.reaches(call.function) or running.lends(call.function):
            return True
        return call.function is None and not self._module.calls_named(*_FITTING)

    def _seeds_for(self, call: Site) -> list[_Seeding]:
        """Add, for what only other files run, the seeds in functions that only these call.

        What reads the data may seed as well as what says so, and is likely to be called first.
        """
        if not self._unused or self._module.fact(Running).reaches(call.function):
            return self._seeds
        return [*self._seeds, *self._unused]

    def seeds(self, generator: str) -> bool:
        """Say whether the program seeds the generator at all."""
        return any(generator in seed.generators for seed in self._seeds)

    def others(self, generator: str, call: Site) -> list[tuple[str, Place]]:
        """List the other generators that are seeded before a call, each with its first seed."""
        found: dict[str, Place] = {}
        for seed in self._seeds:
            local = seed.function is not None and seed.function is not call.function
            if not self._before(seed, call) or (local and self._its_own(seed.function)):
                continue
            if (local and self._defined_behind(seed, call)) or self._unknown(seed.value):
                continue
            for other in seed.generators:
                if (seed.function, other) not in self._given_up:
                    found.setdefault(other, seed.place)
        return [(other, found[other]) for other in ALL if other in found and other != generator]

    def _unknown(self, value: ast.expr | None) -> bool:
        """Say whether a seed comes from a clock or the like and is not kept: it repeats nothing."""
        if value is None or varying_source(self._module, value) is None:
            return False
        return not recorded(self._module, value)

    def _defined_behind(self, seed: _Seeding, call: Site) -> bool:
        """Say whether the function that seeds stands behind the top-level code that draws."""
        if seed.place.document is not self._document:
            return False
        if call.function is None:
            return call.place.line < seed.place.line
        calls = _calls_by_name(self._module, call.function.name)
        return bool(calls) and all(
            named.function is None and self._module.place(named.node).line < seed.place.line
            for named in calls
        )

    def _its_own(self, function: Function) -> bool:
        """Say whether a function seeds what it computes, where no top-level code calls it."""
        if function is None or not _returns(self._module, function):
            return False
        if self._module.names.functions.get(function.name) is not function:
            return True
        return all(named.function for named in _calls_by_name(self._module, function.name))

    def after(self, generator: str, call: Site) -> Place | None:
        """Find the first seed of the generator, if all of them come only after the call."""
        if self.reaches(generator, call):
            return None
        for seed in self._seeds_for(call):
            if generator in seed.generators:
                return seed.seen_from(call.function)
        return None

    def _before(self, seed: _Seeding, call: Site) -> bool:
        if call.in_loop or seed.place.document is not self._document:
            return True
        place = seed.seen_from(call.function)
        return place is None or place.line <= call.place.line

    def _known(self) -> Iterator[_Seeding]:
        running = self._module.fact(Running)
        for call in self._module.calls_of("seed"):
            if call.entry is None or never_asked_for(self._module, call):
                continue
            generators = call.entry.generators or ALL
            if not (_gives_value(call) or call.entry.default_seed):
                if call.function is not None:  # what it seeded before is as random again
                    self._given_up.update((call.function, one) for one in generators)
                continue
            callers = self._callers(call.function)
            value = next(_values(call), None)
            seed = _Seeding(generators, call.place, call.function, callers, value)
            if call.function is None or running.named(call.function):
                yield seed
            else:
                self._unused.append(seed)

    def _graphs(self) -> Iterator[_Seeding]:
        """Seeds that graphs of TensorFlow are given, for all that is drawn in them."""
        for node, function in seeded_graphs(self._module):
            callers = self._callers(function)
            yield _Seeding(("tensorflow",), self._module.place(node), function, callers)

    def _callers(self, function: Function) -> tuple[tuple[Place, Function], ...]:
        """List the calls of a function of this document by its name."""
        names = self._module.names
        if function is None or names.functions.get(function.name) is not function:
            return ()
        if _returns(self._module, function):
            return ()
        return tuple(
            (self._module.place(named.node), named.function)
            for named in _calls_by_name(self._module, function.name)
        )

    def _helpers(self) -> Iterator[_Seeding]:
        """Seeds set by functions whose code is not at hand; their names say what they do."""
        names = self._module.names
        speaking = [name for name in self._module.called if _speaks(self._imported_as(name))]
        for named in self._module.calls_named(*speaking):
            target = named.node.func
            name = last_name(target)
            if name in names.functions:
                continue
            resolved = names.resolve(target)
            if isinstance(target, ast.Name):
                name = self._imported_as(name)
            if not HELPER.fullmatch(name) and not self._foreign(name, resolved):
                continue
            entry = self._module.catalogue.find(resolved) if resolved else None
            if entry is None:
                yield _Seeding(ALL, self._module.place(named.node), named.function)

    def _imported_as(self, name: str) -> str:
        """Give the name that an import renames, as `from tools import set_seed as fix` does."""
        return self._module.names.aliases.get(name, name).rpartition(".")[2]

    def _foreign(self, name: str, resolved: str | None) -> bool:
        """Say whether a name is imported from where no table looks, and speaks of seeding."""
        if resolved is None or resolved.split(".", 1)[0] in self._module.catalogue.libraries:
            return False
        if resolved.startswith("builtins.") or name[:1].isupper():
            return False
        return _SPEAKING.search(name) is not None and _ASKING.search(name) is None

    def _followed(self) -> Iterator[_Seeding]:
        """Seeds that only the flow has found: in other files, or by names that stand for them."""
        known = {call.place for call in self._module.calls_of("seed")}
        for event in self._module.trace.of(Seed):
            if event.fixed and event.place.document is not self._document:
                yield _Seeding(event.generators, event.place, None)
            elif event.fixed and event.place not in known:
                yield from self._by_another_name(event)

    def _by_another_name(self, event: Seed) -> Iterator[_Seeding]:
        """Give a seed that a call sets which does not name it, as `seeders["torch"](1)`."""
        running = self._module.fact(Running)
        for named in self._module.names.calls:
            if self._module.place(named.node) != event.place:
                continue
            callers = self._callers(named.function)
            seed = _Seeding(event.generators, event.place, named.function, callers)
            if named.function is None or running.named(named.function):
                yield seed
            else:
                self._unused.append(seed)


@lru_cache(maxsize=4096)
def _speaks(name: str) -> bool:
    """Say whether a name that is called may speak of seeding; programs call the same ones."""
    return _SAYING_SO.stand_in(name)


def _gives_value(call: Call) -> bool:
    """Say whether a seed is given; a clock gives one, which is a fault of another kind."""
    value = next(_values(call), None)
    return value is not None and not (isinstance(value, ast.Constant) and value.value is None)


def _values(call: Call) -> Iterator[ast.expr]:
    """Give what a call is given, in the order in which it is written."""
    yield from call.node.args
    yield from (keyword.value for keyword in call.node.keywords)


def _returns(module: Module, function: Function) -> bool:
    """Say whether a function gives a value: it may seed only what it computes."""
    returns = module.nodes.find(ast.Return, within=function) if function else []
    return any(node.value is not None for node in returns)


def _calls_by_name(module: Module, name: str) -> list[NamedCall]:
    """List the calls of `name(…)`, and of no attribute."""
    calls = module.calls_named(name)
    return [named for named in calls if isinstance(named.node.func, ast.Name)]


def seedless(module: Module, kind: str) -> list[Call]:
    """List the calls of one kind that are random and get no seed of their own."""
    return [call for call in module.calls_of(kind) if call.is_random and call.lacks_seed]


def generator_of(call: Call) -> str:
    """Name the global generator that the call falls back on."""
    if call.entry is None:
        return "numpy"
    if call.entry.generators:
        return call.entry.generators[0]
    return "torch" if call.entry.library == "torch" else "numpy"


def by_whom(here: bool) -> str:
    """Say of which runs a finding speaks: those of this file (`here`), or of one that calls it."""
    return "" if here else " whose caller sets no seed"


def without_seed(generator: str, here: bool) -> str:
    """Say that a global generator gets no seed, as far as this file tells."""
    if here:
        return f"{LIBRARIES[generator]} global generator is not seeded before it"
    return f"nothing in this file seeds {LIBRARIES[generator]} global generator before it"


def seed_fix(module: Module, call: Call) -> Fix | None:
    """Write the call with a seed, by the name that the document has for one."""
    parameter = call.entry.seed if call.entry else None
    if parameter is None:
        return None
    value = _seed_name(module)
    if parameter == "generator":
        value = f"torch.Generator().manual_seed({value})"
    description = f"Pass {parameter}={value}, so that every run gives the same result."
    text = module.text(call.node)
    if parameter in call.arguments or "#" in text or not text.endswith(")"):
        return Fix(description)
    head = text[:-1].rstrip().rstrip(",")
    comma = "" if head.endswith("(") else ", "
    return Fix(description, f"{head}{comma}{parameter}={value})")


def _seed_name(module: Module) -> str:
    for name, value in module.names.literals.items():
        if isinstance(value, ast.Constant) and type(value.value) is int and SEED_NAME.match(name):
            return name
    return "42"
