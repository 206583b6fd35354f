"""The desk: what lies between the session and the files.

Opens lessons and problems, puts a learner back where the last session ended, and keeps the place while
they move. The session is a value and knows nothing of files; the app calls this after every action.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words as all_words
from nntutor.lessons.language.words import Note, Words
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui import bookmarks
from nntutor.tui.state.session import THEMES, Home, Session

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.problems.network import Problem
    from nntutor.tui.state.study import Study


@dataclass(frozen=True)
class Opening:
    """What the tutor opens with; digits 0 and language "" where there are none of the last session's."""

    study: Study
    digits: int = 0
    language: str = ""


class Desk:
    """Opens and keeps. `source` is the text of the user's own problem, kept so that it can be resumed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._source = ""
        self._saved: tuple[object, ...] = ()
        self._said: Note | None = None
        self._gone: Note | None = None

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

    def begin(self, lesson: str | None, problem: Problem | None) -> Opening | None:
        """What the command line asks for; where it asks for nothing, what was open last."""
        if problem is not None:
            return Opening(self._opened(problem))
        return self.resume() if lesson is None else Opening(self.open_lesson(lesson))

    def message(self, words: Words) -> str:
        """What there is to say, once: a file set aside or not writable, a lesson that is there no more; or nothing."""
        notes = [note for note in (self._store.note, self._gone) if note is not None and note is not self._said]
        self._said, self._gone = self._store.note, None
        return " ".join(words.say(key, **facts) for key, facts in notes)

    # --- opening ---------------------------------------------------------------------------------

    def open_lesson(self, name: str) -> Study:
        """A lesson where it was left; at its first stop where that was the end."""
        lesson = load.find(name)
        if lesson is None:
            raise KeyError(name)
        place = self._store.reached(name)
        ended = place is not None and name in self._store.done() and place.stop == lesson.stops[-1].id
        return self._opened(lesson, None if ended else place)

    def resume(self) -> Opening | None:
        """Where the newest session that is gone was; None where it was in the list, or nowhere."""
        place = self._store.latest()
        if place is None or place.what == "list":
            return None
        lesson = load.find(place.name) if place.what == "lesson" else None
        if place.what == "lesson" and lesson is None:
            self._gone = ("progress.lesson_gone", {"lesson": place.name})
            return None
        study = self._opened(lesson, place)
        digits = place.settings.get("digits", 0)
        language = str(place.settings.get("language", ""))
        return Opening(study, digits if isinstance(digits, int) else 0, language)

    def _opened(self, what: Lesson | Problem | None, place: Place | None = None) -> Study:
        """A lesson, a problem, or (None) the problem whose text the place holds; at the place, where there is one.

        One of the doors behind which NumPy is loaded: the list of lessons stands 100 ms sooner without it.
        """
        from nntutor.tui import resume

        study, self._source = resume.opened(what, place)
        return study

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
                self._store.save(bookmarks.in_the_list(after))
                self._saved = ()
                home = self.home()
                after = replace(after, home=replace(home, picked=after.home.picked))
            return after
        if study.running is not None:
            return after
        if study.finished and study.name not in after.home.done:
            self._store.mark_done(study.name)
            after = replace(after, home=replace(after.home, done=after.home.done | {study.name}))
        edits = bookmarks.edits(study)
        now = (study.name, study.run, study.place, edits, study.view, study.zoom, study.stop, study.page, study.trail)
        settings = (after.digits, after.language)
        if (*now, *settings) != self._saved:
            self._saved = (*now, *settings)
            self._store.save(bookmarks.of_study(after, study, self._source))
        return after

    def close(self, session: Session) -> None:
        self._store.close()


def _stop_number(lesson: Lesson, stop: str) -> int:
    ids = [one.id for one in lesson.stops]
    return ids.index(stop) if stop in ids else 0
