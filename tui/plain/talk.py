"""Opening and reading: a lesson, a problem or what was open last, then line after line until their end."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from nntutor.core.notation.style import Style
from nntutor.lessons.language.words import load
from nntutor.lessons.learner.places import Store
from nntutor.tui import beginning
from nntutor.tui.desk import Desk
from nntutor.tui.output import Output, can_say
from nntutor.tui.plain.interrupts import Ended, Interrupts
from nntutor.tui.plain.loop import Plain
from nntutor.tui.plain.reading import read
from nntutor.tui.plain.spoken import words_of
from nntutor.tui.state.keys import DEFAULT, Keymap
from nntutor.tui.state.session import Message, Opened

if TYPE_CHECKING:
    from nntutor.core.notation.symbols import Ref
    from nntutor.core.problems.network import Problem
    from nntutor.lessons.learner.sources import Source
    from nntutor.tui.state.study import Yours


def run(
    lesson: str | None,
    problem: Problem | None,
    source: Source | None,
    out: Output,
    *,
    keep_language: bool,
    keymap: Keymap = DEFAULT,
    yours: Mapping[tuple[int, Ref], Yours] | None = None,
) -> int:
    """Open a lesson, a problem, or what was open last, and take lines until their end; the exit status.

    The arguments are those of the app. Raises what writing raises.
    """
    interrupts = Interrupts()
    with closing(Store.open()) as store:
        desk = Desk(store)
        style = Style.ASCII if out.ascii else Style.UNICODE
        opening = desk.begin(lesson, problem, source, yours)
        session = beginning.session(
            desk,
            opening,
            out.words.language,
            style,
            keymap,
            0,
            lambda brought: not keep_language and can_say(brought, sys.stdout),
        )
        plain = Plain(session, desk, out, interrupts)
        try:
            with interrupts.taken():
                if opening is not None:
                    plain.act(Opened(opening.study, opening.digits))
                if lesson is None and problem is None:
                    plain.session = desk.reviewed(plain.session)
                if message := desk.message(load(session.language)):
                    plain.act(Message(message))
                _taken(plain, out)
                status = 0
        except Ended as ended:
            status = ended.args[0]
            with suppress(OSError, ValueError):
                sys.stdout.write("\n")
        finally:
            desk.close(plain.session)
        if not status:
            words = words_of(plain.session)
            plain.say([desk.message(words, over=True) or words.say("plain.quit")])
    return status


def _taken(plain: Plain, out: Output) -> None:
    plain.say([words_of(plain.session).say("plain.begin")])
    plain.tell(None)
    for line in read(out):
        if line is None:
            plain.too_long()
        elif not plain.take(line):
            break
