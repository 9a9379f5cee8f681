"""The deployment check list: each item pass, fail or unknown, with its evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.engine.description import FAMILIES_OF_LEAKS, MODEL, PREPROCESSING
from mlaudit.model.finding import Severity
from mlaudit.model.review import ReadinessItem, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mlaudit.engine.description import Description
    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location

MOST_PLACES = 3
LOCKS = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
    "conda-lock.yml",
    "pixi.lock",
)
_OUTSIDE = {
    "prediction latency measured": "no measurement can be read from the code",
    "monitoring in operation": "cannot be read from the code",
    "fallback and rollback": "cannot be read from the code",
    "version of the data recorded": "cannot be read from the code",
}


def readiness(
    told: Sequence[Description],
    findings: Sequence[Finding],
    folders: Iterable[Path],
    *,
    complete: bool,
) -> tuple[ReadinessItem, ...]:
    """Go through the list; empty where nothing is learned.

    `folders` are those where a lock file may stand.  `complete` says whether everything was
    examined: only then is the absence of findings evidence.
    """
    if not any(one.asks for one in told):
        return ()
    return (
        _independent_test(told, findings),
        _without(findings, "reproducibility", "random seeds fixed", complete),
        _without(findings, "configuration", "settings kept in configuration", complete),
        _model_saved(told),
        _preprocessing_saved(told),
        _dependencies(folders),
        *(ReadinessItem(item, Status.UNKNOWN, why) for item, why in _OUTSIDE.items()),
    )


def _independent_test(told: Sequence[Description], findings: Sequence[Finding]) -> ReadinessItem:
    item = "independent test"
    against = [
        finding
        for finding in findings
        if finding.family in FAMILIES_OF_LEAKS and finding.severity is Severity.ERROR
    ]
    places = [place for one in told for place in one.independent]
    if against:
        return ReadinessItem(item, Status.FAIL, _findings(against))
    if places:
        return ReadinessItem(item, Status.PASS, f"held-out rows are scored at {_places(places)}")
    if any(not seen for one in told for seen in one.evaluations.values()):
        return ReadinessItem(item, Status.UNKNOWN, "not every evaluation could be followed")
    if any(not seen for one in told for seen in one.trainings.values()):
        return ReadinessItem(item, Status.UNKNOWN, "not every training could be followed")
    judged = [place for one in told for place in one.held_out]
    if judged:
        why = f"held-out rows are judged at {_places(judged)}; no report of it was recognised"
        return ReadinessItem(item, Status.UNKNOWN, why)
    return ReadinessItem(item, Status.FAIL, "no reported score on held-out rows was found")


def _without(findings: Sequence[Finding], family: str, item: str, complete: bool) -> ReadinessItem:
    """Judge an item that passes when a family of rules finds nothing."""
    against = [finding for finding in findings if finding.family == family]
    if against:
        return ReadinessItem(item, Status.FAIL, _findings(against))
    if complete:
        return ReadinessItem(item, Status.PASS, "nothing to the contrary was found")
    return ReadinessItem(item, Status.UNKNOWN, "not everything could be examined")


def _model_saved(told: Sequence[Description]) -> ReadinessItem:
    places = [place for one in told for place in one.stored.get(MODEL, ())]
    if places:
        return ReadinessItem("model saved", Status.PASS, f"saved at {_places(places)}")
    return ReadinessItem("model saved", Status.UNKNOWN, "no call that saves a model was recognised")


def _preprocessing_saved(told: Sequence[Description]) -> ReadinessItem:
    item = "preprocessing saved with the model"
    places = [place for one in told for place in one.stored.get(PREPROCESSING, ())]
    if places:
        return ReadinessItem(item, Status.PASS, f"saved at {_places(places)}")
    if not any(one.prepares for one in told):
        return ReadinessItem(item, Status.UNKNOWN, "no fitted preprocessing was recognised")
    if any(MODEL in one.stored for one in told):
        text = "the model is saved, the fitted preprocessing is not seen to be"
        return ReadinessItem(item, Status.FAIL, text)
    return ReadinessItem(item, Status.UNKNOWN, "no call that saves it was recognised")


def _dependencies(folders: Iterable[Path]) -> ReadinessItem:
    item = "dependencies pinned"
    loose: list[str] = []
    for folder in folders:
        for name in LOCKS:
            if (folder / name).is_file():
                return ReadinessItem(item, Status.PASS, name)
        for path in sorted(folder.glob("requirements*.txt")):
            first = _loose(path)
            if first == "":
                return ReadinessItem(item, Status.PASS, path.name)
            if first is not None:
                loose.append(f"{path.name} does not pin {first}")
    why = loose[0] if loose else "no lock file and no pinned requirements"
    return ReadinessItem(item, Status.FAIL, why)


def _loose(path: Path) -> str | None:
    """Name the first requirement without an exact version, "" when there is none.

    None when the file cannot be read or names no requirement.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("-")]
    if not wanted:
        return None
    loose = (re.split(r"[\s<>=!~;\[]", line)[0] for line in wanted if not _pinned(line))
    return next(loose, "")


def _pinned(requirement: str) -> bool:
    return "==" in requirement or " @ " in requirement


def _findings(findings: Iterable[Finding]) -> str:
    places: dict[str, list[Location]] = {}
    for finding in findings:
        places.setdefault(finding.code, []).append(finding.location)
    return "; ".join(f"{code} at {_places(found)}" for code, found in places.items())


def _places(places: Sequence[Location]) -> str:
    shown = [str(place) for place in dict.fromkeys(places)]
    more = f" and {len(shown) - MOST_PLACES} more" if len(shown) > MOST_PLACES else ""
    return ", ".join(shown[:MOST_PLACES]) + more
