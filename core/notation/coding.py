"""A formula as Python code: the same tree, spelled with the functions of an array library.

The operations and their order are those of `evaluating`, so code with NumPy's functions makes the same numbers bit
for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nntutor.core.notation.evaluating import expand
from nntutor.core.notation.formula import ONE, ZERO, Call, Expr, Mul, Num, Square, call, children, names, rebuild
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.style import Style

_FUNCTIONS = {
    "exp": "exp", "ln": "log", "√": "sqrt", "tanh": "tanh", "abs": "abs", "max": "maximum", "sign": "sign",
}  # fmt: skip


def code(expr: Expr, leaf: Callable[[Any], str], library: str = "np") -> str:
    """The tree as an expression of Python; `leaf` says what a name is called, `library` whose functions are used."""
    return text(tokens(_called(expr, library), leaf, Style.ASCII))


def _called(expr: Expr, library: str) -> Expr:
    """The tree with the library's functions in place of the grammar's."""
    match expr:
        case Call() if (simpler := expand(expr)) is not None:
            return _called(simpler, library)
        case Call("step", (a,)):
            return call(f"{library}.heaviside", _called(a, library), ONE)
        case Call("above", (a,), below):
            on = call(f"{library}.heaviside", _called(a, library), ZERO)
            return call(f"{library}.maximum", on, Num(below)) if below else on
        case Call("leaky", (a,), slope):
            x = _called(a, library)
            return call(f"{library}.{'maximum' if slope <= 1 else 'minimum'}", x, Mul(Num(slope), x))
        case Call("max", (*first, last)) if len(first) > 1:
            return _called(call("max", call("max", *first), last), library)
        case Call("max", (a, b)) if b == ZERO and library == "torch":
            return call("torch.clamp", _called(a, library), ZERO)
        case Call("√", (a,)) if library == "torch" and all(str(key).startswith("rate_") for key in names(a)):
            # Of rates alone a number of Python's is made, and PyTorch has roots of tensors only.
            return call("torch.sqrt", call("torch.tensor", _called(a, library)))
        case Square(a):
            return call(f"{library}.square", _called(a, library))
        case Call(func, args):
            return call(f"{library}.{_FUNCTIONS[func]}", *(_called(arg, library) for arg in args))
    return rebuild(expr, tuple(_called(part, library) for part in children(expr)))
