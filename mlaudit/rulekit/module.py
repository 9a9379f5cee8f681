"""What `check_module` sees: one document with its calls resolved, gathered once for all rules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, TypeVar

from mlaudit.model.once import once
from mlaudit.rulekit.calls import Call, argument
from mlaudit.rulekit.unpacked import Unpacked
from mlaudit.syntax.groups import Groups
from mlaudit.syntax.spelling import last_name
from mlaudit.syntax.tests_of_code import is_test_of_code

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.model.location import Location
    from mlaudit.rulekit.imbalance import Imbalance
    from mlaudit.source.document import Document, Place
    from mlaudit.syntax.names import NamedCall, Names
    from mlaudit.syntax.nodes import Nodes
    from mlaudit.trace.events import Argument
    from mlaudit.trace.trace import Trace

Fact = TypeVar("Fact")
N = TypeVar("N", bound=ast.AST)


class Module:
    """One document: its tree and all nodes of it, its names, its library calls and its trace."""

    def __init__(
        self,
        document: Document,
        nodes: Nodes,
        names: Names,
        catalogue: Catalogue,
        trace: Trace,
        profile: str = "exploration",
        importers: Callable[[], Sequence[tuple[str, str]]] = tuple,
        alongside: Callable[[], Sequence[tuple[str, str]]] = tuple,
        neighbours: Callable[[str], Sequence[ast.Module]] = lambda word: (),
        mentioning: Callable[[Collection[str]], Sequence[ast.Module]] = lambda words: (),
    ):
        self.document = document
        self.nodes = nodes
        self.tree = nodes.root
        self.names = names
        self.catalogue = catalogue
        self.trace = trace
        self.profile = profile
        self._find_importers = importers
        self._find_alongside = alongside
        self._find_neighbours = neighbours
        self._find_mentioning = mentioning
        self._unpacked = Unpacked(nodes, names)
        self._facts: dict[Callable[[Module], Any], Any] = {}

    @once
    def calls(self) -> list[Call]:
        """All calls whose target is a library's name, in source order."""
        names, document, unpacked = self.names, self.document, self._unpacked
        find, resolve, stars = self.catalogue.find, names.resolve, names.stars
        found = []
        for place, node in enumerate(names.calls.nodes):
            name = resolve(node.func)
            if name is None and stars:
                name = self._starred(node.func)
            if name is not None:
                named = names.calls[place]
                around = (named.function, named.in_loop)
                found.append(Call(node, name, find(name), *around, names, document, unpacked))
        return found

    @once
    def call_of(self) -> dict[ast.AST, Call]:
        """The calls of libraries by their nodes."""
        return {call.node: call for call in self.calls}

    def calls_of(self, *kinds: str) -> list[Call]:
        """List the calls of what the tables say to be of one of these kinds, in source order."""
        return self._of_kind.among(kinds)

    @property
    def called(self) -> Iterable[str]:
        """The names that something is called by, each once: `c` of `a.b.c(…)`."""
        return self._of_name

    def calls_named(self, *names: str) -> list[NamedCall]:
        """List the calls of `name(…)` and `anything.name(…)`, in source order."""
        return self._of_name.among(names)

    @once
    def kinds(self) -> frozenset[str]:
        """What the library calls are, as the catalogue says."""
        return frozenset(self._of_kind)

    @once
    def imbalance(self) -> Imbalance:
        """The evidence that the classes are imbalanced."""
        from mlaudit.rulekit.imbalance import gather

        return gather(self)

    @once
    def importers(self) -> Sequence[tuple[str, str]]:
        """The files under review that import this one, or what does: the name and code of each."""
        return self._find_importers()

    @once
    def alongside(self) -> Sequence[tuple[str, str]]:
        """The other files that the importers import, or what these do: the name and code of each.

        The code of their top level runs wherever this document is used.
        """
        return self._find_alongside()

    def neighbours(self, word: str) -> Sequence[ast.Module]:
        """The trees of the other files under review that hold a word, of this folder or next to it.

        Next to a folder are the one above and those right below.
        """
        return self._find_neighbours(word)

    def mentioning(self, words: Collection[str]) -> Sequence[ast.Module]:
        """The trees of the other files under review that hold any of some words, wherever they lie.

        All files are read for the answer: a rule asks where it would report otherwise.
        """
        return self._find_mentioning(words)

    def beside(self, document: Document) -> Module:
        """Give another document that the trace has come to, with the same trace."""
        from mlaudit.syntax.names import collect
        from mlaudit.syntax.nodes import Nodes
        from mlaudit.syntax.parse import parse

        nodes = Nodes(parse(document))
        known = self.catalogue, self.trace, self.profile
        return Module(document, nodes, collect(nodes), *known)

    @once
    def is_test(self) -> bool:
        """Whether the document is a test of code."""
        return is_test_of_code(self.document.path, self.nodes)

    def fact(self, work_out: Callable[[Module], Fact]) -> Fact:
        """Work something out about this document, once for all the rules that ask for it."""
        if work_out not in self._facts:
            self._facts[work_out] = work_out(self)
        fact: Fact = self._facts[work_out]
        return fact

    def forget(self) -> None:
        """Part from what was worked out and may hold this module: all is freed without a search."""
        self._facts.clear()

    def place(self, node: ast.AST) -> Place:
        """Give the place of a node of the tree."""
        return self.document.place(node)

    def text(self, node: ast.AST) -> str:
        """Give the source text of a node of the tree."""
        return self.document.text_of(node)

    def at(self, location: Location) -> list[ast.AST]:
        """Find the nodes that stand exactly at a location of this document."""
        line = self.document.line_of(location)
        found = self._by_line.get(line, ()) if line is not None else ()
        return [node for node in found if self.place(node).location == location]

    @once
    def _by_line(self) -> dict[int, list[ast.AST]]:
        found: dict[int, list[ast.AST]] = {}
        for node in self.nodes.below():
            line = getattr(node, "lineno", None)
            if line is not None:
                found.setdefault(line, []).append(node)
        return found

    def call_at(self, location: Location) -> Call | None:
        """Find the call of a library that stands exactly at a location."""
        found = self.at(location)
        return next((call for call in self.calls if call.node in found), None)

    def node_at(self, location: Location, kind: type[N]) -> N | None:
        """Find a node of a class that stands exactly at a location."""
        return next((node for node in self.at(location) if isinstance(node, kind)), None)

    def argument(self, node: ast.expr) -> Argument:
        """Evaluate an argument as far as literals and names bound once to a literal go."""
        return argument(node, self.names, self.document)

    @once
    def _of_kind(self) -> Groups[Call]:
        return Groups(self.calls, [call.entry.kind if call.entry else "" for call in self.calls])

    @once
    def _of_name(self) -> Groups[NamedCall]:
        calls = self.names.calls
        return Groups(calls, map(last_name, [node.func for node in calls.nodes]))

    def _starred(self, function: ast.expr) -> str | None:
        """Find what star imports may bring: of several names one that is known, or the last."""
        found = self.names.candidates(function)
        known = (name for name in found if self.catalogue.find(name) is not None)
        return next(known, next(reversed(found), None))
