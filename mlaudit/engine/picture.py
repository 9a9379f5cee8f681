"""Draws one document's pipeline: load, transform, split, fit, evaluate, and what flows between."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mlaudit.engine.description import FAMILIES_OF_LEAKS
from mlaudit.engine.lineage import Lineage
from mlaudit.model.finding import Severity
from mlaudit.model.frozen import entity, field, record
from mlaudit.model.review import Flow, Pipeline, Step
from mlaudit.trace.events import CrossValidate, Evaluate, Event, Fit, Load, Resample, Role, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location
    from mlaudit.trace.events import Influence
    from mlaudit.trace.rows import RowSet
    from mlaudit.trace.trace import Trace

MOST_STEPS = 14
MOST_LABELS = 3
LONGEST_LABEL = 40
_FEEDING = {"load", "transform"}
_LOSSY = ("load", "transform", "evaluate", "fit", "resample", "split")


@record
class Edge:
    """What flows from one node to the next, and the code of the finding that it leaks by."""

    label: str = ""
    code: str | None = None


@entity
class Node:
    """A step to be drawn: the places that it stands for, and the nodes that feed it."""

    kind: str
    labels: dict[str, None]
    places: dict[Location, None]
    sources: dict[Node, Edge] = field(default_factory=dict)

    def ancestors(self) -> set[int]:
        """Give the identities of all nodes that feed this one, directly or not."""
        seen: set[int] = set()
        stack = list(self.sources)
        while stack:
            node = stack.pop()
            if id(node) not in seen:
                seen.add(id(node))
                stack.extend(node.sources)
        return seen


def draw(trace: Trace, path: str, findings: Iterable[Finding] = ()) -> Pipeline | None:
    """Draw the picture, with the edges marked that findings speak of.

    None where nothing is fitted or judged.  Long pictures are drawn with several steps in one.
    """
    nodes = _Drawing(trace).nodes
    if not any(node.kind in {"fit", "evaluate"} for node in nodes):
        return None
    leaks = [finding for finding in findings if _is_leak(finding)]
    if leaks:
        places = _Places(nodes)
        for finding in leaks:
            _mark(places, finding)
    nodes = _readable(_connected(nodes))
    if len(nodes) < 2:
        return None
    ids = {node: f"s{number}" for number, node in enumerate(nodes, start=1)}
    steps = tuple(
        Step(ids[node], _label(node), node.kind, next(iter(node.places))) for node in nodes
    )
    flows = tuple(
        Flow(ids[source], ids[node], edge.label, edge.code)
        for node in nodes
        for source, edge in node.sources.items()
    )
    return Pipeline(path, steps, flows)


def _is_leak(finding: Finding) -> bool:
    return finding.family in FAMILIES_OF_LEAKS and finding.severity is not Severity.INFO


class _Drawing:
    """Turns events into nodes, in program order."""

    def __init__(self, trace: Trace):
        self.nodes: list[Node] = []
        self._lineage: Lineage[Node] = Lineage()
        self._made: dict[tuple[str, str, Location], Node] = {}
        self._fits: dict[int, Node] = {}
        self._fitted_at: set[Location] = set()
        self._influential = {
            influence.place
            for event in trace.events
            if isinstance(event, Fit | Evaluate | CrossValidate)
            for influence in event.influences
        }
        self._prepared: dict[object, Node] = {}
        for event in trace.events:
            self._add(event)

    def _add(self, event: Event) -> None:
        match event:
            case Load():
                node = self._node("load", event.source or event.reader, event)
                self._lineage.put(node, event.rows)
            case Split():
                node = self._node("split", event.function, event)
                self._feed(node, event.rows)
                for part in event.parts:
                    self._lineage.put(node, part)
            case Resample():
                node = self._node(
                    "resample", event.model.name if event.model else "resample", event
                )
                self._feed(node, event.rows)
                self._lineage.put(node, event.result)
                self._prepared[event.place] = node
            case Fit() if event.model.role in {Role.PREDICTOR, Role.CLUSTERER}:
                node = self._node("fit", f"{event.model.name}.{event.operation}", event)
                self._fits[id(event)] = node
                self._fitted_at.update(node.places)
                self._feed(node, event.rows, event.influences, event.variable)
            case Fit() if event.model.role is not Role.RESAMPLER:
                self._transform(event)
            case CrossValidate():
                self._cross_validate(event)
            case Evaluate() if event.metric is not None:
                self._evaluate(event)
            case _:
                return

    def _transform(self, event: Fit) -> None:
        node = self._node("transform", f"{event.model.name}.{event.operation}", event)
        self._feed(node, event.rows, event.influences, event.variable)
        self._prepared[event.place] = node
        if event.place in self._influential:
            self._lineage.put(node, event.rows)

    def _cross_validate(self, event: CrossValidate) -> None:
        if event.search and event.place.location in self._fitted_at:
            return
        node = self._node("evaluate", event.function, event)
        self._feed(node, event.rows, event.influences, event.variable)

    def _evaluate(self, event: Evaluate) -> None:
        node = self._node("evaluate", event.metric or "", event)
        for fit in event.fits:
            source = self._fits.get(id(fit))
            if source is not None:
                node.sources.setdefault(source, Edge("model"))
        self._feed(node, event.rows, event.influences, event.variable)

    def _node(self, kind: str, label: str, event: Event) -> Node:
        """Make a node, or find that of the same step in an earlier turn or call."""
        place = event.place.location
        step = (kind, label, place)
        node = self._made.get(step)
        if node is None:
            node = self._made[step] = Node(kind, {label: None}, {place: None})
            self.nodes.append(node)
        return node

    def _feed(
        self, node: Node, rows: RowSet, influences: tuple[Influence, ...] = (), variable: str = ""
    ) -> None:
        """Link a node to the latest step that put out its rows, and to what influenced them."""
        label = " ".join(variable.split())
        label = label if len(label) <= LONGEST_LABEL else ""
        source = self._lineage.latest(rows, node)
        if source is not None and id(node) not in source.ancestors():
            node.sources.setdefault(source, Edge(label))
        self._prepare(node, influences)

    def _prepare(self, node: Node, influences: tuple[Influence, ...]) -> None:
        """Link a node to the statistics that influenced its rows, but not to what they come by."""
        if not influences:
            return
        known = node.ancestors()
        first = {influence.place: influence for influence in reversed(influences)}
        for place in dict.fromkeys(influence.place for influence in influences):
            prepared = self._prepared.get(place) or self._statistic(first[place])
            if prepared is node or id(prepared) in known:
                continue
            before = prepared.ancestors()
            if id(node) not in before:
                node.sources.setdefault(prepared, Edge())
                known |= {id(prepared), *before}

    def _statistic(self, influence: Influence) -> Node:
        node = Node("transform", {influence.operation: None}, {influence.place.location: None})
        self._made.setdefault(("transform", influence.operation, influence.place.location), node)
        self._prepared[influence.place] = node
        source = self._lineage.latest(influence.rows, node)
        if source is not None:
            node.sources[source] = Edge()
        self.nodes.append(node)
        return node


class _Places:
    """Finds nodes by their places, and what they feed."""

    def __init__(self, nodes: list[Node]):
        self._of_line: dict[Hashable, list[tuple[int, Node]]] = {}
        self._fed: dict[Node, list[tuple[Node, Edge]]] = {}
        for node in nodes:
            for place in node.places:
                beside = self._of_line.setdefault(place.sort_key[:3], [])
                beside.append((place.column, node))
            for source, edge in node.sources.items():
                self._fed.setdefault(source, []).append((node, edge))

    def at(self, location: Location) -> Node | None:
        """Find the node of a place, or at least of its line."""
        beside = self._of_line.get(location.sort_key[:3], [])
        exact = (node for column, node in beside if column == location.column)
        return next(exact, beside[0][1] if beside else None)

    def fed_by(self, node: Node) -> list[tuple[Node, Edge]]:
        """Give the nodes that a node feeds."""
        return self._fed.get(node, [])


def _mark(places: _Places, finding: Finding) -> None:
    """Mark the edge from a finding's place to its evidence, else one beside it."""
    here = places.at(finding.location)
    if here is None:
        return
    related = [places.at(evidence.location) for evidence in finding.evidence]
    outgoing = places.fed_by(here)
    incoming = list(here.sources.items())
    # What is wrong with a training came in with its rows; what is wrong elsewhere flows on.
    near = [*incoming, *outgoing] if here.kind == "fit" else [*outgoing, *incoming]
    edges = [edge for node, edge in near if node in related] + [edge for _, edge in near]
    if edges and edges[0].code is None:
        edges[0].code = finding.code


def _connected(nodes: list[Node]) -> list[Node]:
    """Leave out data and preprocessing that reach nothing."""
    feeding = {source for node in nodes for source in node.sources}
    return [node for node in nodes if node.kind not in _FEEDING or node in feeding or node.sources]


def _readable(nodes: list[Node]) -> list[Node]:
    """Draw equal steps as one; then, while there are too many, ever more unequal ones."""
    nodes = _merged(nodes, lambda node: (node.kind, tuple(node.places), frozenset(node.sources)))
    nodes = _merged(nodes, lambda node: (node.kind, tuple(node.labels), frozenset(node.sources)))
    if len(nodes) > MOST_STEPS:
        nodes = _merged(nodes, lambda node: (node.kind, frozenset(node.sources)))
    for kind in _LOSSY:
        if len(nodes) <= MOST_STEPS:
            break
        nodes = _merged(nodes, _by_kind(kind))
    return nodes


def _by_kind(kind: str) -> Callable[[Node], Hashable]:
    return lambda node: kind if node.kind == kind else node


def _merged(nodes: list[Node], key: Callable[[Node], Hashable]) -> list[Node]:
    kept: dict[Hashable, Node] = {}
    instead: dict[Node, Node] = {}
    for node in nodes:
        if instead:
            node.sources = _redirected(node, instead)
        first = kept.setdefault(key(node), node)
        if first is not node:
            instead[node] = first
            first.labels |= node.labels
            first.places |= node.places
            for source, edge in node.sources.items():
                known = first.sources.setdefault(source, edge)
                known.code = known.code or edge.code
    if not instead:
        return nodes
    for node in kept.values():
        node.sources = _redirected(node, instead)
        node.sources.pop(node, None)
    return list(kept.values())


def _redirected(node: Node, instead: dict[Node, Node]) -> dict[Node, Edge]:
    """Give the sources of a node, those that were merged by what stands for them now."""
    if instead.keys().isdisjoint(node.sources):
        return node.sources
    found: dict[Node, Edge] = {}
    for source, edge in node.sources.items():
        known = found.setdefault(instead.get(source, source), edge)
        known.code = known.code or edge.code
    return found


def _label(node: Node) -> str:
    """Name a step; of many labels the first few."""
    shown = [
        label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
        for label in (" ".join(label.split()) for label in islice(node.labels, MOST_LABELS))
    ]
    more = len(node.labels) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
