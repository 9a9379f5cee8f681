"""Where in the program calls come from, also when they come from the same places as before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.probe.agent.places import Places, Spot

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
def once(wrapped, spot):
    return wrapped(spot)

def inner(wrapped, spot):
    def deeper():
        return wrapped(spot)
    return deeper()

def both(first, second, spot):
    return [call(spot) for call in (first, second)]
"""


def plain(spot: Any) -> Any:
    return spot.here()


def twice_wrapped(spot: Any) -> Any:
    return plain(spot)


def program(folder: Path) -> tuple[dict[str, Any], Places]:
    scope: dict[str, Any] = {}
    exec(compile(PROGRAM, str(folder / "train.py"), "exec"), scope)
    return scope, Places([str(folder)], None)


def test_the_same_place_is_found_again_without_a_search(tmp_path: Path, monkeypatch: Any) -> None:
    scope, places = program(tmp_path)
    spot = Spot(places)
    found = scope["once"](plain, spot)
    assert found[:3] == ["train.py", None, 3]
    monkeypatch.setattr(spot, "_looked_up", lambda: None)
    assert all(scope["once"](plain, spot) is found for _ in range(3))


def test_calls_from_more_frames_away_are_told_apart(tmp_path: Path) -> None:
    scope, places = program(tmp_path)
    spot = Spot(places)
    calls = [(name, wrapped) for name in ("once", "inner") for wrapped in (plain, twice_wrapped)]
    lines = {"once": 3, "inner": 7}
    for name, wrapped in calls * 3:
        assert scope[name](wrapped, spot)[2] == lines[name]


def test_one_line_that_calls_in_several_ways(tmp_path: Path) -> None:
    scope, places = program(tmp_path)
    spot = Spot(places)
    within = scope["once"]
    ways = (plain, twice_wrapped, lambda spot: within(plain, spot))
    for _ in range(2):
        for first in ways[:2]:
            for second in ways[:2]:
                found = scope["both"](first, second, spot)
                assert [place[2] for place in found] == [11, 11]
    assert scope["both"](ways[2], plain, spot)[0][2] == 3


def test_where_no_program_is_there_is_no_place(tmp_path: Path) -> None:
    _, places = program(tmp_path)
    assert Spot(places).here() is None
