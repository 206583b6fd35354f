"""The desk: what lies between the session and the files.

Opens lessons and problems, puts a learner back where the last session ended, and keeps the place while
they move. The session is a value and knows nothing of files; the app calls this after every action.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words as all_words
from nntutor.lessons.language.words import Note, Words
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui.state.session import THEMES, Home, Session

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.engine.edits import Edit
    from nntutor.core.engine.timeline import Timeline
    from nntutor.core.problems.network import Problem
    from nntutor.tui.state.study import Position, Study


# Jumps behind the place that can be gone back after a restart.
_TRAIL = 20
# Iterations that another run is taken to again; it costs the start some of its time.
_NEAR = 2000


class Desk:
    """Opens and keeps. `source` is the text of the user's own problem, kept so that it can be resumed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._source = ""
        self._saved: tuple[object, ...] = ()
        self._said: Note | None = None
        self._gone: Note | None = None
        self.digits = 0
        self.language = ""

    def home(self) -> Home:
        """The list of lessons with what is done and begun; picked: the first that is not done."""
        lessons = load.lessons()
        done = self._store.done()
        begun = tuple(
            (lesson.id, _stop_number(lesson, place.stop))
            for lesson in lessons
            if lesson.id not in done and (place := self._store.reached(lesson.id)) is not None
        )
        open_ones = [number for number, lesson in enumerate(lessons) if lesson.id not in done]
        broken = tuple(str(error) for error in load.broken())
        return Home(lessons, open_ones[0] if open_ones else 0, done, begun, broken=broken)

    @property
    def theme(self) -> str:
        """The theme that was chosen last, wherever that was."""
        kept = self._store.setting("theme")
        return kept if kept in THEMES else THEMES[0]

    def begin(self, lesson: str | None, problem: Problem | None) -> Study | None:
        """What the command line asks for; where it asks for nothing, what was open last."""
        if problem is not None:
            return self.open_problem(problem.title, problem)
        return self.resume() if lesson is None else self.open_lesson(lesson)

    def message(self, words: Words) -> str:
        """What there is to say, once: a file set aside or not writable, a lesson that is there no more; or nothing."""
        notes = [note for note in (self._store.note, self._gone) if note is not None and note is not self._said]
        self._said, self._gone = self._store.note, None
        return " ".join(words.say(key, **facts) for key, facts in notes)

    # --- opening ---------------------------------------------------------------------------------

    def open_lesson(self, name: str, fresh: bool = False) -> Study:
        """A lesson where it was left; at its first stop where that was the end."""
        from nntutor.lessons.course import builtin
        from nntutor.tui.state import moves

        lesson = load.find(name)
        if lesson is None:
            raise KeyError(name)
        self._source = ""
        problems = {run.id: builtin.of_run(run) for run in lesson.runs}
        mistakes = {run.id: run.mistake for run in lesson.runs}
        study = moves.opened(name, lesson, problems, mistakes)
        place = None if fresh else self._store.reached(name)
        ended = place is not None and name in self._store.done() and place.stop == lesson.stops[-1].id
        return study if place is None or ended else _placed(study, place)

    def open_problem(self, name: str, problem: Problem) -> Study:
        """A problem of the user's own at its first step."""
        from nntutor.core.files import writing
        from nntutor.tui.state import moves

        self._source = writing.write(problem)
        return moves.opened(name, None, {"main": problem}, {})

    def resume(self) -> Study | None:
        """Where the newest session that is gone was; None where it was in the list, or nowhere."""
        place = self._store.latest()
        if place is None or place.what == "list":
            return None
        digits = place.settings.get("digits", 0)
        self.digits = digits if isinstance(digits, int) else 0
        self.language = str(place.settings.get("language", ""))
        if place.what == "lesson":
            if load.find(place.name) is None:
                self._gone = ("progress.lesson_gone", {"lesson": place.name})
                return None
            return _placed(self.open_lesson(place.name, fresh=True), place)
        from nntutor.core.files.problem import parse

        problem = parse(place.problem, place.name, None)
        return _placed(self.open_problem(place.name, problem), place)

    # --- keeping ---------------------------------------------------------------------------------

    def keep(self, before: Session, after: Session) -> Session:
        """Save the place if it is another one, show what became of the list, and say what cannot be saved."""
        after = self._kept(before, after)
        if self._store.note is self._said:
            return after
        return replace(after, home=replace(after.home, message=self.message(all_words.load(after.language))))

    def _kept(self, before: Session, after: Session) -> Session:
        if after.theme != before.theme:
            self._store.keep_setting("theme", after.theme)
        study = after.study
        if study is None:
            if before.study is not None:
                self._store.save(_list_place(after))
                self._saved = ()
                home = self.home()
                after = replace(after, home=replace(home, picked=after.home.picked))
            return after
        if study.running is not None:
            return after
        if study.finished and study.name not in after.home.done:
            self._store.mark_done(study.name)
            after = replace(after, home=replace(after.home, done=after.home.done | {study.name}))
        edits = _edits(study)
        now = (study.name, study.run, study.place, edits, study.view, study.zoom, study.stop, study.page, study.trail)
        settings = (after.digits, after.language)
        if (*now, *settings) != self._saved:
            self._saved = (*now, *settings)
            self._store.save(_place(after, study, self._source))
        return after

    def close(self, session: Session) -> None:
        self._store.close()


def _stop_number(lesson: Lesson, stop: str) -> int:
    ids = [one.id for one in lesson.stops]
    return ids.index(stop) if stop in ids else 0


def _settings(session: Session) -> Mapping[str, object]:
    return {"digits": session.digits, "language": session.language}


def _edits(study: Study) -> dict[str, tuple[Edit, ...]]:
    return {run: one.edits for run, one in study.timelines.items() if one.edits}


def _list_place(session: Session) -> Place:
    return Place("list", "", "", "", {}, 1, 1, "", _settings(session), b"", b"")


def _place(session: Session, study: Study, source: str) -> Place:
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
        _edits(study),
        timeline.iteration,
        timeline.step,
        stop,
        settings,
        before.params.tobytes(),
        before.slots.tobytes(),
    )


def _placed(study: Study, place: Place) -> Study:
    """The study at a saved place; where the lesson has other numbers now, at its nearest stop."""
    import numpy as np

    from nntutor.core.arrays import frozen
    from nntutor.core.engine.program import State
    from nntutor.core.engine.timeline import Timeline
    from nntutor.tui.state import panels, views
    from nntutor.tui.state.runs import run_seeds

    if place.run not in study.timelines:
        return study
    fresh = study.timelines[place.run]
    if place.settings.get("numbers", fingerprint(fresh.original)) != fingerprint(fresh.original):
        return replace(_at_nearest_stop(study, place), note=panels.note("progress.lesson_changed"))
    params, slots = (frozen(np.frombuffer(saved, dtype="<f8")) for saved in (place.params, place.slots))
    state, edits = State(place.iteration - 1, params, slots), place.edits.get(place.run, ())
    try:
        timeline = Timeline.resumed(fresh.original, fresh.mistake, edits, place.iteration, place.step, state)
        places = place.settings.get("places")
        stood = places if isinstance(places, dict) else {}
        others = {
            name: _moved(_edited(one, place.edits.get(name, ())), stood.get(name))
            for name, one in study.timelines.items()
        }
    except (KeyError, IndexError, ValueError):
        return _at_nearest_stop(study, place)
    view = str(place.settings.get("view", "network"))
    study = replace(
        study,
        timelines=MappingProxyType({**others, place.run: timeline}),
        run=place.run,
        visited=_whole(place.settings.get("visited"), -1),
        zoom=place.settings.get("zoom") is True,
        view=view if view in views.views(study) else "network",
        page=_whole(place.settings.get("page"), 0),
        reached=_reached(place.settings.get("reached")),
        trail=_trail(place.settings.get("trail")),
    )
    number = _named_stop(study, place.stop)
    if number is not None and study.place_of(study.lesson.stops[number]) == study.place:  # type: ignore[union-attr]
        study = replace(study, shown=MappingProxyType({(study.run, *study.place): number}))
    # Many seeds are trained again in the background: their weights would be a megabyte at every step.
    return run_seeds(study) if place.settings.get("seeds") is True else study


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _reached(value: object) -> Mapping[str, int]:
    runs = value.items() if isinstance(value, dict) else ()
    return MappingProxyType({run: last for run, last in runs if isinstance(last, int)})


def _trail(value: object) -> tuple[Position, ...]:
    from nntutor.tui.state.study import Position

    pairs = value if isinstance(value, list) else []
    return tuple(Position(*pair) for pair in pairs if isinstance(pair, list) and len(pair) == 2)


def _places(study: Study) -> dict[str, tuple[int, int]]:
    """Where the lesson's other runs stand, by run, where that is not their beginning."""
    others = {name: (one.iteration, one.step) for name, one in study.timelines.items() if name != study.run}
    return {name: place for name, place in others.items() if place != (1, 1)}


def _moved(timeline: Timeline, place: object) -> Timeline:
    """Another run at the place where it stood, unless the way there is long."""
    if isinstance(place, list) and len(place) == 2 and place[0] <= _NEAR:
        return timeline.to(place[0], place[1])
    return timeline


def _edited(timeline: Timeline, edits: tuple[Edit, ...]) -> Timeline:
    """Another run of the lesson with its edits."""
    for edit in edits:
        timeline = timeline.to(edit.iteration).edit(edit.ref, edit.value)
    return timeline


def _named_stop(study: Study, stop: str) -> int | None:
    if study.lesson is None:
        return None
    ids = [one.id for one in study.lesson.stops]
    return ids.index(stop) if stop in ids else None


def _at_nearest_stop(study: Study, place: Place) -> Study:
    """At the stop of that name; where there is none any more, at the last one of the run that is not further on."""
    from nntutor.tui.state import moves

    number = _named_stop(study, place.stop)
    if number is None and study.lesson is not None:
        reached = (place.iteration, place.step)
        number = max(
            (
                number
                for number, stop in enumerate(study.lesson.stops)
                if stop.run == place.run and (study.place_of(stop) or reached) < reached
            ),
            default=0,
        )
    return study if number is None else moves.at_stop(study, number)


@lru_cache(maxsize=64)
def fingerprint(problem: Problem) -> int:
    """Tells a run's numbers from those that it had in another version of its lesson."""
    facts = (problem.network.sizes, [layer.activation for layer in problem.network.layers], problem.optimizer,
             problem.error, problem.batch, problem.shuffle, problem.seed, problem.surface)  # fmt: skip
    known = zlib.crc32(repr(facts).encode())
    arrays = [array for layer in problem.network.layers for array in (layer.weights, layer.bias)]
    for array in (*arrays, problem.samples.inputs, problem.samples.targets):
        known = zlib.crc32(b"" if array is None else array.tobytes(), known)
    return known
