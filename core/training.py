"""Many iterations at full speed: the compiled list, run again and again.

The same list as the recorded pass, in the same memory, so a network reached by running is the network
reached by stepping, bit for bit. Work is done in chunks, so that a screen can stay alive between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from nntutor.core.network import Array, frozen
from nntutor.core.program import Engine, Program, State


@dataclass(frozen=True, eq=False)
class Chunk:
    """What a run left: the state, E of each iteration (iterations, …), and states on the way.

    diverged: the first iteration in which a number is not finite, which is the last one run; or None.
    """

    state: State
    errors: Array
    checkpoints: tuple[State, ...] = ()
    diverged: int | None = None


# A run keeps a state about this often, in seconds of its own time: going back replays at most as much.
CHECKPOINT_SECONDS = 0.02


def run(
    engine: Engine,
    state: State,
    iterations: int,
    seconds: float = np.inf,
    goal: float | None = None,
) -> Chunk:
    """Run up to `iterations` iterations from `state`.

    Ends early when `seconds` are over, when E falls to `goal` or below, and in the iteration in which a
    number stops being finite.
    """
    began = saved = perf_counter()
    errors = np.empty((min(iterations, 1024), *engine.lead))
    checkpoints: list[State] = []
    origin, done, few = state, 0, 1
    engine.load(state)
    with np.errstate(all="ignore"):
        while done < iterations:
            few = min(few, iterations - done)
            if done + few > len(errors):
                errors = np.concatenate([errors, np.empty_like(errors)])
                continue
            _loop(engine, origin.done + done, errors[done : done + few])
            fresh = errors[done : done + few]
            if not (np.isfinite(fresh).all() and np.isfinite(engine.params).all()):
                last = checkpoints[-1] if checkpoints else origin
                return _until_diverged(engine, last, errors[: last.done - origin.done], checkpoints)
            if goal is not None and (reached := np.flatnonzero(fresh <= goal)).size:
                before = checkpoints[-1] if checkpoints else origin
                wanted = origin.done + done + int(reached[0]) + 1
                ended = _replayed(engine, before, wanted)
                return Chunk(ended, frozen(errors[: wanted - origin.done]), tuple(checkpoints))
            done += few
            now = perf_counter()
            if now - saved >= CHECKPOINT_SECONDS / 2:
                # Aim at the interval from what the last stretch took.
                few = max(1, int(few * CHECKPOINT_SECONDS / max(now - saved, 1e-9)))
                checkpoints.append(engine.save(origin.done + done))
                saved = now
            else:
                few *= 2
            if now - began >= seconds:
                break
    return Chunk(engine.save(origin.done + done), frozen(errors[:done]), tuple(checkpoints))


class Runner:
    """A run in chunks, each from where the last one ended."""

    def __init__(self, engine: Engine, state: State) -> None:
        self._engine = engine
        self.state = state

    def chunk(self, iterations: int, seconds: float = np.inf, goal: float | None = None) -> Chunk:
        """The next up to `iterations` iterations, within about `seconds`."""
        chunk = run(self._engine, self.state, iterations, seconds, goal)
        self.state = chunk.state
        return chunk


def _loop(engine: Engine, done: int, errors: Array) -> None:
    """Run len(errors) iterations on what lies in memory, writing each one's E."""
    if len(errors) and engine.same_samples:
        program = engine.prepare(done + 1)
        calls, error = program.ops, program.error
        for place in range(len(errors)):
            engine.set_powers(done + place + 1)
            for function, arguments in calls:
                function(*arguments)
            errors[place] = error
        return
    for place in range(len(errors)):
        program = engine.prepare(done + place + 1)
        for function, arguments in program.ops:
            function(*arguments)
        errors[place] = program.error


def _replayed(engine: Engine, state: State, wanted: int) -> State:
    """The state after `wanted` iterations, from an earlier one."""
    engine.load(state)
    _loop(engine, state.done, np.empty((wanted - state.done, *engine.lead)))
    return engine.save(wanted)


def replay(engine: Engine, state: State, wanted: int) -> State:
    """The state after `wanted` iterations, reached again from an earlier one, bit for bit."""
    if wanted == state.done:
        return state
    with np.errstate(all="ignore"):
        return _replayed(engine, state, wanted)


def _finite(program: Program, engine: Engine) -> bool:
    return bool(np.isfinite(engine.arena.block).all() and np.isfinite(program.arena.block).all())


def _until_diverged(engine: Engine, state: State, errors: Array, checkpoints: list[State]) -> Chunk:
    """Run on, looking at every number, up to the iteration that is no longer finite."""
    engine.load(state)
    done, more = state.done, []
    while True:
        done += 1
        program = engine.prepare(done)
        program.run()
        more.append(program.error.copy())
        if not _finite(program, engine):
            all_errors = np.concatenate([errors, np.array(more).reshape((-1, *engine.lead))])
            return Chunk(engine.save(done), frozen(all_errors), tuple(checkpoints), done)
