"""Lessons and problems opened, and a saved place made into a study again (bookmarks.py is the way there)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from nntutor.core.arrays import frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.timeline import Timeline
from nntutor.core.errors import NotModel, ProblemError
from nntutor.core.problems.network import Problem
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language.words import note
from nntutor.lessons.learner.places import Place
from nntutor.lessons.learner.rows import Unfit
from nntutor.tui import bookmarks
from nntutor.tui.bookmarks import fingerprint
from nntutor.tui.state import moves, views
from nntutor.tui.state.runs import run_seeds
from nntutor.tui.state.study import Left, Position, Study

if TYPE_CHECKING:
    from nntutor.core.files.model import Model
    from nntutor.lessons.learner.sources import Source
    from nntutor.tui.state.yours import Lines

# Iterations that another run is taken to again; it costs the start some of its time.
_NEAR = 2000
# What a start runs again at most, in about microseconds of a run: a place further on is not waited for.
_MOST_WORK = 5_000_000
# The same for the learner's own numbers, which stand beside ours in iterations of their own.
_FAR_WORK = 1_000_000


class DataGone(Exception):
    """Files that a problem names cannot be read any more; the argument is their paths."""


def opened(
    what: Lesson | Problem | None, place: Place | None, source: Source | None = None
) -> tuple[Study, Source | None]:
    """A lesson or a problem, or (None) the problem that a place holds, and a problem's source; at the place, if there
    is one.

    Raises Unfit and DataGone for a place that cannot be gone to, and what core.files.problem raises for a text that it
    does not understand.
    """
    if isinstance(what, Lesson):
        study = moves.begun(what)
    elif what is not None:
        # Another door, as below: a start back in a lesson has no problem of the learner's own.
        from nntutor.core.files import writing
        from nntutor.lessons.language.remarks import remark
        from nntutor.lessons.learner.sources import Source

        study, source = _problem(what.title, what), source or Source(writing.write(what, drawn=True))
        study = replace(study, note=remark(what))
    else:
        assert place is not None
        return _own(place)
    return (study if place is None else _placed(study, place)), source


def _own(place: Place) -> tuple[Study, Source]:
    """The learner's own problem at its place; at its beginning where its data are other ones now."""
    from nntutor.core.files.problem import parse
    from nntutor.lessons.learner import sources
    from nntutor.lessons.learner.sources import Source

    network, folder = str(place.settings.get("model", "")), Path(place.folder)
    paths = sources.data_paths(place.problem, place.folder, network)
    now = sources.digest(paths)
    if paths and not (now and place.digest):
        raise DataGone(sources.unreadable(paths) or paths[0])
    changed = sources.other_ones(paths, place.digest, now)
    try:
        study = _problem(place.name, parse(place.problem, place.name, folder, _network(network)))
    except NotModel as error:  # the package that reads it is gone
        raise DataGone(network) from error
    except ProblemError as error:
        if now == place.digest:
            raise
        raise DataGone(changed) from error
    source = Source(place.problem, place.folder, now, network)
    if now != place.digest:
        return replace(study, note=note("progress.data_changed", name=changed)), source
    return _placed(study, place), source


def _network(path: str) -> Model | None:
    """The network that has a file of its own."""
    if not path:
        return None
    # Another door: few starts read one.
    from nntutor.core.files.model import read_model

    return read_model(path)


def _problem(name: str, problem: Problem) -> Study:
    return moves.opened(name, None, {"main": problem}, {})


def _placed(study: Study, place: Place) -> Study:
    """The study at a saved place; where the lesson has other numbers now, at its nearest stop."""
    if not {place.run, *place.edits} <= study.timelines.keys():
        if study.lesson is None:
            raise Unfit("place")
        return _at_nearest_stop(study, place)
    fresh = study.timelines[place.run]
    if place.settings.get("numbers", fingerprint(fresh.original)) != fingerprint(fresh.original):
        return _at_nearest_stop(study, place)
    try:
        timelines = _timelines(study, place)
    except (KeyError, IndexError, ValueError):
        if study.lesson is None:
            raise Unfit("weights") from None
        return _at_nearest_stop(study, place)
    view = str(place.settings.get("view", "network"))
    study = replace(
        study,
        timelines=MappingProxyType(timelines),
        run=place.run,
        last=_stop(study, place),
        visited=_visited(study, place),
        held=_held(study, place),
        zoom=place.settings.get("zoom") is True,
        view=view if view in views.views(study) else "network",
        chosen=_chosen(place.settings.get("chosen")),
        page=_whole(place.settings.get("page"), 0),
        reached=_reached(place.settings.get("reached")),
        trail=_trail(study, place),
        settled=_stops(study, place.settings.get("settled")),
        closed=_stops(study, place.settings.get("closed")),
    )
    lines = _lines(place.settings.get("typed"))
    if lines:
        from nntutor.tui.state import yours

        study = yours.typed_again(study, lines, _FAR_WORK // bookmarks.work(study.timeline.original))
    # Many seeds are trained again in the background, where they are looked at: their weights would be a megabyte at
    # every step.
    looked_at = place.settings.get("seeds") is True and view == "seeds" and study.has_seeds
    return run_seeds(study) if looked_at else study


def _timelines(study: Study, place: Place) -> dict[str, Timeline]:
    """Every run where it stood. Raises KeyError, IndexError, ValueError where the place does not fit them."""
    fresh, since = study.timelines[place.run], place.since or place.iteration
    places = place.settings.get("places")
    stood = places if isinstance(places, dict) else {}
    _bound(study, place, since)
    edits = place.edits.get(place.run, ())
    if since == 1 and not place.params:
        timeline = fresh.edited(edits)
    else:
        params, slots = (frozen(np.frombuffer(saved, dtype="<f8")) for saved in (place.params, place.slots))
        timeline = Timeline.resumed(fresh.original, fresh.mistake, edits, since, 1, State(since - 1, params, slots))
    others = {
        name: _moved(one.edited(place.edits.get(name, ())), stood.get(name)) for name, one in study.timelines.items()
        if name != place.run
    }  # fmt: skip
    return {**others, place.run: timeline.to(place.iteration, place.step)}


def _bound(study: Study, place: Place, since: int) -> None:
    """Raises Unfit where being back takes more iterations than are waited for."""
    total = 0
    for name, timeline in study.timelines.items():
        last = max((edit.iteration for edit in place.edits.get(name, ())), default=1)
        first, end = (since, place.iteration) if name == place.run else (1, 1)
        total += max(last - first, end - first, 0) * bookmarks.work(timeline.original)
    if total > _MOST_WORK:
        raise Unfit("far")


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _chosen(value: object) -> Mapping[str, str]:
    views = value.items() if isinstance(value, dict) else ()
    return MappingProxyType({asked: view for asked, view in views if isinstance(view, str)})


def _reached(value: object) -> Mapping[str, int]:
    runs = value.items() if isinstance(value, dict) else ()
    return MappingProxyType({run: last for run, last in runs if isinstance(last, int)})


def _trail(study: Study, place: Place) -> tuple[Left, ...]:
    """The places that jumps have left; those without a run are of the one at hand."""
    value = place.settings.get("trail")
    left = [one if len(one) == 3 else (place.run, *one) for one in value] if isinstance(value, list) else []
    return tuple(Left(*one) for one in left if one[0] in study.timelines)


def _lines(value: object) -> Lines:
    return tuple((line[0], line[1]) for line in value) if isinstance(value, list) else ()


def _stops(study: Study, value: object) -> frozenset[int]:
    names = value if isinstance(value, list) else ()
    return frozenset(number for name in names if (number := _named_stop(study, name)) is not None)


def _moved(timeline: Timeline, place: object) -> Timeline:
    """Another run at the place where it stood; at its beginning where nothing is kept, or the way there is long."""
    if isinstance(place, list) and len(place) == 2 and place[0] <= _NEAR:
        return timeline.to(place[0], place[1])
    return timeline.to(1, 1)


def _stop(study: Study, place: Place) -> int:
    """The stop that the lesson had come to; where a place of an earlier version was between stops, the furthest."""
    number = _named_stop(study, place.stop)
    return _visited(study, place) if number is None else number


def _visited(study: Study, place: Place) -> int:
    """The furthest stop of those that there are now; never none."""
    stops = 0 if study.lesson is None else len(study.lesson.stops)
    return min(max(study.visited, _whole(place.settings.get("visited"), -1)), stops - 1)


def _held(study: Study, place: Place) -> int | None:
    number, stops = _whole(place.settings.get("held"), -1), () if study.lesson is None else study.lesson.stops
    return number if 0 <= number < len(stops) else None


def _named_stop(study: Study, stop: str) -> int | None:
    if study.lesson is None:
        return None
    ids = [one.id for one in study.lesson.stops]
    return ids.index(stop) if stop in ids else None


def _at_nearest_stop(study: Study, place: Place) -> Study:
    """At the stop of that name; where there is none any more, at the last one of the run that is not further on.

    It is said: what the learner had changed, or the run at hand, is gone.
    """
    number = _named_stop(study, place.stop)
    if number is None and study.lesson is not None:
        reached = Position(place.iteration, place.step)
        number = max(
            (
                number
                for number, stop in enumerate(study.lesson.stops)
                if stop.run == place.run and (study.place_of(stop) or reached) < reached
            ),
            default=0,
        )
    if number is not None:
        study = replace(moves.at_stop(study, number), visited=_visited(study, place))
    return replace(study, note=note("progress.lesson_changed"))
