"""Outcomes survive being written and read, each value as it was."""

from __future__ import annotations

import types
import typing
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine import encoding
from mlaudit.engine.anchors import Anchored
from mlaudit.engine.description import Description
from mlaudit.engine.encoding import decode, encode
from mlaudit.engine.examiner import Examiner
from mlaudit.engine.inputs import gather
from mlaudit.engine.outcome import Outcome
from mlaudit.model import finding, review
from mlaudit.model.location import Location

FIXTURES = Path(__file__).parents[2] / "fixtures"


def classes(annotation: Any, seen: set[type]) -> set[type]:
    """List the records and enumerations that a value may hold."""
    origin = typing.get_origin(annotation)
    if origin is not None or isinstance(annotation, types.UnionType):
        for part in typing.get_args(annotation):
            classes(part, seen)
    elif isinstance(annotation, type) and annotation not in seen:
        if issubclass(annotation, Enum):
            seen.add(annotation)
        elif "__record__" in vars(annotation):
            seen.add(annotation)
            names = vars(finding) | vars(review)
            names |= {"Anchored": Anchored, "Description": Description, "Location": Location}
            for hint in typing.get_type_hints(annotation, localns=names).values():
                classes(hint, seen)
    return seen


def test_every_class_that_an_outcome_can_hold_is_known() -> None:
    held = classes(Outcome, set())
    assert Location in held and finding.Severity in held
    assert held == {*encoding._RECORDS, *encoding._ENUMS}


@pytest.mark.parametrize("folder", ["projects", "leakage", "evaluation", "clean"])
def test_outcomes_come_back_equal(folder: str) -> None:
    config = Config(profile=Profile.PRODUCTION)
    inputs = gather([str(FIXTURES / folder)], config, None, "-")
    used = Examiner(config, inputs)
    for item in inputs:
        done = used.examine(item)
        back = decode(encode([done.asked, done.outcome]))
        assert back == [done.asked, done.outcome]
        assert repr(back) == repr([done.asked, done.outcome])


def test_odd_values_come_back_equal() -> None:
    place = Location("ü\ud800/\n.py", 1, 2, cell=3)
    value = [{place: True}, {"a": [("x", None)]}, {"b", "a"}, 1.5, finding.Severity.INFO, ()]
    assert decode(encode(value)) == value


@pytest.mark.parametrize("value", [object(), b"x", Path(), {1, "a"}])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        encode([value])


@pytest.mark.parametrize("text", ["", "{}", '{"Path": ["x"]}', '{"t": 1}', '{"Location": []}'])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(text)
