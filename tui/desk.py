"""The desk: what lies between the session and the files.

Opens lessons and problems, puts a learner back where the last session ended, and keeps the place while
they move. The session is a value and knows nothing of files; the app calls this after every action.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words as all_words
from nntutor.lessons.language.words import Note, Words
from nntutor.lessons.learner.places import Place, Store
from nntutor.lessons.learner.review import MOST, due, is_known
from nntutor.lessons.learner.rows import Unfit
from nntutor.tui import bookmarks
from nntutor.tui.bookmarks import Weights
from nntutor.tui.preferences import Preferences
from nntutor.tui.state.session import Home, Result, Session, unfinished

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.notation.symbols import Ref
    from nntutor.core.problems.network import Problem
    from nntutor.lessons.learner.sources import Source
    from nntutor.tui.state.study import Study, Yours


_OVER = {"progress.unsaved": "progress.unsaved_over", "progress.older": "progress.older_over"}
"""What is said in place of a sentence that promises something of the next key."""


@dataclass(frozen=True)
class Opening:
    """What the tutor opens with; digits 0 and language "" where there are none of the last session's."""

    study: Study
    digits: int = 0
    language: str = ""


class Desk(Preferences):
    """Opens and keeps."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._source: Source | None = None  # where the learner's own problem comes from
        self._weights: Weights | None = None
        self._saved: tuple[object, ...] = ()
        self._unsaved = ""  # what stands on the screen as long as nothing is saved
        self._gone: Note | None = None

    def home(self) -> Home:
        """The list of lessons with what is done and begun; picked: the one read last, or the next that is not done."""
        home, left = self.learned(), self._store.begun()
        begun = tuple(
            (lesson.id, _furthest(lesson, *left[lesson.id]))
            for lesson in home.lessons
            if lesson.id not in home.done and lesson.id in left
        )
        picked = unfinished(home.lessons, home.done, next(reversed(left), ""))
        return replace(home, picked=picked, begun=begun, broken=tuple(str(error) for error in load.broken()))

    def learned(self) -> Home:
        """What is done and known, for a start in a lesson: the list itself is read when it is gone to (`keep`)."""
        done = self._store.done()
        return Home(load.lessons(), done=done, tested=done & self._store.tested(), skills=self._store.skills())

    @property
    def known(self) -> frozenset[str]:
        """The skills whose questions do not, as they have been shown of late."""
        now = time.time()
        return frozenset(name for name, skill in self._store.skills().items() if is_known(skill, now))

    def begin(
        self,
        lesson: str | None,
        problem: Problem | None,
        source: Source | None = None,
        yours: Mapping[tuple[int, Ref], Yours] | None = None,
    ) -> Opening | None:
        """What the command line asks for, with the learner's own numbers; where for nothing, what was open last."""
        if problem is not None:
            study = self._opened(problem, None, source)
            if yours is None:
                return Opening(study)
            # Another door, as in `_opened`.
            from nntutor.tui.state.yours import opened

            return Opening(opened(study, yours))
        return self.resume() if lesson is None else Opening(self.open_lesson(lesson))

    def due(self) -> tuple[str, ...]:
        """The skills that a review at a start asks for; of questions that there are no more, none."""
        skills = self._store.skills()
        late = due(skills, skills.keys(), time.time(), len(skills))
        if not late:
            return ()
        # Another door: few starts ask.
        from nntutor.lessons.course.again import there_are

        return tuple(there_are(late)[:MOST])

    def reviewed(self, session: Session) -> Session:
        """The session with what is due asked first, over whatever it opened with."""
        series = self.due()
        if not series:
            return session
        # Another door: few starts ask.
        from nntutor.tui.state.practising import reviewed

        return reviewed(session, series)

    def message(self, words: Words, over: bool = False) -> str:
        """What there is to say: once, what was set aside or is gone; as long as it is so, what is not saved.

        over: no key follows, at which saving would be tried again.
        """
        told, self._store.told = self._store.told, []
        once = [_said(note, words) for note in (*told, self._gone) if note is not None]
        self._gone, note = None, self._store.note
        self._unsaved = "" if note is None else unsaved(note, words, over)
        return " ".join(filter(None, (*once, self._unsaved)))

    # --- opening ---------------------------------------------------------------------------------

    def open_lesson(self, name: str, anew: bool = False, stop: int | None = None) -> Study:
        """A lesson where it was left, or from there at a stop; at its first where that was the end, or anew."""
        study = self._lesson(name, anew)
        if stop is None:
            return study
        from nntutor.tui.state import moves

        return moves.at_stop(study, stop)

    def _lesson(self, name: str, anew: bool) -> Study:
        lesson = load.find(name)
        if lesson is None:
            raise KeyError(name)
        place = self._store.reached(name)
        ended = place is not None and name in self._store.done() and place.stop == lesson.stops[-1].id
        if place is None or ended or anew:
            return self._opened(lesson)
        try:
            return self._opened(lesson, place)
        except Exception as error:  # whatever the file holds, it must not keep a lesson closed
            self._store.refuse(place, _part(error))
            return self._opened(lesson)

    def resume(self) -> Opening | None:
        """Where the newest session that is gone was; None where it was in the list, or nowhere.

        A place that cannot be opened is set aside, and the one before it is gone to.
        """
        while (place := self._store.latest()) is not None and place.what != "list":
            lesson = load.find(place.name) if place.what == "lesson" else None
            if place.what == "lesson" and lesson is None:
                self._gone = ("progress.lesson_gone", {"lesson": place.name})
                return None
            try:
                study = self._opened(lesson, place)
            except Exception as error:  # whatever the file holds, it must not end every start
                if path := _data_gone(error):
                    self._store.leave(place)
                    self._gone = ("progress.data_gone", {"name": path})
                    return None
                self._store.refuse(place, _part(error))
                continue
            digits = place.settings.get("digits", 0)
            language = str(place.settings.get("language", ""))
            return Opening(study, digits if isinstance(digits, int) else 0, language)
        return None

    def _opened(self, what: Lesson | Problem | None, place: Place | None = None, source: Source | None = None) -> Study:
        """A lesson, a problem, or (None) the problem whose text the place holds; at the place, where there is one.

        One of the doors behind which NumPy is loaded: the list of lessons stands 100 ms sooner without it.
        """
        from nntutor.tui import resume

        study, self._source = resume.opened(what, place, source)
        return study

    # --- keeping ---------------------------------------------------------------------------------

    def keep(self, before: Session, after: Session) -> Session:
        """Save the place if it is another one, show what became of the list, and say what is not saved."""
        if self._store.note is not None:
            self._store.retry()
        after = self._kept(before, after)
        if not (self._unsaved or self._store.note or self._store.told):
            return after
        shown = after.home.message.replace(self._unsaved, "").strip()
        now = self.message(all_words.load(after.language))
        return replace(after, home=replace(after.home, message=f"{shown} {now}".strip()))

    def _kept(self, before: Session, after: Session) -> Session:
        self.keep_chosen(before, after)
        if after.result is not None and after.result != before.result:
            after = self._answered(after, after.result)
        if after.visit is not None:
            return after
        before, study = _below(before), after.study
        if study is None:
            if before.study is not None:
                self._store.save(bookmarks.in_the_list(after))
                self._saved = ()
                # A problem stands nowhere in the list.
                home, picked = self.home(), after.home.picked
                after = replace(after, home=home if before.study.lesson is None else replace(home, picked=picked))
            return after
        if study.running is not None:
            return after
        if (
            study.answered is not None
            and study.answered.skill
            and (before.study is None or study.answered != before.study.answered)
        ):
            self._store.answered(study.answered.skill, study.answered.outcome)
            after = replace(after, home=replace(after.home, skills=self._store.skills()), known=self.known)
        if study.finished and (study.name not in after.home.done or study.name in after.home.tested):
            self._store.mark_done(study.name)
            done, tested = after.home.done | {study.name}, after.home.tested - {study.name}
            after = replace(after, home=replace(after.home, done=done, tested=tested))
        edits = bookmarks.edits(study)
        now = (study.name, study.run, study.place, edits, study.view, study.zoom, study.last, study.page, study.trail)
        settings = (after.digits, after.language, study.held, study.settled, study.closed, study.typed)
        if (*now, *settings) != self._saved:
            self._saved = (*now, *settings)
            self._weights = bookmarks.weights(study, self._weights)
            self._store.save(bookmarks.of_study(after, study, self._source, self._weights))
        return after

    def _answered(self, session: Session, result: Result) -> Session:
        """A problem that has ended, kept; the lesson that it stands for is done."""
        self._store.answered(result.skill, result.outcome)
        session = replace(session, known=self.known)
        home = replace(session.home, skills=self._store.skills())
        if result.passed and result.passed not in home.done:
            self._store.mark_tested(result.passed)
            home = replace(home, done=home.done | {result.passed}, tested=home.tested | {result.passed})
        return replace(session, home=home)

    def close(self, session: Session) -> None:
        """The end: with the weights of the place itself, so that the next start runs nothing again."""
        session = _below(session)
        study, kept = session.study, self._weights
        if study is not None and study.running is None and kept is not None and kept.iteration != study.place.iteration:
            self._store.save(bookmarks.of_study(session, study, self._source, bookmarks.own_weights(study)))
        self._store.close()


def _below(session: Session) -> Session:
    """The session without what it has open for a question of a review alone, of which no place is kept."""
    if session.visit is None:
        return session
    from nntutor.tui.state.visits import below

    return below(session)


def unsaved(note: Note, words: Words, over: bool) -> str:
    """Why nothing is saved; over: no key follows."""
    key, facts = note
    return _said((_OVER.get(key, key) if over else key, facts), words)


def _said(note: Note, words: Words) -> str:
    key, facts = note
    part = {"part": words.say(f"progress.part_{facts['part']}")} if "part" in facts else {}
    return words.say(key, **{**facts, **part})


def _part(error: Exception) -> str:
    """What of a place is to blame for an error in opening it."""
    return str(error) if isinstance(error, Unfit) else "problem"


def _data_gone(error: Exception) -> str:
    """The paths of files of the problem that cannot be read any more, where this is what went wrong."""
    from nntutor.tui.resume import DataGone

    return str(error) if isinstance(error, DataGone) else ""


def _furthest(lesson: Lesson, stop: str, visited: int) -> int:
    """The stop up to which a lesson has been read, of those that it has now."""
    ids = [one.id for one in lesson.stops]
    return max(min(visited, len(ids) - 1), ids.index(stop) if visited < 0 and stop in ids else 0)
