"""The loop of the tutor line by line: a line becomes keys, keys make the next session, what is another is told.

It computes and words nothing. What takes time or touches files, runs and saving, is done from here, as the app does it
for the screen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from nntutor.lessons.language.words import Note, note
from nntutor.tui import acting
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.canvas.saying import said
from nntutor.tui.faults import Faults
from nntutor.tui.output import Output, can_say
from nntutor.tui.plain import extents, home, lines, telling
from nntutor.tui.plain.interrupts import Interrupts
from nntutor.tui.plain.reading import LONGEST, is_a_person
from nntutor.tui.plain.spoken import words_of
from nntutor.tui.state.panels import Line
from nntutor.tui.state.session import Action, Message, Press, Ran, Session, Tick

if TYPE_CHECKING:
    from nntutor.core.engine.training import Chunk
    from nntutor.tui.state.study import Study

_CHUNK_SECONDS = 0.1
_SILENT = 5.0
"""Seconds of a run after which a person at a terminal is told how far it is."""


class Plain:
    """One session and the streams."""

    def __init__(self, session: Session, desk: Desk, out: Output, interrupts: Interrupts) -> None:
        self.session = session
        self._desk, self._out, self._interrupts = desk, out, interrupts
        self._action: Action = Message("")
        self._faults = Faults()

    # --- acting ----------------------------------------------------------------------------------

    def act(self, action: Action) -> None:
        """The next session, saved, with the run that it asks for at its end."""
        before = self.session
        self.become(action)
        if not can_say(self.session.language, sys.stdout):
            self.session = replace(self.session, language=before.language)
            self.say([words_of(self.session).say("plain.no_language")])
        self.session = acting.kept(before, self.session, self._action, self._desk, self._faults)
        if (number := self._running()) is not None and not isinstance(action, Ran):
            self._run(number)

    def become(self, action: Action) -> None:
        """The session after an action; where there is none by a mistake of ours, the one before, which says so."""
        self.session, self._action = acting.became(self.session, action, extents, self._desk, self._faults)
        self.session = acting.exported(self.session, self._action, self._faults)

    def _run(self, number: int) -> None:
        """Carry out a run; ctrl+c stops it where it is."""
        study, last = self.session.study, monotonic()
        assert study is not None
        with self._interrupts.during_run():
            if is_a_person():
                self.say([words_of(self.session).say("plain.running")])
            for chunk in self._chunks(study):
                self.act(Ran(number, chunk))
                if self._interrupts.stopped or not self._runs(number):
                    break
                if is_a_person() and monotonic() - last > _SILENT:
                    last = monotonic()
                    self._tell_progress()
        if self._runs(number):
            self.act(Press("escape"))
        elif (following := self._running()) is not None:  # the stop that it led to begins one of its own
            self._run(following)

    def _chunks(self, study: Study) -> Iterator[Chunk]:
        """The pieces of a run; where it ends by a mistake of ours, the place is where it began."""
        try:
            yield from study.chunks(_CHUNK_SECONDS)
        except Exception as error:
            before = self.session
            self.session = next(self._faults.instead(error, Press("run"), before, before))

    def _running(self) -> int | None:
        study = self.session.study
        return None if study is None or study.running is None else study.running.number

    def _runs(self, number: int) -> bool:
        return self._running() == number

    def _plays(self) -> int | None:
        study = self.session.study
        return None if study is None or study.playing is None else study.playing.number

    def _play(self, before: Session) -> None:
        """One step after the other, each told, up to the iteration's end; no clock: who listens has a pace."""
        with self._interrupts.during_run():
            while (number := self._plays()) is not None and not self._interrupts.stopped:
                self.tell(before)
                before = self.session
                self.act(Tick(number))
        if self._plays() is not None:
            self.act(Press("escape"))
        self.tell(before)

    def _tell_progress(self) -> None:
        study = self.session.study
        if study is not None and study.running is not None and not study.running.seeds:
            self.say([words_of(self.session).say("plain.ran", iteration=study.on_its_way.newest)])

    # --- lines -----------------------------------------------------------------------------------

    def take(self, line: str) -> bool:
        """Do what a line says and tell what came of it; whether to go on."""
        before = self.session
        try:
            meant = lines.meant(before, line)
        except Exception as error:
            self.session = next(self._faults.instead(error, Message(""), before, before))
            self.tell(before)
            return True
        if meant.wrong is not None:
            self._say_note(meant.wrong)
            return True
        for action in meant.actions:
            self.act(action)
            if self._wrong():
                break
        if (number := self._plays()) is not None:
            self.act(Tick(number))
            self._play(before)
            return True
        match meant.own:
            case "quit":
                return False
            case "help":
                self.say(home.help_lines(self.session, words_of(self.session)))
            case "repeat":
                self.say(self._safely(telling.everything, None))
            case "look" if self.session.study is not None:
                self.say(self._safely(telling.view, None))
            case "look":
                self.say(self._safely(telling.everything, None))
            case _:
                self.tell(before)
        if self._wrong():  # what was typed is told with what is wrong with it, and asked for no longer
            self.act(Press("escape"))
        return not self.session.leaving

    def _wrong(self) -> bool:
        """Whether a typed line could not be taken."""
        panel = self.session.study.panel if self.session.study is not None else None
        return isinstance(panel, Line) and panel.wrong is not None

    # --- telling ---------------------------------------------------------------------------------

    def tell(self, before: Session | None) -> None:
        """What is another now than in the session before; in an ending one, nothing."""
        if not self.session.leaving:
            self.say(self._safely(lambda session: telling.told(before, session), before))

    def _safely(self, tell: Callable[[Session], list[str]], good: Session | None) -> list[str]:
        """The telling; where it fails by a mistake of ours, of the nearest session that can be told, which says so."""
        try:
            return tell(self.session)
        except Exception as error:
            for other in self._faults.instead(error, self._action, good, self.session):
                with suppress(Exception):
                    found = [other.home.message, *telling.everything(other)]
                    self.session = other
                    return found
            raise

    def say(self, sentences: list[str]) -> None:
        self._out.lines(iter(sentences))

    def _say_note(self, wrong: Note) -> None:
        self.say([said(wrong, words_of(self.session), look_of(self.session))])

    def too_long(self) -> None:
        self._say_note(note("plain.too_long", most=LONGEST))
