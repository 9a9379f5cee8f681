"""Evidence that the classes of a data set are imbalanced, gathered once for all rules.

A sign that shows the imbalance, or that the author knows of it, is enough by itself, and so is the
name of an event that is rare wherever it is predicted (fraud).  Other hints must be two, such as
the name of an event that is rare in some data only (churn) and a count of the classes.  Counts or
words that show balance refute all signs but resampling, whose result is balanced by design; counts
that are not far apart refute what a mere name suggests, and weights given out of habit.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen, replace
from mlaudit.model.pattern import Pattern, Words
from mlaudit.rulekit import evenness, rare_events, statements, weighing
from mlaudit.rulekit.calls import literal
from mlaudit.syntax.parameters import defaults
from mlaudit.trace.events import Fit, Resample

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from mlaudit.rulekit.module import Module
    from mlaudit.source.document import Cell, Place

ENOUGH = 2
SHOWN, SUGGESTED, HINTED = 3, 2, 1
WEIGHTS = {
    "class_weight",
    "class_weights",
    "auto_class_weights",
    "scale_pos_weight",
    "pos_weight",
    "is_unbalance",
}
WEIGHING = Words("class_weight", "pos_weight", "is_unbalance")
NEUTRAL = (None, False, 1, 1.0)
EVEN_WORDS = Words("titanic", "spaceship", "mnist", "cifar", "iris", "load_digits", any_case=True)
EVEN = Pattern(r"(?i)\btitanic|spaceship-|\b(fashion[_-]?)?mnist|\bcifar|\biris\b")
EVEN_LOADERS = ("load_iris", "load_digits")
TARGET_NAMES = Pattern(
    r"(y|target|label|class|outcome)s?(_?(train|full|all))?|"
    r"(is_?)?(churn(ed)?|attrition|fraud|bankrupt)",
    re.IGNORECASE,
)
# Without the first \b, a word of a megabyte (data in the source) takes minutes.
COUNTED = Pattern(r"\b(\w+)(?:['\"]\])?\.value_counts\(|Counter\((\w+)\)")
COUNTING = Words("value_counts(", "Counter(")
COUNT_LINE = Pattern(r"^.*?\S\s{2,}(\d+(?:\.\d+)?(?:e-\d+)?)$", re.MULTILINE)
REPORTED_BY = "support"
REPORTING = Words(REPORTED_BY)
REPORT_LINE = Pattern(r"^.*\S +\d\.\d+ +\d\.\d+ +\d\.\d+ +(\d+) *$", re.MULTILINE)
COUNTER = Pattern(r"Counter\(\{(.+?)\}\)")
# `Share of the target class: 0.41`, but not the share of what a model tells right.
LONGEST_TOLD = 200  # characters; in a line of a megabyte the pattern looks for hours
SHARES = Words("density", "share", "proportion", "fraction", "prevalence", any_case=True)
SHARE = Pattern(
    r"^(?!.*(accura|error|recall|precis|false|train|test|explain|varian))"
    r"(?=.*\b(class|target|label|churn\w*|event)\b)"
    r".*\b(density|share|proportion|fraction|prevalence)\b\D*(?P<share>0\.\d+)\W*$",
    re.IGNORECASE,
)
THINNING = Pattern(r"Under|NearMiss|Tomek|Neighbours$|NeighbourhoodCl|Centroids|OneSided|Hardness")
IMBALANCED_BELOW = 1 / 3
REFUTED_ABOVE = 1 / 2
BALANCED_ABOVE = 2 / 3
MOST_CLASSES = 20
# Of so many rows of the rarest class in a part, chance moves the share by little more than 1 %.
PLENTY = 5_000
PARTS = 5  # whoever counts the classes of all rows keeps one of so many for a test
LABELS = {0.0, 1.0}


@frozen
class Sign:
    """One piece of evidence: what was seen, how much it weighs, and where it stands in the code.

    `habitual` are weights that even out whatever the counts are, which many give out of habit, and
    resampling that takes rows away, also of classes that are not far apart.  A sign that is a
    name of the target tells all `targets` of such a name.
    """

    seen: str
    weight: int
    place: Place | None = None
    resampling: bool = False
    weighting: bool = False
    habitual: bool = False
    targets: tuple[str, ...] = ()

    @property
    def of_any_counts(self) -> bool:
        """Whether it is a weight that one gives whatever the counts of the classes are."""
        return self.weighting and self.habitual

    def of(self, targets: Collection[str]) -> Sign | None:
        """Give the sign as one of some targets; None where it is but the name of another."""
        own = next((name for name in self.targets if name in targets), None)
        if own is None:
            return None if self.targets else self
        return replace(self, seen=rare_events.of_target(own))


@frozen
class Imbalance:
    """The signs of imbalance in one document; `balanced` says that balance is shown.

    `resampled` says that classes are over- or under-sampled anywhere, be it by hand as a text or
    the name of a function tells; `weighted` are all the places where classes get weights, of which
    only the first is a sign.  `plenty` says that stored outputs show many thousands of rows of the
    rarest class, so that every part of the rows gets its share of them by chance alone.
    """

    signs: tuple[Sign, ...]
    balanced: bool
    weighted: tuple[Place, ...] = ()
    resampled: bool = False
    plenty: bool = False

    @property
    def evident(self) -> bool:
        """Whether there is evidence enough, and none of balance."""
        return not self.balanced and sum(sign.weight for sign in self.signs) >= ENOUGH

    @property
    def shown(self) -> bool:
        """Whether a sign says more than a name suggests."""
        return any(sign.weight >= SHOWN for sign in self.signs)

    @property
    def evident_before(self) -> bool:
        """Whether there is evidence enough without resampling, whose result is balanced."""
        weights = (sign.weight for sign in self.signs if not sign.resampling)
        return not self.balanced and sum(weights) >= ENOUGH

    @property
    def evident_unweighted(self) -> bool:
        """Whether there is evidence enough without weights, which may be those of another model."""
        weights = (sign.weight for sign in self.signs if not sign.weighting)
        return not self.balanced and sum(weights) >= ENOUGH

    @property
    def evident_beyond_habit(self) -> bool:
        """Whether there is evidence enough where habits are a hint: even weights, thinning."""
        weights = (HINTED if sign.habitual else sign.weight for sign in self.signs)
        return not self.balanced and sum(weights) >= ENOUGH

    def of(self, targets: Collection[str]) -> Imbalance:
        """Leave out the names of other targets than these, where any of these is known."""
        signs = (sign.of(targets) for sign in self.signs) if targets else self.signs
        return replace(self, signs=tuple(sign for sign in signs if sign is not None))

    @property
    def words(self) -> str:
        """Say what was seen, the strongest signs first, in one clause."""
        ordered = sorted(self.signs, key=lambda sign: -sign.weight)
        return " and ".join(dict.fromkeys(sign.seen for sign in ordered[:2]))

    @property
    def evidence(self) -> list[tuple[str, Place]]:
        """Give the signs that have a place in the code, as evidence of a finding."""
        return [("sign of imbalance", sign.place) for sign in self.signs if sign.place]


def gather(module: Module) -> Imbalance:
    """Collect the signs in calls, names, counts, and what people wrote."""
    tallies = list(_tallies(module))
    ratios = [(number, min(counts) / max(counts)) for number, counts in tallies]
    texts = list(statements.texts(module)) if _may_speak(module) else []
    counted = [
        Sign(f"cell {number} shows uneven classes", SHOWN)
        for number, ratio in ratios
        if ratio <= IMBALANCED_BELOW
    ]
    weights = [*_weights(module)]
    weights += _computed(module) if not weights else []
    signs = counted if _known_as_even(module) else [*_signs(module, texts, counted, weights)]
    reported = list(_reported(module)) if signs else []
    supports = [min(counts) / max(counts) for counts in reported]
    told = (*(ratio for _, ratio in ratios), *_told(module), *supports) if signs else ()
    if any(ratio >= REFUTED_ABOVE for ratio in told):
        signs = [sign for sign in signs if sign.weight >= SHOWN and not sign.of_any_counts]
    balanced = (
        any(ratio >= BALANCED_ABOVE for _, ratio in ratios)
        or any(statements.calls_balanced(text) for _, text in texts)
        or (bool(signs) and any(ratio >= BALANCED_ABOVE for ratio in _written_out(module)))
        or (bool(signs) and evenness.said_even(module))
    )
    resampled = any(sign.resampling for sign in signs)
    weighted = tuple(sign.place for sign in weights if sign.place is not None)
    evened = resampled or any(statements.speaks_of_evening(text) for _, text in texts)
    evened = evened or any(statements.names_evening(name) for name in module.called)
    plenty = _are_plenty(reported, [counts for _, counts in tallies])
    return Imbalance(tuple(signs), balanced and not resampled, weighted, evened, plenty)


def _are_plenty(reported: list[list[int]], tallies: list[list[float]]) -> bool:
    """Say whether all reports of a part, and counts of all rows, show many of the rarest class.

    Even counts may be those of rows that were resampled, which say nothing about the others.
    """
    rarest: list[float] = [min(counts) for counts in reported if _is_uneven(counts)]
    counted = (counts for counts in tallies if max(counts) > 1)  # others are shares
    rarest += [min(counts) / PARTS for counts in counted if _is_uneven(counts)]
    return bool(rarest) and min(rarest) >= PLENTY


def _is_uneven(counts: Sequence[float]) -> bool:
    return min(counts) / max(counts) < REFUTED_ABOVE


def _may_speak(module: Module) -> bool:
    """Say whether anything may speak of balance; where texts are looked at, few do."""
    cells = (cell.source for cell in module.document.cells if cell.kind == "markdown")
    return any(map(statements.SPEAKING.stand_in, (module.document.text, *cells)))


def _signs(
    module: Module, texts: list[tuple[str, str]], counted: list[Sign], weights: list[Sign]
) -> Iterator[Sign]:
    """Collect all signs; those that were counted or are weights take their place among them."""
    yield from _foremost(weights)
    yield from _resampling(module)
    yield from _written(texts)
    yield from counted
    yield from _names(module)
    yield from _counts(module)


def _known_as_even(module: Module) -> bool:
    """Say whether the program reads data whose classes everybody knows to be near even."""
    if not EVEN_WORDS.stand_in(module.document.text):
        return False
    if module.calls_named(*EVEN_LOADERS):
        return True
    texts = (node.value for node in module.nodes.find(ast.Constant))
    return any(isinstance(text, str) and EVEN.search(text[:200]) for text in texts)


def _weights(module: Module) -> Iterator[Sign]:
    """Find class weights in calls and in dictionaries of settings; mild ones are hints."""
    if not WEIGHING.stand_in(module.document.text):
        return
    forgotten = _forgotten(module)
    for node in module.nodes.find(ast.Call, ast.Dict):
        if node in forgotten:
            continue
        if isinstance(node, ast.Call):
            given = [(keyword.arg, keyword.value) for keyword in node.keywords]
        else:
            pairs = zip(node.keys, node.values, strict=True)
            given = [
                (str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant)
            ]
        for name, value in given:
            if name is None or name.rsplit("__", 1)[-1] not in WEIGHTS:
                continue
            constant = value.value if isinstance(value, ast.Constant) else True
            neutral = constant is not True and constant in NEUTRAL
            if not neutral and not _given_on(module, value):
                mild = _is_mild(module, value)
                tried = isinstance(value, ast.List | ast.Tuple) or (
                    not mild and _one_of_many(module)
                )
                weight = HINTED if tried or mild else SHOWN
                place = module.place(value)
                habitual = isinstance(constant, str) or weighing.evened_by_counts(module, value)
                yield Sign(f"`{name}` is set", weight, place, weighting=True, habitual=habitual)


def _computed(module: Module) -> Iterator[Sign]:
    """Find weights that are made from the counts of the classes, whoever is given them."""
    for _, value in weighing.weights_of_classes(module):
        below = module.nodes.below(value)
        names = [node.id for node in below if isinstance(node, ast.Name)]
        names += [str(node.value) for node in below if isinstance(node, ast.Constant)]
        if any(_is_target(module, name) for name in names):
            seen = "weights are made from the counts of the classes"
            habitual = weighing.evened_by_counts(module, value)
            place = module.place(value)
            yield Sign(seen, SUGGESTED, place, weighting=True, habitual=habitual)


def _foremost(weights: list[Sign]) -> list[Sign]:
    """Choose the first sign that is not a mere hint, before all one that is no habit."""
    return sorted(weights, key=lambda sign: (sign.weight <= HINTED, sign.habitual))[:1]


def _forgotten(module: Module) -> set[ast.expr]:
    """Find dictionaries of settings that are given a name nobody reads."""
    named = {
        node.targets[0].id: node.value
        for node in module.nodes.find(ast.Assign)
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Dict)
    }
    if not named:
        return set()
    return {value for name, value in named.items() if name not in module.names.read}


def _is_mild(module: Module, weights: ast.expr) -> bool:
    """Say whether weights are numbers not far apart, as they suit classes of most any shares."""
    if isinstance(weights, ast.Name):
        written = module.fact(_written_values).get(weights.id, [])
        weights = written[0] if len(written) == 1 else weights
    given, _ = literal(weights)
    each = [*given.values()] if isinstance(given, dict) else [1, given]
    numbers = [float(n) for n in each if isinstance(n, int | float) and n > 0 and n is not True]
    return 1 < len(numbers) == len(each) and min(numbers) / max(numbers) > IMBALANCED_BELOW


def _written_values(module: Module) -> dict[str, list[ast.expr]]:
    """Give what is assigned to each name, anywhere in the document."""
    found: dict[str, list[ast.expr]] = {}
    for node in module.nodes.find(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(node.value)
    return found


def _given_on(module: Module, value: ast.expr) -> bool:
    """Say whether a weight is a parameter of the document's own that stands for none by default."""
    return isinstance(value, ast.Name) and any(
        value.id == name and isinstance(default, ast.Constant) and default.value in NEUTRAL
        for function in module.names.functions.values()
        for name, default in defaults(function.args).items()
    )


def _one_of_many(module: Module) -> bool:
    """Say whether class weights are a setting of one classifier among several that have none."""
    classifiers = [
        call.arguments.keys()
        for call in module.calls_of("predictor")
        if call.entry is not None and call.entry.task == "classifier"
    ]
    weighted = [names for names in classifiers if WEIGHTS & set(names)]
    return bool(weighted) and len(classifiers) - len(weighted) > 2 * len(weighted)


def _resampling(module: Module) -> Iterator[Sign]:
    """Find what over- or under-samples."""
    for call in module.calls_of("resampler"):
        name = call.name.rsplit(".", 1)[-1]
        thins = THINNING.search(name) is not None
        seen = f"`{name}` resamples the classes"
        yield Sign(seen, SHOWN, call.place, resampling=True, habitual=thins)
        return
    for event in module.trace.of(Resample):
        yield Sign("the classes are resampled", SHOWN, event.place, resampling=True)
        return


def _names(module: Module) -> Iterator[Sign]:
    """Find names of rare events: of the target, of the data, in the title."""
    for seen, surely, targets in rare_events.named(module):
        yield Sign(seen, SUGGESTED if surely else HINTED, targets=targets)


def _written(texts: Iterable[tuple[str, str]]) -> Iterator[Sign]:
    """Find the first text that speaks of the imbalance."""
    for where, text in texts:
        if statements.calls_imbalanced(text):
            yield Sign(f"{where} speaks of imbalanced classes", SHOWN)
            return


def _counts(module: Module) -> Iterator[Sign]:
    """Find where the program counts the classes, stored or not, or tells the share of one."""
    for name in _counted(module.document.text):
        if _is_target(module, name[0] or name[1]):
            yield Sign("the classes are counted", HINTED)
            return
    if any(ratio <= IMBALANCED_BELOW for ratio in _told(module)):
        yield Sign("the share of a class is told", HINTED)


def _counted(text: str) -> list[tuple[str, str]]:
    """Name what is counted, by either way."""
    lines = text.splitlines() if COUNTING.stand_in(text) else []
    return [found for line in lines if COUNTING.stand_in(line) for found in COUNTED.findall(line)]


def _is_target(module: Module, name: str) -> bool:
    return TARGET_NAMES.fullmatch(name) is not None or name in module.fact(_targets)


def _targets(module: Module) -> frozenset[str]:
    return frozenset(fit.target for fit in module.trace.of(Fit) if fit.target is not None)


def _tallies(module: Module) -> Iterator[tuple[int, list[float]]]:
    """Read how often classes occur from the stored outputs of cells that count the target."""
    for cell in module.document.cells:
        counted = _counted(cell.source) if cell.outputs else []
        if len(counted) != 1:
            continue
        if _is_target(module, counted[0][0] or counted[0][1]):
            tally = _tally(cell)
            if tally is not None:
                yield cell.number, tally


def _told(module: Module) -> Iterator[float]:
    """Divide the share of a class that a stored output tells by that of the others, or these by it.

    The result is at most one, as for counts.
    """
    outputs = (text for cell in module.document.cells for text in cell.outputs)
    told = (line for text in outputs if SHARES.stand_in(text) for line in text.splitlines())
    short = (line for line in told if len(line) <= LONGEST_TOLD and SHARES.stand_in(line))
    found = (SHARE.search(line) for line in short)
    for share in (float(match["share"]) for match in found if match is not None):
        yield min(share, 1 - share) / max(share, 1 - share)


def _reported(module: Module) -> Iterator[list[int]]:
    """Give the rows of each class in stored reports, whose last column counts them."""
    for cell in module.document.cells:
        for text in filter(REPORTING.stand_in, cell.outputs):
            for table in text.split(REPORTED_BY)[1:]:
                rows = table.partition("avg")[0].partition("accuracy")[0]
                counts = [int(number) for number in REPORT_LINE.findall(rows)]
                if 2 <= len(counts) <= MOST_CLASSES and min(counts):
                    yield counts


def _written_out(module: Module) -> Iterator[float]:
    """Count the classes of targets that the code itself writes out, row by row."""
    for node in module.nodes.find(ast.Dict):
        for key, column in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(column, ast.List)):
                continue
            values = [one.value for one in column.elts if isinstance(one, ast.Constant)]
            if len(values) < len(column.elts) or not _is_target(module, str(key.value)):
                continue
            counts = [values.count(value) for value in set(values)]
            if 2 <= len(counts) <= MOST_CLASSES and min(counts) > 1:
                yield min(counts) / max(counts)


def _tally(cell: Cell) -> list[float] | None:
    """Read the counts of the classes, or their shares, from what a cell has shown."""
    text = "\n".join(cell.outputs)
    counter = COUNTER.search(text)
    if counter:
        tables = [re.findall(r": (\d+)", counter[1])]
    else:
        tables = [COUNT_LINE.findall(table) for table in text.split("dtype:")]
    told = [
        counts
        for counts in ([float(number) for number in numbers] for numbers in tables)
        if 2 <= len(counts) <= MOST_CLASSES and not LABELS.issuperset(counts)
    ]
    return told[0] if len(told) == 1 else None
