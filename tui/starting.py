"""How a screen begins: what is kept about the learner, what is opened, what the terminal says of itself; the app."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from nntutor.core.notation.style import Style
from nntutor.lessons.language.words import load
from nntutor.lessons.learner.places import Store
from nntutor.tui import beginning
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.state.keys import DEFAULT, Keymap
from nntutor.tui.state.session import Message, Opened
from nntutor.tui.terminal import background
from nntutor.tui.terminal.probe import Keys
from nntutor.tui.terminal.textual_settings import served

if TYPE_CHECKING:
    from nntutor.core.notation.symbols import Ref
    from nntutor.core.problems.network import Problem
    from nntutor.lessons.learner.sources import Source
    from nntutor.tui.state.study import Yours


def run(
    lesson: str | None,
    problem: Problem | None,
    source: Source | None = None,
    *,
    language: str,
    keep_language: bool,
    ascii_look: bool,
    colours: int,
    keymap: Keymap = DEFAULT,
    typed: Keys = (),
    silent: bool = False,
    yours: Mapping[tuple[int, Ref], Yours] | None = None,
) -> int:
    """Open a lesson, a problem, or what was open last, and stay until the learner leaves; the exit status.

    source: what is kept of the problem's file. keep_language: `language` was asked for, so a resumed place does not
    bring its own. typed: keys pressed already. silent: the terminal has not answered what it was asked.
    yours: the learner's own numbers of the problem.
    """
    with closing(Store.open()) as store:
        desk = Desk(store)
        opening = desk.begin(lesson, problem, source, yours)
        if colours and not desk.knows_background:
            behind = background.found(os.environ, silent)
            desk.remember(behind)
            typed += behind.typed
        style = Style.ASCII if ascii_look else Style.UNICODE
        session = beginning.session(desk, opening, language, style, keymap, colours, lambda _: not keep_language)
        session = replace(session, mouse=session.mouse or served(os.environ))
        tutor = Tutor(session, desk, typed)
        if opening is not None:
            tutor.become(Opened(opening.study, opening.digits))
        if lesson is None and problem is None:
            tutor.session = desk.reviewed(tutor.session)
        if said := desk.message(load(session.language)):
            tutor.become(Message(said))
        tutor.run(mouse=False)  # Textual's own way would have every move reported
    if tutor.fault is not None:
        raise tutor.fault
    return tutor.exit_status
