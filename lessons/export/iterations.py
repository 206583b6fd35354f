"""The iterations that an export is about, one after another, with what each starts from."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import Runner, replay
from nntutor.core.problems.network import Problem
from nntutor.core.progress import Progress, untold

# A run towards the first iteration is cut into pieces of about so many seconds, and what it kept is let go.
_PIECE = 0.5


def iterations(
    problem: Problem,
    first: int = 1,
    last: int = 1,
    mistake: str = "",
    progress: Progress = untold,
) -> Iterator[Trace]:
    """The records of iterations `first` to `last`; one that diverges is the last, even where it lies before `first`.

    What lies before `first` is run at once, without being recorded; progress is told how many of how many are done, of
    those before `first` and then of all.
    """
    engine = Engine(problem, mistake)
    return _recorded(engine, _before(engine, first, progress), last, progress)


def _recorded(engine: Engine, state: State, last: int, progress: Progress) -> Iterator[Trace]:
    while state.done < last:
        progress(state.done + 1, last)
        trace = record(engine, state)
        yield trace
        if trace.diverged:
            return
        state = after(trace)


def _before(engine: Engine, iteration: int, progress: Progress) -> State:
    """The state before an iteration, or before the one that diverges on the way there."""
    runner = Runner(engine, engine.start())
    while (missing := iteration - 1 - runner.state.done) > 0:
        behind = runner.state
        chunk = runner.chunk(missing, seconds=_PIECE)
        if chunk.diverged is not None:
            return replay(engine, behind, chunk.diverged - 1)
        progress(runner.state.done, iteration - 1)
    return runner.state
