"""New texts of expressions, as their author would have written them; formatting is libcst's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst
    from libcst import BaseParenthesizableWhitespace as Space


def with_keyword(text: str, name: str, value: str) -> str | None:
    """Give the text of a call one more keyword argument, last; None where it cannot be read.

    In a call that has an argument a line, the new one gets a line too.
    """
    import libcst

    call, given = _call(text), _expression(value)
    if call is None or given is None or _is_generator(call):
        return None
    equal = libcst.AssignEqual(libcst.SimpleWhitespace(""), libcst.SimpleWhitespace(""))
    new = libcst.Arg(given, keyword=libcst.Name(name), equal=equal)
    if not call.args:
        return _code(call.with_changes(args=[new], whitespace_before_args=_none()))
    last, room = call.args[-1], _room(call)
    if isinstance(last.comma, libcst.Comma):
        end = last.comma.whitespace_after
        comma = last.comma.with_changes(whitespace_after=_with_comment(room, end))
        new = new.with_changes(comma=last.comma.with_changes(whitespace_after=_bare(end)))
    else:
        end = last.whitespace_after_arg
        comma = libcst.Comma(whitespace_after=_with_comment(room, end))
        new = new.with_changes(whitespace_after_arg=_bare(end))
    kept = last.with_changes(comma=comma, whitespace_after_arg=_none())
    return _code(call.with_changes(args=[*call.args[:-1], kept, new]))


def _room(call: libcst.Call) -> Space:
    """Give what stands between two arguments of a call: a new line where each has one."""
    import libcst

    commas = [arg.comma for arg in call.args[:-1]]
    spaces = [comma.whitespace_after for comma in commas if isinstance(comma, libcst.Comma)]
    spaces = spaces or [call.whitespace_before_args]
    if all(isinstance(space, libcst.ParenthesizedWhitespace) for space in spaces):
        return _bare(spaces[-1])
    inner = [space for space in spaces if isinstance(space, libcst.SimpleWhitespace)]
    return inner[-1] if len(call.args) > 1 else libcst.SimpleWhitespace(" ")


def _with_comment(room: Space, end: Space) -> Space:
    """Keep the comment behind an argument on its line, where the next one starts another."""
    import libcst

    if not isinstance(end, libcst.ParenthesizedWhitespace) or end.first_line.comment is None:
        return room
    if not isinstance(room, libcst.ParenthesizedWhitespace):
        return end
    return room.with_changes(first_line=end.first_line)


def _bare(space: Space) -> Space:
    """Leave out comments and blank lines."""
    import libcst

    if not isinstance(space, libcst.ParenthesizedWhitespace):
        return space
    line = space.first_line.with_changes(comment=None, whitespace=_none())
    return space.with_changes(first_line=line, empty_lines=[])


def _is_generator(call: libcst.Call) -> bool:
    """Say whether the call's only argument is a generator without parentheses of its own."""
    import libcst

    value = call.args[0].value if len(call.args) == 1 else None
    return isinstance(value, libcst.GeneratorExp) and not value.lpar


def _none() -> libcst.SimpleWhitespace:
    import libcst

    return libcst.SimpleWhitespace("")


def _call(text: str) -> libcst.Call | None:
    import libcst

    found = _expression(text)
    return found if isinstance(found, libcst.Call) and not found.lpar else None


def _expression(text: str) -> libcst.BaseExpression | None:
    import libcst

    try:
        return libcst.parse_expression(text)
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError):
        return None


def _code(node: libcst.CSTNode) -> str:
    import libcst

    return libcst.Module([]).code_for_node(node)
