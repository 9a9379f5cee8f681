"""Where the numbers of evaluations go: reported to people, or used to choose."""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING

from mlaudit.flow import choices, drawing, evaluation, sight, worst
from mlaudit.flow.values import TRIAL, Data, Dictionary, combine
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.nodes import Nodes, children
from mlaudit.syntax.spelling import last_name, spelt
from mlaudit.trace.events import Among, Evaluate, Use
from mlaudit.trace.guards import common

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from mlaudit.flow.choices import Scores
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value
    from mlaudit.source.document import Document
    from mlaudit.trace.events import CrossValidate

_CASES = (ast.ExceptHandler, ast.match_case)
_HOLDING = (ast.stmt, *_CASES)
DISTANCES = frozenset({"abs", "absolute", "fabs", "square"})
_REPORTS = frozenset({"classification_report", "precision_recall_fscore_support"})
_MATRICES = frozenset({"confusion_matrix", "multilabel_confusion_matrix"})
_EXTREME = Pattern(r"(\w+\.)*(nan)?(max|min) |the (first|last) of the sorted ")
_TAKEN = Pattern(r"(\w+\.)*(nan)?(arg|idx)?(max|min) ")
_HIGH = Pattern(r"(?i)(^|_)(f1|acc|accuracy|auc|r2|precision|recall)(_|$)")
_COUNTS = Pattern(r"(?i)^(n|num|nr|count|counts|folds?|rows|sizes?|samples|seeds?|turns?|epochs?)$")
_SPREAD = Pattern(r"(?<![a-z])(mean|std|average|median)\(")


def report(run: Interpreter, value: Value, node: ast.AST) -> None:
    """A value is shown to people, returned from the program or logged."""
    data = run.data(value)
    if data.kind == "error" and not data.scores:
        data = evaluation.custom(run, node, data, "error") or data
    for score in data.scores if data.kind != TRIAL else data.chosen_by:
        if isinstance(score, Evaluate):
            _told_here(run, score)
            score.uses.add(Use.REPORTED)
            score.of_trials = score.drawn = False
            score.reported_at = score.reported_at or run.place(node)
            score.best_told |= any(score is other for other in data.chosen_by)


def _told_here(run: Interpreter, score: Evaluate) -> None:
    """Note what has led to where a number is told; in several places, what has led to all."""
    before = run.guards if Use.REPORTED not in score.uses else score.told_when
    score.told_when = common(before, run.guards)


def is_best(run: Interpreter, value: Value) -> bool:
    """Say whether a number is the one by which it was chosen, as the highest of its curve."""
    data = run.data(value)
    return any(score is other for score in data.scores for other in data.chosen_by)


def draw(run: Interpreter, value: Value, node: ast.AST) -> None:
    """A list of numbers is drawn as a curve: people see how they went on, and read none of them."""
    scores = [score for score in run.data(value).scores if isinstance(score, Evaluate)]
    unread = [score for score in scores if score.drawn or Use.REPORTED not in score.uses]
    report(run, value, node)
    for score in unread:
        score.drawn = True


def written(run: Interpreter, parts: list[Data], node: ast.AST) -> Data:
    """Numbers are written into a text: somebody will read it."""
    for part in parts:
        if part.scores:
            report(run, part, node)
    return combine(parts, "scalar") if parts else Data("scalar")


def select(run: Interpreter, value: Value, node: ast.AST, how: str) -> None:
    """Something is chosen by a value, unless its extremes are told beside its mean, or drawn."""
    data = run.data(value)
    if _EXTREME.match(how) and (_sums_up(run, node) or _of_cells(data.scores)):
        return
    if worst.taken(run, data.scores, how) or _of_one_report(run, data.scores, how):
        return
    if data.scores and _TAKEN.match(how) and _chooses_nothing(run, data.scores, node):
        return
    for score in data.scores if data.kind != "report" else ():
        if isinstance(score, Evaluate) and score.selected_at is None:
            if data.chosen_by and _only_beside(run, score, data.chosen_by):
                continue
            if sight.left_to_callers(run, run.judged.get(id(score), ())):
                continue
            score.uses.add(Use.SELECTS)
            score.chosen_when = run.guards
            score.selected_at = run.place(node)
            score.selected_by = how
            _seen_from_here(run, score)


def _chooses_nothing(run: Interpreter, scores: Scores, node: ast.AST) -> bool:
    """Say whether the highest of some scores is only told, or may be of several metrics."""
    return _counted(node) or idle(run, node) or _mixed_up(run, scores, node)


def chooses(run: Interpreter, data: Data) -> bool:
    """Say whether the highest of such scores is one to choose, and not that of a class.

    Of scores that were compared with a bound, the first to reach it is found; among the points of
    a curve, that one chooses the threshold.
    """
    if data.kind != "mask":
        return data.kind != "classes"
    return any(_of_thresholds(run, score) for score in data.scores)


def _of_thresholds(run: Interpreter, score: Evaluate | CrossValidate) -> bool:
    """Say whether a score is one of a curve, or of predictions that a threshold has cut."""
    curve = isinstance(score, Evaluate) and score.among is Among.THRESHOLDS
    return curve or any(prediction.cut_in for prediction in run.judged.get(id(score), ()))


def _of_cells(scores: Scores) -> bool:
    """Say whether all are of matrices, whose largest cell is counted for colours or shares."""
    return bool(scores) and all(
        isinstance(score, Evaluate) and score.metric in _MATRICES for score in scores
    )


def _of_one_report(run: Interpreter, scores: Scores, how: str) -> bool:
    """Say whether all numbers are of one report of one model: they tell its classes apart.

    Each trial of a study has one of its own.
    """
    if len(scores) != 1 or not isinstance(scores[0], Evaluate) or how.endswith("trial is kept"):
        return False
    return scores[0].metric in _REPORTS and not run.happened_in[id(scores[0])]


def _seen_from_here(run: Interpreter, score: Evaluate) -> None:
    """See a score as the code does that chooses by it: what it calls the rows, and who brings them.

    A function that chooses by itself is where the score belongs, whoever gave it the predictions.
    """
    predictions = run.judged.get(id(score), ())
    names = {sight.named(run, prediction) for prediction in predictions}
    if len(names) == 1:
        score.variable = names.pop() or score.variable
    if any(sight.brought(run, prediction) for prediction in predictions):
        score.given_at = None


def _mixed_up(run: Interpreter, scores: Scores, node: ast.AST) -> bool:
    """Say whether some scores have chosen elsewhere: those of other metrics need not choose here.

    Of a table that holds several kinds of them it is not known which one a column tells.
    """
    here, told = run.place(node), [score for score in scores if isinstance(score, Evaluate)]
    before = {score.metric for score in told if score.selected_at not in (None, here)}
    return bool(before) and any(
        score.selected_at is None and score.metric not in before for score in told
    )


def _counted(node: ast.AST) -> bool:
    """Say whether the extreme is one of a column beside the scores that counts or numbers them."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=name))):
            return _COUNTS.search(name) is not None
        case ast.Call(func=ast.Attribute(value=ast.Subscript(slice=ast.Constant(value=str(name))))):
            return _COUNTS.search(name) is not None
    return False


def _only_beside(run: Interpreter, score: Evaluate, chosen_by: Scores) -> bool:
    """Say whether another score of the same turns chose, and this one was kept beside it."""
    turns = run.happened_in.get(id(score))
    return any(
        isinstance(other, Evaluate)
        and other.selected_at is not None
        and run.happened_in.get(id(other)) == turns
        for other in chosen_by
    )


def idle(run: Interpreter, node: ast.AST) -> bool:
    """Say whether what is taken of scores only limits something, or labels what stands beside."""
    while run.roots:
        root = run.roots.pop()
        nodes = root if isinstance(root, Nodes) else Nodes(root)
        run.idle |= drawing.decides_nothing(nodes) | drawing.words_told(nodes)
    return id(node) in run.idle


def _sums_up(run: Interpreter, node: ast.AST) -> bool:
    lines = run.document.lines[node.lineno - 1 : node.lineno] if isinstance(node, ast.expr) else []
    return any(map(_SPREAD.search, lines))


def distance(run: Interpreter, node: ast.Call, value: Value) -> Value:
    """How far a number is from a fixed target says nothing of how good it is: no score."""
    inner = node.args[0] if node.args else None
    if isinstance(node.func, ast.Attribute) and not node.args:
        inner = node.func.value
    data = run.load(value)
    if not isinstance(data, Data) or not data.scores or not from_target(run, inner):
        return value
    return data.but(scores=())


def from_target(run: Interpreter, node: ast.expr | None) -> bool:
    """Say whether scores are subtracted from what is none, or the other way round."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    sides = [run.data(run.eval(side)) for side in (node.left, node.right)]
    fixed = [side for side in sides if not (side.scores or side.chosen_by)]
    return len(fixed) == 1


def shown(document: Document, body: list[ast.stmt]) -> set[int]:
    """Find the statements that end a cell: what they evaluate to is shown. Gives their ids."""
    ends = document.cell_ends
    found: set[int] = set()
    if not ends:
        return found
    for statement, following in zip(body, [*body[1:], None], strict=False):
        last = statement.end_lineno or statement.lineno
        index = bisect_left(ends, last)
        if index < len(ends) and (following is None or ends[index] < following.lineno):
            found.add(id(statement))
    return found


def tested(run: Interpreter, node: ast.If | ast.IfExp, body: Iterable[ast.stmt]) -> Scores:
    """`if score > best: best = score` and its like choose by the score; give such scores."""
    found: Scores = ()
    for test in _comparisons(node.test):
        sides = [_without_margin(run, side) for side in (test.left, test.comparators[0])]
        values = [run.data(run.eval(side)) for side in sides]
        for mine, other, value, against in (
            (sides[0], sides[1], values[0], values[1]),
            (sides[1], sides[0], values[1], values[0]),
        ):
            mutual = _mutual(value, against)
            if value.scores and (mutual or _rebinds(body, other, mine)):
                if idle(run, node) or _only_tells(node):
                    return ()
                if not mutual and _keeps_worst(run, test, mine is sides[0], value.scores):
                    return ()
                how = "the best so far is kept" if body else "the better one is taken"
                select(run, value, node, how)
                _note_saved(run, body, other, value.scores)
                found = choices.united(found, value.scores)
    return found


def _note_saved(run: Interpreter, body: Iterable[ast.stmt], best: ast.expr, scores: Scores) -> None:
    """Note that a branch does nothing but save to files beside keeping the best score itself."""
    rest = [s for s in body if not (isinstance(s, ast.Assign) and _rebinds_only(s, best))]
    if rest and all(map(_saves, rest)):
        for score in scores:
            if isinstance(score, Evaluate):
                score.saved = True


def _rebinds_only(node: ast.Assign, best: ast.expr) -> bool:
    return [spelt(target) for target in node.targets] == [spelt(best)]


def _saves(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=function)):
            name = last_name(function)
            return name in drawing.TELLS or name.startswith("save")
    return False


def _only_tells(node: ast.AST) -> bool:
    """Say whether all branches do nothing but tell people which of two is better."""
    match node:
        case ast.If():
            return all(map(_only_tells, (*node.body, *node.orelse)))
        case ast.Expr(value=ast.Call(func=function)):
            return last_name(function) in drawing.TELLS
        case _:
            return False


def _keeps_worst(run: Interpreter, test: ast.Compare, first: bool, scores: Scores) -> bool:
    """Say whether the lowest is kept of what is the better the higher it is, or the other way."""
    lower = isinstance(test.ops[0], ast.Lt | ast.LtE) is first
    return worst.is_worst(run, scores, highest=not lower)


def running_best(run: Interpreter, node: ast.Assign, call: ast.Call) -> None:
    """In a loop, `best = max(score, best)` chooses by the score, whoever reads it in the end."""
    match call:
        case ast.Call(func=ast.Name(id="max" | "min" as name), args=[one, other], keywords=[]):
            kept = {spelt(target) for target in node.targets}
            for score, best in ((one, other), (other, one)):
                if spelt(best) in kept and isinstance(score, ast.Name | ast.Attribute):
                    select(run, run.eval(score), node, f"{name} of the scores is taken")


def keep(run: Interpreter, body: list[ast.stmt], scores: Scores) -> None:
    """What a branch stores beside the best score is chosen by it: numbers, settings, models."""
    for statement in body if scores else ():
        for target in _kept(statement):
            if isinstance(target, ast.Name):
                held = run.eval(target)
                if not _is_any(run.data(held).scores, scores) or _holds_more(run, held):
                    run.state.scope.bind(target.id, choices.mark(run, held, scores))


def _kept(statement: ast.stmt) -> list[ast.expr]:
    """List what a statement stores into: names, and what is brought up to date."""
    match statement:
        case ast.Assign():
            return _targets(statement)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=holder, attr="update"))):
            return [holder]
    return []


def _is_any(one: Scores, other: Scores) -> bool:
    return any(mine is theirs for mine in one for theirs in other)


def _holds_more(run: Interpreter, value: Value) -> bool:
    return isinstance(run.load(value), Dictionary)


def _without_margin(run: Interpreter, side: ast.expr) -> ast.expr:
    """Leave out by how much a score must be better: `best - 1e-4`, `best * (1 + tolerance)`."""
    match side:
        case ast.BinOp(ast.Constant(), ast.Add() | ast.Mult(), inner):
            return inner
        case ast.BinOp(
            ast.Name() | ast.Attribute() | ast.Subscript() as inner,
            ast.Add() | ast.Sub() | ast.Mult() | ast.Div(),
            margin,
        ) if not run.data(run.eval(margin)).scores:
            return inner
    return side


def _comparisons(test: ast.expr) -> list[ast.Compare]:
    if isinstance(test, ast.BoolOp):
        return [found for value in test.values for found in _comparisons(value)]
    ordered = ast.Lt | ast.Gt | ast.LtE | ast.GtE
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ordered):
        return [test]
    return []


def _rebinds(body: Iterable[ast.stmt], best: ast.expr, score: ast.expr) -> bool:
    """Whether the branch stores the score as the new best, by itself or in a record."""
    if isinstance(best, ast.Constant):
        return False
    wanted, part = spelt(best), _part_of(best)
    for node in _plain(body):
        if isinstance(node, ast.Assign):
            stored = {spelt(target) for target in _targets(node)}
            if wanted in stored or (part and part[0] in stored and _has(node.value, part[1])):
                return True
        elif part is not None and isinstance(node, ast.Expr) and _updates(node.value, *part):
            return True
    return False


def _plain(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements of a body, and those in the blocks of others, that hold none."""
    for statement in body:
        inner = [part for part in children(statement) if isinstance(part, _HOLDING)]
        blocks = [part for part in inner if isinstance(part, ast.stmt)]
        blocks += [one for part in inner if isinstance(part, _CASES) for one in part.body]
        if blocks:
            yield from _plain(blocks)
        else:
            yield statement


def _part_of(best: ast.expr) -> tuple[str, Hashable] | None:
    """Tell `best["f1"]` or `best.f1` apart: the record, and the part that the best score is."""
    match best:
        case ast.Subscript(value=record, slice=ast.Constant(value=key)):
            return spelt(record), key
        case ast.Attribute(value=ast.Name(id=name), attr=key):
            return name, key
    return None


def _updates(node: ast.AST, record: str, key: Hashable) -> bool:
    """Whether a part of a record gets a new value by `record.update(…)`."""
    match node:
        case ast.Call(func=ast.Attribute(value=holder, attr="update")):
            if spelt(holder) != record:
                return False
            return _has(node, key) or any(_has(given, key) for given in node.args)
    return False


def _has(made: ast.expr, key: Hashable) -> bool:
    """Whether a record that is written out has a part: a dict by its key, a tuple by position."""
    match made:
        case ast.Dict(keys=keys):
            return any(isinstance(one, ast.Constant) and one.value == key for one in keys)
        case ast.Call(keywords=keywords):
            return any(keyword.arg == key for keyword in keywords)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return type(key) is int and -len(parts) <= key < len(parts)
    return False


def _targets(assignment: ast.Assign) -> list[ast.expr]:
    """Give all targets of an assignment, those of `best, best_k = score, k` one by one."""
    return [
        part
        for target in assignment.targets
        for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]


def _mutual(value: Data, against: Data) -> bool:
    """Whether two different evaluations are compared with one another."""
    mine = {id(score) for score in value.scores}
    return bool(against.scores) and not mine & {id(score) for score in against.scores}
