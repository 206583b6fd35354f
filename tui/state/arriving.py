"""The study at another place: how far its lesson has been read, and, where training has diverged, why the run ends."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from nntutor.core.engine.timeline import Timeline
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.study import Study


def moved(study: Study, timeline: Timeline) -> Study:
    """The same study at another place of its run; the other runs come along when they are looked at."""
    timelines = MappingProxyType({**study.timelines, study.run: timeline})
    reached = MappingProxyType({**study.reached, study.run: max(study.reached_here, timeline.iteration)})
    study = replace(study, timelines=timelines, page=0, note=None, reached=reached, held=None)
    if study.stop == study.last + 1:
        study = read(study, study.last + 1)
    if timeline.trace.diverged and timeline.step >= (timeline.trace.diverges_at or len(timeline.trace)):
        # Where every number shown is finite, it is E with the new weights that is not.
        key = "status.diverged_after" if timeline.trace.diverges_at is None else "status.diverged"
        study = replace(study, note=_why_it_ends(study, key, timeline.iteration))
    return study


def _why_it_ends(study: Study, key: str, iteration: int) -> Note:
    """Why the run ends, and what takes it back where the learner's own change has brought it there."""
    advice = note("status.diverged_way") if study.timeline.edits else ""
    return note(key, iteration=iteration, advice=advice)


def short_of(study: Study, iteration: int) -> Study:
    """The study that says why it has not come to an iteration, where training has diverged before."""
    if study.note is not None or study.timeline.diverged is None or study.place.iteration >= iteration:
        return study
    return replace(study, note=_why_it_ends(study, "status.diverged", study.timeline.diverged))


def read(study: Study, number: int) -> Study:
    """The lesson has come to a stop; one after a gap is not counted as long as the gap is there."""
    furthest = max(study.visited, number) if number <= study.visited + 1 else study.visited
    return replace(study, last=number, visited=furthest)


def arrived_at(study: Study, number: int) -> Study:
    """The same place as the place of a stop; where the stop's own is not to be had any more, with its text."""
    assert study.lesson is not None
    stop = study.lesson.stops[number]
    there = study.run == stop.run and study.place == study.place_of(stop)
    return read(replace(study, held=None if there else number), number)
