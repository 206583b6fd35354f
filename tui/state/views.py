"""Which views there are at a place, and what they may show."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nntutor.core.arrays import Array
from nntutor.tui.state.study import Study

# Iterations times weights that a curve may take to be drawn after a restart: about half a second.
_REPLAYED = 200_000


def views(study: Study) -> tuple[str, ...]:
    """What `v` goes through: what the lesson shows, and what every network or surface has."""
    problem = study.timelines[study.run].problem
    if problem.surface:
        usual: tuple[str, ...] = ("parabola" if problem.network.sizes[0] == 1 else "contours", "moves", "curve")
    else:
        usual = ("network", "matrices", "curve")
    own = () if study.lesson is None else tuple(view for view in study.lesson.views if view not in usual)
    if problem.surface:
        own = tuple(view for view in own if view not in ("network", "matrices"))
    runs = ("runs",) if len(study.timelines) == 2 and "runs" in own else ()
    return (*usual[:1], *(view for view in own if view != "runs"), *usual[1:], *runs)


def seen_errors(study: Study) -> Array:
    """E of the iterations that the learner has seen; those before a resumed place are run again where that is quick."""
    last = study.reached_here
    known = study.timeline.errors[:last]
    if (len(known) == last and not np.isnan(known).any()) or last * study.trace.before.params.size > _REPLAYED:
        return known
    return study.timeline.errors_until(last)


def view_at(study: Study, asked: str) -> str:
    """The view at a stop that asks for one: the one that the learner has put in its place, where this run has it."""
    chosen = study.chosen.get(asked, asked)
    return chosen if chosen in views(study) else asked


def next_view(study: Study, picture: bool = True) -> Study:
    """The next view, at later stops too in place of the one that this stop asks for.

    picture: the network fits on the screen (where not, its matrices stand for it).
    """
    all_views = views(study) if picture else tuple(view for view in views(study) if view != "network")
    at = all_views.index(study.view) if study.view in all_views else 0
    view = all_views[(at + 1) % len(all_views)]
    if study.lesson is None:
        return replace(study, view=view)
    chosen = {**study.chosen, study.lesson.stops[study.last].view: view}
    return replace(study, view=view, chosen=MappingProxyType(chosen))
