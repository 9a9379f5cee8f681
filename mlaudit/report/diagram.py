"""The picture of a pipeline as SVG: steps in columns from left to right, a leaking flow in red."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.report.columns import width
from mlaudit.report.escape import line
from mlaudit.report.mermaid import place_of

if TYPE_CHECKING:
    from mlaudit.model.review import Flow, Pipeline, Step

_LABEL = 30
_CHARACTER, _HEIGHT = 7.3, 44
_ACROSS, _DOWN, _MARGIN = 76, 22, 14
_LEAST = 90.0


@frozen
class Box:
    """Where a step is drawn, in pixels from the upper left corner."""

    step: Step
    x: float
    y: float
    wide: float

    @property
    def middle(self) -> float:
        """The height at which flows come in and go out."""
        return self.y + _HEIGHT / 2


def diagram(pipeline: Pipeline) -> str:
    """Draw a pipeline; the element carries its natural size, so that a page can scroll it."""
    flows = _flows(pipeline)
    boxes = _placed(pipeline, flows)
    wide = max((box.x + box.wide for box in boxes.values()), default=0) + _MARGIN
    high = max((box.y for box in boxes.values()), default=0) + _HEIGHT + _MARGIN
    drawn = [_flow(flow, boxes) for flow in sorted(flows, key=lambda flow: flow.code is not None)]
    leaking = {flow.source for flow in flows if flow.code}
    drawn += [_box(box, pipeline.path, box.step.id in leaking) for box in boxes.values()]
    title = escape(line(pipeline.path))
    return (
        f'<svg class="pipeline" xmlns="http://www.w3.org/2000/svg" role="img" width="{wide:.0f}"'
        f' height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}"><title>{title}</title>'
        f"{_ARROWS}{''.join(drawn)}</svg>"
    )


_ARROWS = "<defs>{}</defs>".format(
    "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
        f' markerUnits="userSpaceOnUse" orient="auto"><path class="{name}" d="M0 0L8 4L0 8z"/>'
        "</marker>"
        for name in ("tip", "leaktip")
    )
)


def _flows(pipeline: Pipeline) -> list[Flow]:
    """Take the flows whose ends are drawn, and of those between the same steps the leaking one."""
    known = {step.id for step in pipeline.steps}
    kept: dict[tuple[str, str], Flow] = {}
    for flow in pipeline.flows:
        ends = (flow.source, flow.target)
        better = ends not in kept or (flow.code and not kept[ends].code)
        if better and known.issuperset(ends) and flow.source != flow.target:
            kept[ends] = flow
    return list(kept.values())


def _placed(pipeline: Pipeline, flows: list[Flow]) -> dict[str, Box]:
    """Put each step into the column behind the steps that it follows, near to their height."""
    column = _columns(pipeline, flows)
    before: dict[str, list[str]] = {}
    for flow in flows:
        before.setdefault(flow.target, []).append(flow.source)
    boxes: dict[str, Box] = {}
    x = float(_MARGIN)
    for number in range(max(column.values(), default=-1) + 1):
        here = [step for step in pipeline.steps if column[step.id] == number]
        wide = max(_width(step, pipeline.path) for step in here)
        at = {step.id: _mean([boxes[one].y for one in before.get(step.id, ()) if one in boxes])
              for step in here}  # fmt: skip
        y = float(_MARGIN)
        for step in sorted(here, key=lambda step: at[step.id]):
            boxes[step.id] = Box(step, x, y, wide)
            y += _HEIGHT + _DOWN
        x += wide + _ACROSS
    return boxes


def _columns(pipeline: Pipeline, flows: list[Flow]) -> dict[str, int]:
    """Count the steps on the longest way to each; what closes a circle does not count."""
    column: dict[str, int] = {}
    left = {step.id: 0 for step in pipeline.steps}
    waiting = dict(left)
    for flow in flows:
        waiting[flow.target] += 1
    while waiting:
        step = next((one for one, count in waiting.items() if not count), next(iter(waiting)))
        del waiting[step]
        column[step] = left[step]
        for flow in flows:
            if flow.source == step and flow.target in waiting:
                waiting[flow.target] -= 1
                left[flow.target] = max(left[flow.target], left[step] + 1)
    return column


def _width(step: Step, path: str) -> float:
    texts = [_short(step.label)] + ([place_of(step.location, path)] if step.location else [])
    return max(_LEAST, max(width(text) for text in texts) * _CHARACTER + 2 * _MARGIN)


def _box(box: Box, path: str, leaking: bool) -> str:
    kind = escape(box.step.kind) + (" leaking" if leaking else "")
    x = box.x + box.wide / 2
    text = f'<text x="{x:.0f}" y="{box.y + 18:.0f}">{escape(_short(box.step.label))}</text>'
    if box.step.location:
        place = escape(line(place_of(box.step.location, path)))
        text += f'<text class="place" x="{x:.0f}" y="{box.y + 34:.0f}">{place}</text>'
    return (
        f'<g class="step {kind}"><title>{escape(line(box.step.label))}</title>'
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.wide:.0f}" height="{_HEIGHT}" rx="7"/>'
        f"{text}</g>"
    )


def _flow(flow: Flow, boxes: dict[str, Box]) -> str:
    source, target = boxes[flow.source], boxes[flow.target]
    x1, y1, x2, y2 = source.x + source.wide, source.middle, target.x, target.middle
    bend = max(30.0, abs(x2 - x1) / 2)
    kind, tip = ("leak", "leaktip") if flow.code else ("flow", "tip")
    words = f"{flow.code}: {flow.label}" if flow.code and flow.label else flow.code or flow.label
    label = ""
    if flow.code:
        at = f'x="{(x1 + x2) / 2:.0f}" y="{(y1 + y2) / 2 - 5:.0f}"'
        label = f'<text class="leak" {at}>{escape(flow.code)}</text>'
    return (
        f'<g><title>{escape(line(words))}</title><path class="{kind}" marker-end="url(#{tip})" d="'
        f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
        f'"/>{label}</g>'
    )


def _short(label: str) -> str:
    label = line(label)
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


def _mean(heights: list[float]) -> float:
    return sum(heights) / len(heights) if heights else 0.0
