"""The course of memory and losses: as a line of blocks, and as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from mlaudit.model.frozen import replace
from mlaudit.model.location import Location
from mlaudit.model.profile import Course, Memory, Profile, Share
from mlaudit.report import html, markdown, text
from mlaudit.report.course import pictures, sparkline

if TYPE_CHECKING:
    from mlaudit.model.review import Review

MIB = 2**20


@pytest.fixture
def profile() -> Profile:
    course = Course(
        ("parameters", "activations and batch", "temporary"),
        tuple((4 * MIB, held * MIB, MIB) for held in (0, 3, 9, 5, 0)),
    )
    memory = Memory(
        tier="T2, tracked: the storages of all tensors",
        device="cpu",
        steps=20,
        peak=14 * MIB,
        upper=700 * MIB,
        kinds={"activations and batch": 9 * MIB, "parameters": 4 * MIB, "temporary": MIB},
        lines=(Share(Location("train.py", 8), "model(batch)", 9 * MIB),),
        budget=11 * 2**30,
        card="RTX 2080 Ti",
        fits="fits",
        growth=MIB,
        full_at=10_545,
        course=course,
        live=tuple(range(4 * MIB, 24 * MIB, MIB)),
        batch=32,
        largest=4096,
        largest_by="a line through batches of 16, 32, 64",
    )
    return Profile(
        command="train.py",
        python="3.12.0",
        how="finished",
        ended="ran to its end",
        steps=20,
        losses=(2.0, 0.5),
        curve=(2.0, 1.5, 1.0, 0.5),
        memory=memory,
    )


def test_blocks_rise_and_fall_with_the_values() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([5, 5, 5]) == "▁▁▁"
    assert sparkline([1, 2]) == ""
    assert sparkline([1.0, float("nan"), 3.0, 2.0]) == "▁█▅"


def test_a_peak_among_many_values_is_not_lost() -> None:
    drawn = sparkline([0] * 500 + [9] + [0] * 500)
    assert (len(drawn), drawn.count("█")) == (39, 1)


def test_pictures_are_drawn_to_scale(profile: Profile) -> None:
    drawn = {name: (title, ElementTree.fromstring(svg)) for name, title, svg in pictures(profile)}
    assert list(drawn) == ["memory", "growth", "loss"]
    title, memory = drawn["memory"]
    assert title == "Memory in the step with the peak of 14.0 MiB (T2, tracked)"
    space = "{http://www.w3.org/2000/svg}"
    areas = memory.findall(f"{space}polygon")
    assert [area.findtext(f"{space}title") for area in areas] == [
        "parameters",
        "activations and batch",
        "temporary",
    ]
    heights = [
        min(float(point.split(",")[1]) for point in area.attrib["points"].split()) for area in areas
    ]
    # Four, thirteen and fourteen of fourteen parts high, downwards from the bottom at 192.
    assert heights == pytest.approx([192 - 176 * part / 14 for part in (4, 13, 14)], abs=0.1)
    assert "14.0 MiB" in [each.text for each in memory.findall(f"{space}text")]


def test_every_format_for_people_tells_of_memory(profile: Profile, empty: Review) -> None:
    review = replace(empty, profile=profile)
    for written in (text.render(review), markdown.render(review), html.render(review)):
        assert "T2, tracked" in written
        assert "14.0 MiB to 700.0 MiB" in written
        assert "RTX 2080 Ti, 11.0 GiB: the training fits" in written
        assert "4096 rows, by a line through batches of 16, 32, 64; now 32" in written
        assert "▁▃█▅▁" in written
        assert "the budget is used up at step 10545" in written
    assert html.render(review).count('<svg class="course"') == 3
