from __future__ import annotations

import ast
from collections import Counter

import pytest

from benchmarks.mutations import Mutant, mutants, originals, review
from benchmarks.planting.faults import FAULTS
from benchmarks.planting.programs import BORDER, programs
from benchmarks.planting.source import Edit, Source, apply


def test_nothing_is_reported_on_the_clean_programs() -> None:
    assert [f"{finding.location} {finding.code}" for finding in originals().findings] == []


def test_a_third_of_the_clean_programs_are_notebooks() -> None:
    kinds = Counter(program.path.suffix for program in programs())
    assert sum(kinds.values()) >= 30
    assert 3 * kinds[".ipynb"] >= sum(kinds.values()) - kinds[".ipynb"] / 2


def test_edits_leave_the_rest_as_it_is_and_name_the_lines_they_touch() -> None:
    text = "a = 1\nb = f(a, seed=2)\nc = 3\n"
    source = Source(text)
    call = source.calls("f")[0]
    drop = source.drop_keyword(call, "seed")
    assert drop is not None
    edits = [drop, source.before(source.statement(call), "x = 0\ny = 0")]
    assert apply(text, edits) == ("a = 1\nx = 0\ny = 0\nb = f(a)\nc = 3\n", {2, 3, 4})


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("abcdef", [Edit(0, 4, ""), Edit(2, 5, "")])


def test_an_emptied_block_gets_a_pass() -> None:
    text = "if a:\n    b = 1\n"
    source = Source(text)
    edited, _ = apply(text, [source.delete(source.find(ast.Assign)[0])])
    assert edited == "if a:\n    pass\n"


def test_a_fault_in_a_notebook_stays_in_its_cell() -> None:
    program = next(program for program in programs() if program.path.suffix == ".ipynb")
    planted = list(mutants(of=program.name))
    assert planted
    cells = {mutant.text.count(BORDER) for mutant in planted}
    assert cells == {program.text.count(BORDER)}


def test_every_fault_fits_somewhere() -> None:
    unplanted = {fault.name for fault in FAULTS} - {one.fault.name for one in mutants()}
    assert unplanted == set()


def a_slice() -> list[Mutant]:
    """Take every seventh mutant: some of each fault and of each program."""
    return list(mutants())[::7]


def test_most_faults_of_a_slice_are_found_where_they_were_planted() -> None:
    outcomes = list(review(a_slice()))
    found = [outcome for outcome in outcomes if outcome.found]
    assert len(outcomes) > 100
    assert len(found) >= 0.9 * len(outcomes), [
        f"{one.mutant.fault.name} in {one.mutant.program.name}" for one in outcomes if not one.found
    ]
