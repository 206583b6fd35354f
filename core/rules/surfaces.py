"""Surfaces of one or two variables to walk down: an error without a network behind it.

What an optimizer does shows best where nothing else happens, so a surface takes the place of forward pass and
samples: its variables are the weights w1 and w2, its height is E, its slopes are the gradients. Everything after
that, the update, the timeline, checks and traces, is the same as in a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.notation.evaluating import Compiler, Op
from nntutor.core.notation.formula import Expr, Name, bind
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.contractions import Memory
from nntutor.core.rules.shape import Shape


@dataclass(frozen=True)
class Surface:
    """error: E as a tree over the names "w1", "w2"; slopes: ∂E/∂w1, ∂E/∂w2 likewise.

    start: where a descent begins unless a problem says otherwise. minimum: a lowest point.
    """

    error: Expr
    slopes: tuple[Expr, ...]
    start: tuple[float, ...]
    minimum: tuple[float, ...]

    @property
    def variables(self) -> int:
        return len(self.slopes)

    def heights(self, *at: Array) -> Array:
        """E at many points at once; one array for each variable, all of one shape."""
        height = np.empty(np.shape(at[0]))
        with np.errstate(all="ignore"):
            for function, arguments in calls(self.error, at, height):
                function(*arguments)
        return height


def calls(tree: Expr, variables: Any, target: Any) -> list[Op]:
    """The NumPy calls that leave a tree over w1, w2 in `target`."""
    compiler = Compiler(lambda key: variables[int(key[1:]) - 1])
    compiler.into(tree, target)
    return compiler.ops


# Formulas as they are shown: E, then its slope along each variable; start; a lowest point.
_FORMULAS: dict[str, tuple[str, tuple[str, ...], tuple[float, ...], tuple[float, ...]]] = {
    "parabola": ("½·w1²", ("w1",), (3.0,), (0.0,)),
    "bowl": ("½·w1² + ½·w2²", ("w1", "w2"), (-3.0, 2.0), (0.0, 0.0)),
    # Curvature λ 1 along w1 and 20 along w2.
    "ravine": ("½·w1² + 10·w2²", ("w1", "20·w2"), (-4.0, 1.0), (0.0, 0.0)),
    # The same, turned by 45 degrees.
    "rotated-ravine": (
        "0.25·(w1 + w2)² + 5·(w2 − w1)²",
        ("½·(w1 + w2) − 10·(w2 − w1)", "½·(w1 + w2) + 10·(w2 − w1)"),
        (-3.5, -2.0),
        (0.0, 0.0),
    ),
    # Rosenbrock 1960, eq. 3.
    "rosenbrock": (
        "(1 − w1)² + 100·(w2 − w1²)²",
        ("−2·(1 − w1) − 400·w1·(w2 − w1²)", "200·(w2 − w1²)"),
        (-1.2, 1.0),
        (1.0, 1.0),
    ),
    # Beale 1958, as in Moré, Garbow and Hillstrom 1981, problem 5.
    "beale": (
        "(1.5 − w1·(1 − w2))² + (2.25 − w1·(1 − w2²))² + (2.625 − w1·(1 − w2·w2²))²",
        (
            "−2·(1.5 − w1·(1 − w2))·(1 − w2) − 2·(2.25 − w1·(1 − w2²))·(1 − w2²)"
            " − 2·(2.625 − w1·(1 − w2·w2²))·(1 − w2·w2²)",
            "2·(1.5 − w1·(1 − w2))·w1 + 4·(2.25 − w1·(1 − w2²))·w1·w2"
            " + 6·(2.625 − w1·(1 − w2·w2²))·w1·w2²",
        ),
        (1.0, 1.0),
        (3.0, 0.5),
    ),
    # A saddle at (0, 0) that does not fall for ever: it has a floor at w2 = ±1, where E is 0.
    "saddle": (
        "½·w1² + 0.25·(1 − w2²)²",
        ("w1", "w2·w2² − w2"),
        (2.0, 0.01),
        (0.0, 1.0),
    ),
}  # fmt: skip

SURFACES = tuple(_FORMULAS)


@cache
def surface(name: str) -> Surface:
    """The surface called `name`; KeyError where there is none."""
    error, slopes, start, minimum = _FORMULAS[name]
    return Surface(parse(error, str), tuple(parse(slope, str) for slope in slopes), start, minimum)


@dataclass(frozen=True)
class Height:
    """E of a surface: no sum, but what stands in a sum's place where there is no network."""

    surface: Surface

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        return bind(self.surface.error, _variable)

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        return calls(self.surface.error, _variables(shape, memory, "weight"), memory.unit("error", layer)[..., 0, 0])


@dataclass(frozen=True)
class Incline:
    """The slopes of a surface, in place of a layer's gradient."""

    surface: Surface
    divisor: float = 1
    added: tuple[Expr, ...] = ()

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        return bind(self.surface.slopes[ref.input - 1], _variable)

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        point, slopes = (_variables(shape, memory, kind) for kind in ("weight", "grad"))
        return [
            op for tree, target in zip(self.surface.slopes, slopes, strict=True) for op in calls(tree, point, target)
        ]


def _variable(name: str) -> Expr:
    """The weight behind a surface's w1 or w2."""
    return Name(Ref("weight", 1, 1, int(name[1:])))


def _variables(shape: Shape, memory: Memory, kind: str) -> list[Any]:
    """Where the point on a surface lies, or its gradient: one array a variable."""
    return [memory.weights(kind, 1)[..., 0, place] for place in range(shape.layers[0].inputs)]
