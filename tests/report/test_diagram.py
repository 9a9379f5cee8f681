"""The picture of a pipeline in SVG."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from mlaudit.model.location import Location
from mlaudit.model.review import Flow, Pipeline, Step
from mlaudit.report.diagram import diagram

SVG = "{http://www.w3.org/2000/svg}"


def _boxes(drawing: str) -> dict[str, tuple[float, float, float]]:
    """Give x, y and width of each step's box by its title."""
    found = {}
    for group in ElementTree.fromstring(drawing).iter(f"{SVG}g"):
        box, title = group.find(f"{SVG}rect"), group.find(f"{SVG}title")
        if box is not None and title is not None:
            found[title.text or ""] = tuple(float(box.get(key, "")) for key in ("x", "y", "width"))
    return found  # type: ignore[return-value]


def _pipeline(*flows: tuple[str, str], code: str | None = None) -> Pipeline:
    names = dict.fromkeys(name for flow in flows for name in flow)
    steps = tuple(Step(name, name, "fit", Location("a.py", 3)) for name in names)
    return Pipeline("a.py", steps, tuple(Flow(*flow, "rows", code) for flow in flows))


def test_each_step_stands_right_of_what_it_follows() -> None:
    flows = [("load", "fit"), ("mean", "fit"), ("load", "mean"), ("fit", "score")]
    boxes = _boxes(diagram(_pipeline(*flows)))
    for source, target in flows:
        assert boxes[source][0] + boxes[source][2] < boxes[target][0]


def test_boxes_do_not_overlap() -> None:
    flows = [(f"a{i}", f"b{j}") for i in range(4) for j in range(3)]
    boxes = list(_boxes(diagram(_pipeline(*flows))).values())
    assert len(boxes) == 7
    for column in {x for x, _, _ in boxes}:
        heights = sorted(y for x, y, _ in boxes if x == column)
        assert all(low + 44 <= high for low, high in pairwise(heights))


def test_a_circle_is_drawn_too() -> None:
    assert len(_boxes(diagram(_pipeline(("a", "b"), ("b", "c"), ("c", "a"))))) == 3


def test_a_leaking_flow_is_marked_and_hides_a_plain_one() -> None:
    flows = (Flow("a", "b", "rows"), Flow("a", "b", "rows", "LEAK001"))
    steps = (Step("a", "scale", "transform"), Step("b", "fit", "fit"))
    drawing = diagram(Pipeline("a.py", steps, flows))
    assert re.findall(r'<path class="(leak|flow)"', drawing) == ["leak"]
    assert ">LEAK001</text>" in drawing
    assert 'class="step transform leaking"' in drawing


def test_no_step_at_all() -> None:
    assert ElementTree.fromstring(diagram(Pipeline("a.py"))).get("width") == "14"
