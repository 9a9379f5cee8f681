"""Choices that the same code makes more than once, each time for other data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.trace.events import Evaluate, Use
from mlaudit.trace.guards import excluded
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.trace.events import Event, Model, Watch
    from mlaudit.trace.guards import Guards


def meet(choice: Evaluate | Watch, report: Evaluate) -> bool:
    """Say whether a run of the program chooses by rows, and surely tells a score on them."""
    chosen, told = _way_to_choice(choice), (*report.when, *report.told_when)
    if excluded(chosen, told):
        return False
    rows = report.rows.where(chosen).where(told)
    return rows.overlap(choice.rows.where(chosen).where(told)) is Overlap.MUST


def tested_apart(choice: Event, report: Evaluate) -> bool:
    """Say whether runs that choose nothing tell a score on rows that no other run chooses by."""
    chosen = _way_to_choice(choice)
    rows, judged = getattr(choice, "rows", None), report.rows.elsewhere(chosen)
    if rows is None or judged is None:
        return False
    return judged.overlap(rows.where(chosen)) is not Overlap.MUST


def _way_to_choice(choice: Event) -> Guards:
    return (*choice.when, *choice.chosen_when) if isinstance(choice, Evaluate) else choice.when


def made_again(choice: Event, evaluations: Iterable[Evaluate]) -> list[Evaluate]:
    """List the scores by which the code of a choice chooses anew among models of other rows.

    They come from the same place, and what chooses by them stands at the same place, too.
    """
    if not isinstance(choice, Evaluate):
        return []
    return [
        other
        for other in evaluations
        if other.place == choice.place
        and other.selected_at == choice.selected_at
        and Use.SELECTS in other.uses
        and not _learnt_alike(choice, other)
    ]


def cut_by_hand(choice: Event) -> bool:
    """Say whether the rows of a choice were surely set apart from those of one data set."""
    return (
        isinstance(choice, Evaluate)
        and choice.held_out
        and all(fit.rows.kin(choice.rows) for fit in choice.fits)
    )


def of_other_data(report: Evaluate, choice: Event, told: Evaluate) -> bool:
    """Say whether a score owes nothing to a choice, of which another score tells what it brought.

    Its model surely learnt rows of other data, is judged by such rows, and was chosen elsewhere.
    """
    if not isinstance(choice, Evaluate) or choice not in told.chosen_by:
        return False
    concerned = (choice.rows, *(fit.rows for fit in (*choice.fits, *told.fits)))
    own = (report.rows, *(fit.rows for fit in report.fits))
    return (
        bool(report.fits)
        and choice not in report.chosen_by
        and all(rows.known for rows in own)
        and not any(rows.kin(other) for rows in own for other in concerned)
    )


def judged_unseen(choice: Event, evaluations: Iterable[Evaluate]) -> bool:
    """Say whether what judges for a choice also judges that model on rows that nobody knows.

    Where the rows of the choice and of all training are known, these are none of them.
    """
    if not isinstance(choice, Evaluate) or not all(fit.rows.known for fit in choice.fits):
        return False
    return any(
        not other.rows.known
        and other.model is choice.model
        and other.predicted_at == choice.predicted_at
        for other in evaluations
    )


def of_other_task(one: Model, two: Model) -> bool:
    """Say whether one of two models tells classes and the other values."""
    return bool(one.task and two.task) and one.task != two.task


def _learnt_alike(one: Evaluate, two: Evaluate) -> bool:
    """Say whether two scores surely have rows in common that their models were trained on."""
    surely = Overlap.MUST
    return any(a.rows.overlap(b.rows) is surely for a in one.fits for b in two.fits)
