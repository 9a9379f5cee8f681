"""The course of memory and of losses: small in a line of text, and as pictures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mlaudit.report.tally import sized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mlaudit.model.profile import Memory, Profile

WIDTH, HEIGHT = 640, 240
_LEFT, _TOP, _BOTTOM = 70, 16, 48
_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST = 40
_COLOURS = {
    "parameters": "#4c78a8",
    "gradients": "#54a24b",
    "optimizer state": "#b279a2",
    "activations and batch": "#f58518",
    "temporary": "#e45756",
}
_OTHER = "#9d9da3"


def sparkline(values: Sequence[float]) -> str:
    """Draw some values as blocks of eight heights, the lowest one not empty."""
    some = _fewer(values)
    if len(some) < 3:
        return ""
    low, high = min(some), max(some)
    span = (high - low) or 1
    return "".join(_BLOCKS[min(7, int(8 * (value - low) / span))] for value in some)


def _fewer(values: Sequence[float]) -> list[float]:
    """Give the highest of each group of neighbours, so that no peak gets lost."""
    finite = [value for value in values if value == value and abs(value) != float("inf")]
    stride = -(-len(finite) // _MOST) or 1
    return [max(finite[start : start + stride]) for start in range(0, len(finite), stride)]


def pictures(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Give the name, the title and the SVG of each picture that can be drawn of a run."""
    used = profile.memory
    if used is not None and used.course is not None and len(used.course.moments) > 2:
        tier = used.tier.partition(":")[0]
        title = f"Memory in the step with the peak of {sized(used.peak)} ({tier})"
        yield "memory", title, memory(used)
    if used is not None and used.growth and len(used.live) > 2:
        left = f"{sized(used.growth)} more each"
        yield "growth", f"Memory after each step: {left}", line(used.live, sized)
    if len(profile.curve) > 2:
        yield "loss", "Loss over the steps", line(profile.curve, lambda value: f"{value:.4g}")


def memory(used: Memory) -> str:
    """Draw the bytes of each kind on top of one another, from the first moment to the last."""
    course = used.course
    assert course is not None
    order = sorted(range(len(course.kinds)), key=lambda index: _rank(course.kinds[index]))
    top = max((sum(moment) for moment in course.moments), default=0) or 1
    below = [0] * len(course.moments)
    drawn = []
    for index in order:
        above = [base + moment[index] for base, moment in zip(below, course.moments, strict=True)]
        if above != below:
            kind = course.kinds[index]
            area = [*_points(above, top), *reversed(_points(below, top))]
            drawn.append(_area(area, kind))
        below = above
    legend = _legend([course.kinds[index] for index in order])
    return _picture([*drawn, *_axis(sized(top)), *legend], "memory over one step")


def line(values: Sequence[float], words: object) -> str:
    """Draw values as one line, between the lowest and the highest."""
    assert callable(words)
    some = [value for value in values if value == value and abs(value) != float("inf")]
    low, high = min(some), max(some)
    span = (high - low) or 1
    points = _points([value - low for value in some], span)
    path = f'<polyline points="{_joined(points)}" fill="none" stroke="#4c78a8" stroke-width="2"/>'
    return _picture([path, *_axis(words(high), words(low))], "a curve over the steps")


def _rank(kind: str) -> int:
    return list(_COLOURS).index(kind) if kind in _COLOURS else -1


def _points(values: Sequence[float], top: float) -> list[tuple[float, float]]:
    wide, high = WIDTH - _LEFT - 10, HEIGHT - _TOP - _BOTTOM
    step = wide / max(1, len(values) - 1)
    return [
        (_LEFT + number * step, _TOP + high * (1 - value / top))
        for number, value in enumerate(values)
    ]


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _area(points: list[tuple[float, float]], kind: str) -> str:
    colour = _COLOURS.get(kind, _OTHER)
    return (
        f'<polygon points="{_joined(points)}" fill="{colour}"><title>{escape(kind)}</title>'
        "</polygon>"
    )


def _axis(high: str, low: str = "0") -> list[str]:
    bottom = HEIGHT - _BOTTOM
    return [
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{WIDTH - 10}" fill="none" stroke="#888"/>',
        _words(_LEFT - 6, _TOP + 4, high, "end"),
        _words(_LEFT - 6, bottom, low, "end"),
    ]


def _legend(kinds: Sequence[str]) -> list[str]:
    drawn, x, y = [], float(_LEFT), HEIGHT - 26
    for kind in kinds:
        colour = _COLOURS.get(kind, _OTHER)
        drawn.append(f'<rect x="{x:.0f}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        drawn.append(_words(x + 14, y, kind))
        x += 30 + 6.6 * len(kind)
        if x > WIDTH - 120:
            x, y = float(_LEFT), y + 16
    return drawn


def _words(x: float, y: float, text: str, anchor: str = "start") -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="11" fill="#777">{escape(text)}</text>'


def _picture(parts: Iterable[str], label: str) -> str:
    return (
        f'<svg class="course" xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}"'
        f' height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
        f"<title>{escape(label)}</title>{''.join(parts)}</svg>"
    )
