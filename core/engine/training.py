"""Many iterations at full speed: the compiled list, run again and again.

The same list as the recorded pass, in the same memory, so a network reached by running is the network
reached by stepping, bit for bit. Work is done in chunks, so that a screen can stay alive between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from nntutor.core.arrays import Array, Frozen, frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.notation.evaluating import Op
from nntutor.core.notation.symbols import Ref


@dataclass(frozen=True, eq=False)
class Chunk(Frozen):
    """What a run left: the state, E of each iteration (iterations, …), and states on the way.

    engine: what ran it. diverged: the first iteration in which a number is not finite, which is the last one
    run; or None.
    """

    engine: Engine
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
    errors = np.empty((min(iterations, 1024), *engine.batch_shape))
    checkpoints: list[State] = []
    origin, done, few = state, 0, 1
    alarm = _Alarm(engine, state)
    engine.load(state)
    with np.errstate(over="call", divide="call", invalid="call", under="ignore", call=alarm):
        while done < iterations:
            few = min(few, iterations - done)
            if done + few > len(errors):
                errors = np.concatenate([errors, np.empty_like(errors)])
                continue
            fresh = errors[done : done + few]
            _loop(engine, origin.done + done, fresh, alarm.watch)
            if alarm.heard or (goal is not None and (fresh <= goal).any()):
                # Something in this stretch wants a closer look: run it again, looking at every number.
                behind = checkpoints[-1] if checkpoints else origin
                end = _rerun_checked(engine, behind, origin.done + done + few, goal)
                if end is not None:
                    state, diverged = end
                    kept = frozen(errors[: state.done - origin.done])
                    return Chunk(engine, state, kept, tuple(checkpoints), state.done if diverged else None)
                alarm.heard = False
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
    return Chunk(engine, engine.save(origin.done + done), frozen(errors[:done]), tuple(checkpoints))


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


class _Alarm:
    """Hears of what may be a number that stops being finite, at the price of one call an iteration.

    No finite numbers make inf or nan without the processor noting it, and NumPy passes that on. The error
    after the update is not computed in a run: for it the alarm watches the weights, which must be large
    before they can make it overflow. A false alarm (e^1000 inside σ) costs a second look, never an answer.
    """

    def __init__(self, engine: Engine, state: State) -> None:
        self.heard = not (np.isfinite(state.params).all() and np.isfinite(state.slots).all())
        # Divided by this, what is larger than bearable overflows; 0, where nothing is bearable, rings each time.
        least = np.array(engine.bearable / np.finfo(np.float64).max)
        self.watch: Op = (np.divide, (engine.params, least, np.empty_like(engine.params)))

    def __call__(self, kind: str, flag: int) -> None:
        self.heard = True


def _loop(engine: Engine, done: int, errors: Array, watch: Op | None = None) -> None:
    """Run len(errors) iterations on what lies in memory, writing each one's E; `watch` is called after each."""
    same = engine.same_samples
    ends = [] if watch is None else [watch]
    program = engine.prepare(done + 1)
    for place in range(len(errors)):
        if same:
            engine.set_powers(done + place + 1)
        else:
            program = engine.prepare(done + place + 1)
        for function, arguments in program.ops:
            function(*arguments)
        for function, arguments in ends:
            function(*arguments)
        errors[place] = program.error


def _replayed(engine: Engine, state: State, wanted: int) -> State:
    """The state after `wanted` iterations, from an earlier one."""
    engine.load(state)
    _loop(engine, state.done, np.empty((wanted - state.done, *engine.batch_shape)))
    return engine.save(wanted)


def replay(engine: Engine, state: State, wanted: int) -> State:
    """The state after `wanted` iterations, reached again from an earlier one, bit for bit."""
    if wanted == state.done:
        return state
    with np.errstate(all="ignore"):
        return _replayed(engine, state, wanted)


def tracked(engine: Engine, state: State, refs: Sequence[Ref], count: int) -> Array:
    """(count, refs): what some weights are before each of the next `count` iterations."""
    engine.load(state)
    views = [part[(..., *place)] for part, place in (engine.layout.parameter(engine.params, ref) for ref in refs)]
    found = [float(view) for view in views]

    def note() -> None:
        found.extend(map(float, views))

    with np.errstate(all="ignore"):
        _loop(engine, state.done, np.empty((max(0, count - 1), *engine.batch_shape)), (note, ()))
    return frozen(np.array(found).reshape(-1, len(refs))[:count])


def _rerun_checked(engine: Engine, state: State, last: int, goal: float | None) -> tuple[State, bool] | None:
    """Run again up to iteration `last`, looking at every number.

    The state after the first iteration that reaches the goal or diverges, and whether it diverges (as
    `Trace.diverged` has it); None where neither happens.
    """
    engine.load(state)
    with np.errstate(all="ignore"):
        for done in range(state.done + 1, last + 1):
            program = engine.prepare(done)
            program.run()
            reached = goal is not None and bool((program.error <= goal).all())
            finite = np.isfinite(engine.arena.block).all() and np.isfinite(program.arena.block).all()
            ended = engine.save(done)
            program.run_forward()
            if not (finite and (np.isfinite(program.error).all() or program.plan.shape.given)):
                return ended, True
            if reached:
                return ended, False
    return None
