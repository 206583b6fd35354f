"""A study as a place to be saved: what the next start needs to be at the same step with the same numbers."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING

from nntutor.lessons.learner.places import Place
from nntutor.tui.state.session import Session

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.engine.edits import Edit
    from nntutor.core.problems.network import Problem
    from nntutor.core.rules.optimizers import Optimizer
    from nntutor.tui.state.study import Study

# Settings that there have not always been.
_SINCE_OPTIMIZER = ("form", "epsilon_at", "correct", "decay")
_SINCE_PROBLEM = ("over_outputs", "over_samples", "l1", "l2")
# Jumps behind the place that can be gone back after a restart.
_TRAIL = 20


def in_the_list(session: Session) -> Place:
    """The place of a learner who is in the list of lessons."""
    return Place("list", "", "", "", {}, 1, 1, "", _settings(session), b"", b"")


def of_study(session: Session, study: Study, source: str) -> Place:
    """The place in a lesson, or in a problem whose text is `source`."""
    timeline = study.timeline
    before = timeline.trace.before
    stop = study.lesson.stops[study.stop].id if study.lesson and study.stop is not None else ""
    settings = {
        **_settings(session),
        "view": study.view,
        "zoom": study.zoom,
        "visited": study.visited,
        "numbers": fingerprint(timeline.original),
        "page": study.page,
        "places": _places(study),
        "reached": dict(study.reached),
        "trail": study.trail[-_TRAIL:],
        "seeds": study.seeds is not None,
    }
    return Place(
        "lesson" if study.lesson else "problem",
        study.name,
        source,
        study.run,
        edits(study),
        timeline.iteration,
        timeline.step,
        stop,
        settings,
        before.params.tobytes(),
        before.slots.tobytes(),
    )


def edits(study: Study) -> dict[str, tuple[Edit, ...]]:
    """The edits of each run that has some."""
    return {run: one.edits for run, one in study.timelines.items() if one.edits}


def _settings(session: Session) -> Mapping[str, object]:
    return {"digits": session.digits, "language": session.language}


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
    newer = [one for one in _told_apart(problem, _SINCE_PROBLEM) if one[0] in _SINCE_PROBLEM]
    known = zlib.crc32((spelled + (repr(newer) if newer else "")).encode())
    arrays = [array for layer in problem.network.layers for array in (layer.weights, layer.bias)]
    for array in (*arrays, problem.samples.inputs, problem.samples.targets):
        known = zlib.crc32(b"" if array is None else array.tobytes(), known)
    return known
