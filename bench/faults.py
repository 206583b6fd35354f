"""The faults that can be put into a file: every place where one small change would be another program.

A fault is a piece of the text replaced by another; everything around it stays as it was written, so that lines keep
their numbers and tests that read the source read it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.MatMult: ast.Mult,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
_CHANGED = ("replace", "_replace")
_TYPES = ("annotation", "returns", "type_comment", "type_params", "decorator_list")
_SHORT = (ast.expr, ast.keyword, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)
_TEXTS = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)


@dataclass(frozen=True)
class Fault:
    """One fault. path: from the root of the tree; function: its qualified name, empty outside of functions.

    where, was, became name it as long as the code around is the same, whatever lines come before; start, end: the
    bytes of the file that `text` takes the place of.
    """

    path: str
    line: int
    where: str
    was: str
    became: str
    function: str
    start: int
    end: int
    text: str

    @property
    def name(self) -> tuple[str, str, str]:
        return self.where, self.was, self.became

    def put_into(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


def faults(path: str, source: bytes) -> list[Callable[[], Fault]]:
    """All faults of a file in the order of its text; each is written down when it is called for."""
    return list(_File(path, source).below())


class _File:
    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.tree = ast.parse(source)
        lines = source.splitlines(keepends=True)
        self._offsets = [sum(map(len, lines[:number])) for number in range(len(lines))]

    def below(self, node: ast.AST | None = None, where: str = "", function: str = "",
              held: ast.JoinedStr | None = None) -> Iterator[Callable[[], Fault]]:  # fmt: skip
        """held: the f-string around; where a part of it stands Python 3.11 does not know, so all is written anew."""
        for field, value in ast.iter_fields(node or self.tree):
            children = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, child in children if field not in _TYPES else ():
                if not isinstance(child, ast.AST) or _is_left_alone(child):
                    continue
                place, inside = where, function
                if (own := _own_name(child)) and not function:
                    place = f"{where}.{own}".lstrip(".")
                    inside = place if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else ""
                around = held or (child if isinstance(child, ast.JoinedStr) else None)
                for other in _others(child, field == "test"):
                    slot = _Slot(node or self.tree, field, index)
                    yield partial(self._fault, slot, child, other, place, inside, held or child)
                yield from self.below(child, place, inside, around)

    def _fault(self, slot: _Slot, node: ast.AST, other: ast.AST, where: str, function: str, held: ast.AST) -> Fault:
        was = _brief(slot, node)
        slot.set(other)
        became = _brief(slot, other)
        text = ast.unparse(other if held is node else held)
        slot.set(node)
        if isinstance(held, ast.expr) and not isinstance(held, ast.JoinedStr):
            text = f"({text})"
        return Fault(self.path, node.lineno, where, was, became, function,
                     self._offsets[held.lineno - 1] + held.col_offset,
                     self._offsets[held.end_lineno - 1] + held.end_col_offset, text)  # fmt: skip


@dataclass(frozen=True)
class _Slot:
    """Where a node hangs in the tree."""

    parent: ast.AST
    field: str
    index: int | None

    def set(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _own_name(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        return ast.unparse(target) if isinstance(target, ast.Name | ast.Tuple) else ""
    return ""


def _is_left_alone(node: ast.AST) -> bool:
    """What only a type checker reads or only a start as a script does."""
    return isinstance(node, ast.If) and any(
        word in ast.unparse(node.test) for word in ("TYPE_CHECKING", "__name__ ==", "sys.platform")
    )


def _brief(slot: _Slot, node: ast.AST) -> str:
    """Enough of it to know it again: a number with what it stands in, a jump with its condition."""
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}: …"
    if isinstance(node, ast.Constant) and isinstance(slot.parent, _SHORT):
        return ast.unparse(slot.parent)
    text = ast.unparse(node)
    return f"if {ast.unparse(slot.parent.test)}: {text}" if isinstance(slot.parent, ast.If) else text


def _others(node: ast.AST, is_test: bool) -> Iterator[ast.AST]:
    if is_test and not isinstance(node, ast.Compare):  # a comparison is turned round anyway
        yield node.operand if isinstance(node, ast.UnaryOp) else ast.UnaryOp(ast.Not(), node)
    if isinstance(node, ast.stmt):
        yield from _statements(node)
    elif not (is_test and isinstance(node, ast.UnaryOp)):
        yield from _expressions(node)


def _statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If(orelse=[]):
            yield ast.Pass()
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Assign([ast.Attribute() | ast.Subscript()]) | ast.AugAssign() | ast.Raise():
            yield ast.Pass()
        case ast.Assign([ast.Name(name)], value) if name in _names(value):
            yield ast.Pass()
        case ast.Expr(ast.Call() | ast.Await()):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, operators, values):
            for index, operator in enumerate(operators):
                new = [*operators[:index], _COMPARED[type(operator)](), *operators[index + 1 :]]
                yield ast.Compare(left, new, values)
        case ast.BinOp(left, operator, right) if not (_is_text(left) or _is_text(right)):
            if type(operator) in _COMPUTED:
                yield ast.BinOp(left, _COMPUTED[type(operator)](), right)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for index in range(len(values)):
                rest = [*values[:index], *values[index + 1 :]]
                yield ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp(_, body, other):
            yield from (body, other)
        case ast.Subscript(value, ast.Slice(lower, upper, step)) if lower or upper:
            if lower:
                yield ast.Subscript(value, ast.Slice(None, upper, step))
            if upper:
                yield ast.Subscript(value, ast.Slice(lower, None, step))
        case ast.Call():
            yield from _calls(node)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _unfiltered(node)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    function, given, named = node.func, node.args, node.keywords
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _CALLED and isinstance(function, ast.Name):
        yield ast.Call(ast.Name(_CALLED[name]), given, named)
    if name in _CALLED and isinstance(function, ast.Attribute):
        yield ast.Call(ast.Attribute(function.value, _CALLED[name]), given, named)
    if name in _CHANGED and len(named) > 0:
        for index in range(len(named)):
            yield ast.Call(function, given, [*named[:index], *named[index + 1 :]])
    if name == "get" and len(given) == 2:
        yield ast.Call(function, given[:1], named)
    elif len(given) == 2 and not named and name not in ("isinstance", *_CALLED) and _are_two(given):
        yield ast.Call(function, [given[1], given[0]], named)


def _unfiltered(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Iterator[ast.expr]:
    for index, loop in enumerate(node.generators):
        if loop.ifs:
            plain = ast.comprehension(loop.target, loop.iter, [], loop.is_async)
            loops = [*node.generators[:index], plain, *node.generators[index + 1 :]]
            if isinstance(node, ast.DictComp):
                yield ast.DictComp(node.key, node.value, loops)
            else:
                yield type(node)(node.elt, loops)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, _TEXTS) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _are_two(given: list[ast.expr]) -> bool:
    return not any(isinstance(one, ast.Starred) for one in given) and ast.dump(given[0]) != ast.dump(given[1])


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
