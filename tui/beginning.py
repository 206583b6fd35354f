"""The session that a start begins with, on the screen and in lines: what was asked for, what is kept, what is open."""

from __future__ import annotations

import random
from collections.abc import Callable

from nntutor.core.notation.style import Style
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.desk import Desk, Opening
from nntutor.tui.state.keys import Keymap
from nntutor.tui.state.session import SEEDS, Session


def session(
    desk: Desk,
    opening: Opening | None,
    language: str,
    style: Style,
    keymap: Keymap,
    colours: int,
    can_say: Callable[[str], bool],
) -> Session:
    """With nothing open yet. can_say: whether the place may bring this language of its own."""
    brought = "" if opening is None else opening.language
    return Session(
        desk.home() if opening is None else desk.learned(),
        brought if brought in LANGUAGES and can_say(brought) else language,
        style,
        keymap=keymap,
        theme=desk.theme,
        colours=colours,
        mouse=desk.mouse,
        questions=desk.questions,
        known=desk.known,
        seed=random.SystemRandom().randrange(1, SEEDS),
    )
