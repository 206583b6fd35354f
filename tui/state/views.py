"""Which views there are at a place, and what they may show."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nntutor.core.arrays import Array
from nntutor.tui.state.study import Study

# Iterations times weights that a curve may take to be drawn after a restart: about half a second.
_REPLAYED = 200_000

# What stands at the right of a wide screen, where it is chosen; the first one where none is. On a surface, which has
# one weight or two, the moves too.
_BESIDE = ("steps", "matrices", "curve")
_NO_PICTURE = "matrices"


def views(study: Study) -> tuple[str, ...]:
    """What `v` goes through: what the lesson shows, what every network or surface has, and what has been trained."""
    problem = study.timelines[study.run].problem
    if problem.given is not None:
        return "moves", "steps"
    if problem.surface:
        usual: tuple[str, ...] = (
            "parabola" if problem.network.sizes[0] == 1 else "contours",
            "steps",
            "moves",
            "curve",
        )
    else:
        usual = ("network", "steps", "matrices", "curve")
    own = () if study.lesson is None else tuple(view for view in study.lesson.views if view not in usual)
    if problem.surface:
        own = tuple(view for view in own if view not in ("network", "matrices"))
    if not study.has_seeds:
        own = tuple(view for view in own if view != "seeds")
    elif study.seeds_here is not None and "seeds" not in own:  # the run menu trains them wherever weights were drawn
        own = (*own, "seeds")
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


def drawn_views(study: Study, picture: bool) -> tuple[str, ...]:
    """The views that differ. picture: the network fits on the screen (where not, its matrices stand for it)."""
    return views(study) if picture else tuple(view for view in views(study) if view != "network")


def side_by_side(study: Study, picture: bool = True) -> tuple[str, str]:
    """The two views of a wide screen: what the chosen one goes with, at the left or at the right."""
    all_views = drawn_views(study, picture)
    first = views(study)[0] if views(study)[0] in all_views else _NO_PICTURE
    chosen = study.view if study.view in all_views else _NO_PICTURE
    beside = (*_BESIDE, "moves") if not study.trace.problem.passes else _BESIDE
    if chosen in beside and chosen != first:
        return first, chosen
    raced = chosen == "race" and bool(study.trace.problem.surface)  # the picture is of their ways, so E stands beside
    curve = raced or (study.running is not None and study.trace.problem.given is None)
    return chosen, "curve" if curve else _BESIDE[0]


def spare(study: Study) -> tuple[str, ...]:
    """What has room below a view that leaves much of a wide screen free; a curve of one point would show nothing."""
    return views(study)[0], *(name for name in _BESIDE if name != "curve" or study.place.iteration > 1)


def next_view(study: Study, picture: bool = True, seen: tuple[str, ...] = ()) -> Study:
    """The next view.

    picture: as in `drawn_views`. seen: what stands on the screen, and is passed over.
    """
    all_views = drawn_views(study, picture)
    at = all_views.index(study.view if study.view in all_views else _NO_PICTURE)
    following = (*all_views[at + 1 :], *all_views[: at + 1])
    return shown(study, next((view for view in following if view not in seen), following[0]))


def shown(study: Study, view: str) -> Study:
    """A view that has been chosen; in a lesson, at later stops too, in place of the one that this stop asks for."""
    if study.lesson is None:
        return replace(study, view=view)
    chosen = {**study.chosen, study.lesson.stops[study.last].view: view}
    return replace(study, view=view, chosen=MappingProxyType(chosen))
