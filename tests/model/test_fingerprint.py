"""A fingerprint tells findings apart by what they are, not by where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlaudit.model.fingerprint import fingerprint

PARTS = st.tuples(st.text(), st.text(), st.text(), st.text(), st.integers(0, 9))


@given(PARTS)
def test_is_stable(parts: tuple[str, str, str, str, int]) -> None:
    assert fingerprint(*parts) == fingerprint(*parts)
    assert set(fingerprint(*parts)) <= set("0123456789abcdef")


@given(PARTS, PARTS)
def test_differs_where_any_part_differs(
    one: tuple[str, str, str, str, int], other: tuple[str, str, str, str, int]
) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


def test_parts_do_not_run_into_one_another() -> None:
    assert fingerprint("A", "bc", "", "") != fingerprint("A", "b", "c", "")


def test_takes_text_that_is_no_unicode() -> None:
    assert fingerprint("A", "caf\udce9.py", "", "x") != fingerprint("A", "caf.py", "", "x")
