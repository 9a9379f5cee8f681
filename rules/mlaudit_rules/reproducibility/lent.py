"""Random draws in a function of another file of the project that the document calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Draw, frozen
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.draws import Drawing, draws
from mlaudit_rules.reproducibility.reach import Reach
from mlaudit_rules.reproducibility.seeding import Seeding
from mlaudit_rules.reproducibility.switches import switched_off

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module, Place


@frozen
class Lent:
    """A call of a function of another file, which draws at `drawn`.

    What it draws reaches `name` at `end`, a training or score in either file.
    """

    call: Drawing
    drawn: Place
    end: Place
    name: str


def draws_elsewhere(module: Module) -> bool:
    """Say at little cost whether the trace has come to a draw in another file."""
    return any(event.place.document is not module.document for event in module.trace.of(Draw))


def lent_draws(module: Module) -> list[Lent]:
    """List the calls whose draws reach a training, unseeded as far as the other file tells."""
    places: dict[str, set[Place]] = {}
    for event in module.trace.of(Draw):
        # In a branch, what is drawn may be for other arguments than are given here.
        if event.place.document is not module.document and not event.conditional:
            places.setdefault(event.place.document.path, set()).add(event.place)
    return [lent for there in places.values() for lent in _from_file(module, there)]


def _from_file(module: Module, places: set[Place]) -> Iterator[Lent]:
    helper = module.beside(next(iter(places)).document)
    seeding, dead = helper.fact(Seeding), helper.fact(Dead)
    drawing = [
        draw
        for draw in helper.fact(draws)
        if draw.place in places
        and not (draw.later or seeding.seeds(draw.generator) or dead.holds(draw.node))
        and not switched_off(helper, draw.node, draw.function)
    ]
    if not drawing:
        return
    reach = Reach(helper, [draw.node for draw in drawing])
    given: dict[ast.Call, tuple[Drawing, Drawing]] = {}
    for call, function in _calls(module, helper):
        for draw in drawing:
            own = Drawing(call.node, call.place, call.function, call.in_loop, draw.generator)
            if draw.function is function and draw.node in reach.reached:
                end = reach.reached[draw.node]
                yield Lent(own, draw.place, helper.place(end), helper.text(end.func))
            elif draw.node in reach.given_by(function.name):
                given.setdefault(call.node, (own, draw))
    for node, end in Reach(module, given).reached.items() if given else ():
        own, draw = given[node]
        yield Lent(own, draw.place, module.place(end), module.text(end.func))


def _calls(module: Module, helper: Module) -> Iterator[tuple[Drawing, ast.FunctionDef]]:
    """Give the calls of the plain functions of another file, by the names they are imported by."""
    stem = helper.document.path.replace("\\", "/").rpartition("/")[2].removesuffix(".py")
    top = {node.name: node for node in helper.tree.body if isinstance(node, ast.FunctionDef)}
    dead = module.fact(Dead)
    for named in module.names.calls:
        home, _, name = (module.names.resolve(named.node.func) or "").rpartition(".")
        if name in top and home.rpartition(".")[2] == stem and not dead.holds(named.node):
            place = module.place(named.node)
            yield Drawing(named.node, place, named.function, named.in_loop, ""), top[name]
