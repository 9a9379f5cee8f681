from __future__ import annotations

import pytest

from mlaudit.model.once import once


class Counted:
    asked = 0

    @once
    def answer(self) -> int:
        """Say what everybody wants to know."""
        self.asked += 1
        return 42


def test_an_attribute_is_worked_out_when_first_asked_for_and_kept() -> None:
    counted, other = Counted(), Counted()
    assert counted.asked == 0
    assert (counted.answer, counted.answer, counted.asked) == (42, 42, 1)
    assert other.asked == 0


def test_an_answer_may_be_given_and_forgotten() -> None:
    counted = Counted()
    counted.answer = 7
    assert (counted.answer, counted.asked) == (7, 0)
    del counted.answer
    assert (counted.answer, counted.asked) == (42, 1)


def test_what_could_not_be_worked_out_is_not_kept() -> None:
    class Failing:
        @once
        def answer(self) -> int:
            raise ValueError("not today")

    failing = Failing()
    with pytest.raises(ValueError, match="not today"):
        assert failing.answer
    assert "answer" not in vars(failing)


def test_a_class_shows_what_the_attribute_says_of_itself() -> None:
    assert Counted.answer.__doc__ == "Say what everybody wants to know."
