"""What a line has been found to mean."""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.lessons.language.words import Note
from nntutor.tui.state.session import Action


@dataclass(frozen=True)
class Meant:
    """The keys that a line stands for; own: what only lines have, after them; wrong: why it stands for none."""

    actions: tuple[Action, ...] = ()
    own: str = ""
    wrong: Note | None = None
