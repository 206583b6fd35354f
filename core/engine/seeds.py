"""Many networks at once: the same problem from many seeds, trained side by side in one set of arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import varied


def from_seeds(problem: Problem, seeds: Sequence[int]) -> tuple[Engine, State]:
    """An engine that trains one network for each seed at once, and the state that it starts from."""
    engine = Engine(problem, networks=len(seeds))
    layout = engine.layout
    params = np.stack([layout.flat(varied(problem, {"seed": seed}).network) for seed in seeds])
    return engine, State(0, frozen(params), frozen(np.zeros((len(engine.states), len(seeds), layout.learning))))


def solved(engine: Engine, state: State) -> Array:
    """For each network whether all its outputs are on their target's side of ½, for all samples: 1 or 0."""
    engine.load(state)
    program = engine.prepare(state.done + 1)
    with np.errstate(all="ignore"):
        program.run_forward()
    outputs = program.arena["out", len(program.plan.shape.layers)]
    right = (outputs >= 0.5) == (program.targets >= 0.5)
    return frozen(right.all(axis=(-1, -2)))
