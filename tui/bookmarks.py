"""A study as a place to be saved: what the next start needs to be at the same step with the same numbers."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from nntutor.lessons.learner.places import Place
from nntutor.lessons.learner.rows import INLINE
from nntutor.tui.state.session import Session

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.engine.edits import Edit
    from nntutor.core.engine.timeline import Timeline
    from nntutor.core.problems.network import Problem
    from nntutor.core.rules.optimizers import Optimizer
    from nntutor.lessons.learner.sources import Source
    from nntutor.tui.state.study import Study

# Settings that there have not always been.
_SINCE_OPTIMIZER = ("form", "epsilon_at", "correct", "decay")
_SINCE_PROBLEM = ("over_outputs", "over_samples", "l1", "l2", "input_gradient", "given")
# Jumps behind the place that can be gone back after a restart.
_TRAIL = 20
# Own numbers that are kept, in bytes: the lines that were typed last.
_TYPED = 1000
# How far weights that are too many to be kept at each key may lie behind the place: about so many microseconds of a
# run, which only a start after a kill has to make good.
_NEAR_WORK = 1_000_000


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights that are kept: those before an iteration of a run, under the edits up to there."""

    original: Problem
    run: str
    edits: tuple[Edit, ...]
    iteration: int
    params: bytes
    slots: bytes

    def leads_to(self, study: Study) -> bool:
        """Whether the place can be run to again from here, at once."""
        timeline, far = study.timeline, study.timeline.iteration - self.iteration
        same = self.run == study.run and self.original is timeline.original
        near = far >= 0 and far * work(timeline.problem) <= _NEAR_WORK
        return same and near and (not self.params or self.edits == _before(timeline, self.iteration))


def in_the_list(session: Session) -> Place:
    """The place of a learner who is in the list of lessons."""
    return Place("list", "", "", "", {}, 1, 1, "", _settings(session), b"", b"")


def weights(study: Study, kept: Weights | None) -> Weights:
    """What a place is kept with: few weights as they are, many as they last were, or as the problem begins."""
    timeline = study.timeline
    before = timeline.trace.before
    if max(before.params.nbytes, before.slots.nbytes) > INLINE:
        for one in (kept, Weights(timeline.original, study.run, (), 1, b"", b"")):
            if one is not None and one.leads_to(study):
                return one
    return own_weights(study)


def own_weights(study: Study) -> Weights:
    """The weights at the place itself."""
    timeline = study.timeline
    before = timeline.trace.before
    params, slots, edits = before.params.tobytes(), before.slots.tobytes(), _before(timeline, timeline.iteration)
    return Weights(timeline.original, study.run, edits, timeline.iteration, params, slots)


def _before(timeline: Timeline, iteration: int) -> tuple[Edit, ...]:
    """The edits that the weights before an iteration have seen."""
    return tuple(edit for edit in timeline.in_force if edit.iteration <= iteration)


def work(problem: Problem) -> int:
    """About how many microseconds an iteration takes at full speed."""
    layers = problem.network.layers
    return 10 * len(layers) + problem.batch_size * sum(layer.weights.size for layer in layers) // 50


def of_study(session: Session, study: Study, source: Source | None, kept: Weights) -> Place:
    """The place in a lesson, or in a problem that comes from `source`."""
    timeline = study.timeline
    stop = study.lesson.stops[study.last].id if study.lesson else ""
    settings = {
        **_settings(session),
        "view": study.view,
        "chosen": dict(study.chosen),
        "zoom": study.zoom,
        "visited": study.visited,
        "held": study.held,
        "numbers": fingerprint(timeline.original),
        "page": study.page,
        "places": _places(study),
        "reached": dict(study.reached),
        "trail": _trail(study),
        "seeds": study.seeds_here is not None,
        "settled": _stops(study, study.settled),
        "closed": _stops(study, study.closed),
        "typed": _typed(study),
        **({"model": source.model} if source and source.model else {}),
    }
    return Place(
        "lesson" if study.lesson else "problem",
        study.name,
        source.text if source else "",
        study.run,
        edits(study),
        timeline.iteration,
        timeline.step,
        stop,
        settings,
        kept.params,
        kept.slots,
        kept.iteration,
        source.folder if source else "",
        source.digest if source else "",
    )


def edits(study: Study) -> dict[str, tuple[Edit, ...]]:
    """The edits of each run that has some."""
    return {run: one.edits for run, one in study.timelines.items() if one.edits}


def _settings(session: Session) -> Mapping[str, object]:
    return {"digits": session.digits, "language": session.language}


def _stops(study: Study, numbers: Collection[int]) -> list[str]:
    """Stops by their names, which stay theirs where the lesson gets others."""
    return [] if study.lesson is None else [study.lesson.stops[number].id for number in sorted(numbers)]


def _typed(study: Study) -> tuple[tuple[int, str], ...]:
    """The lines of own numbers that were typed last, as many as there is room for at a key."""
    sizes = list(accumulate(len(json.dumps(line)) for line in reversed(study.typed)))
    return study.typed[len(study.typed) - sum(size <= _TYPED for size in sizes) :]


def _trail(study: Study) -> list[tuple[int, int] | tuple[str, int, int]]:
    """The places that the last jumps have left; of the run at hand without it, as before there was another."""
    last = study.trail[-_TRAIL:]
    return [(one.iteration, one.step) if one.run == study.run else one for one in last]


def _places(study: Study) -> dict[str, tuple[int, int]]:
    """Where the lesson's other runs stand, by run, where that is not their beginning."""
    others = {name: (one.iteration, one.step) for name, one in study.timelines.items() if name != study.run}
    return {name: place for name, place in others.items() if place != (1, 1)}


def _told_apart(value: Problem | Optimizer, newer: Collection[str]) -> list[tuple[str, object]]:
    """The fields of a value; of the newer ones, which places kept before do not know, those that are not as usual."""
    found = [(one, getattr(value, one.name)) for one in fields(value)]
    return [(one.name, held) for one, held in found if one.name not in newer or held != one.default]


@lru_cache(maxsize=64)
def fingerprint(problem: Problem) -> int:
    """Tells a run's numbers from those that it had in another version of its lesson."""
    first = ", ".join(f"{name}={value!r}" for name, value in _told_apart(problem.optimizer, _SINCE_OPTIMIZER))
    activations = [layer.activation for layer in problem.network.layers]
    facts = (problem.network.sizes, activations, problem.error, problem.batch, problem.shuffle, problem.seed)
    sizes, kinds, *rest = map(repr, (*facts, problem.surface))
    spelled = f"({', '.join((sizes, kinds, f'Optimizer({first})', *rest))})"
    newer = [one for one in _told_apart(problem, _SINCE_PROBLEM) if one[0] in _SINCE_PROBLEM and one[0] != "given"]
    known = zlib.crc32((spelled + (repr(newer) if newer else "")).encode())
    arrays = [array for layer in problem.network.layers for array in (layer.weights, layer.bias)]
    if problem.given is not None:
        known = zlib.crc32(f"{problem.given.first_iteration}".encode(), known)
        arrays += [problem.given.gradients, *(values for _, values in problem.given.state)]
    for array in (*arrays, problem.samples.inputs, problem.samples.targets):
        known = zlib.crc32(b"" if array is None else array.data, known)
    return known
