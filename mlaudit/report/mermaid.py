"""The picture of a pipeline in Mermaid, which pull-request pages draw."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from mlaudit.report.escape import mermaid

if TYPE_CHECKING:
    from mlaudit.model.location import Location
    from mlaudit.model.review import Flow, Pipeline, Step

_SHAPES = {
    "load": '[("{}")]',
    "split": '{{{{"{}"}}}}',
    "fit": '["{}"]',
    "evaluate": '(["{}"])',
}
_LABEL = 48
_RED = "#d1242f"


def picture(pipeline: Pipeline) -> str:
    """Draw steps and flows from left to right; a leaking flow is red and names its code."""
    names = {step.id: f"n{position}" for position, step in enumerate(pipeline.steps)}
    flows = [flow for flow in pipeline.flows if flow.source in names and flow.target in names]
    lines = ["flowchart LR"]
    lines += [f"  {names[step.id]}{_node(step, pipeline.path)}" for step in pipeline.steps]
    lines += [f"  {names[flow.source]} {_edge(flow)} {names[flow.target]}" for flow in flows]
    leaking = [position for position, flow in enumerate(flows) if flow.code]
    if leaking:
        edges = ",".join(map(str, leaking))
        lines.append(f"  linkStyle {edges} stroke:{_RED},stroke-width:3px,color:{_RED}")
        touched = {names[flow.source] for flow in flows if flow.code}
        lines.append(f"  classDef leak stroke:{_RED},stroke-width:3px")
        lines.append(f"  class {','.join(sorted(touched, key=_position))} leak")
    return "\n".join(lines)


def _node(step: Step, path: str) -> str:
    label = mermaid(_short(step.label))
    if step.location is not None:
        label += f"<br/>{mermaid(place_of(step.location, path))}"
    return _SHAPES.get(step.kind, '["{}"]').format(label)


def place_of(location: Location, path: str) -> str:
    """Name a line of a picture; its file only when it is another one than that of the picture."""
    file = "" if location.path == path else f"{PurePath(location.path).name} "
    cell = "" if location.cell is None else f"cell {location.cell}, "
    return f"{file}{cell}line {location.line}"


def _edge(flow: Flow) -> str:
    words = f"{flow.code}: {flow.label}" if flow.code and flow.label else flow.code or flow.label
    label = mermaid(_short(words))
    arrow = "==>" if flow.code else "-->"
    return f'{arrow}|"{label}"|' if label else arrow


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


def _position(name: str) -> int:
    return int(name[1:])
