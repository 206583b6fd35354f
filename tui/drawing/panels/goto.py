"""A line that is asked for: where to go to, the error to run down to, or numbers of the learner's own."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Piece, Row, headed, wrapped
from nntutor.tui.drawing.canvas.typed import typed
from nntutor.tui.state.panels import Asking
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import Study
from nntutor.tui.state.writing import earlier

_ASKED = {
    "goto": ("goto.ask", "goto.example"), "goal": ("run.goal_ask", "run.goal_example"),
    "yours": ("yours.ask", "yours.example"),
}  # fmt: skip
_LATER = "yours.ask_later", "yours.example_later"


def rows(session: Session, study: Study, panel: Asking, words: Words) -> list[Row]:
    # Numbers count for the iteration at hand: of who has run on, right ones of iteration 1 would all be wrong.
    iteration = study.timeline.iteration
    said = _LATER if panel.what == "yours" and iteration > 1 else _ASKED[panel.what]
    title, example = (words.say(key, iteration=iteration) for key in said)
    width, look = session.width, look_of(session)
    drawn = [
        *headed(title, example, width),
        *typed(Piece(" : ", "key"), panel.line, width, look),
    ]
    if panel.wrong is not None:
        key, facts = panel.wrong
        drawn += [(Piece(f" {line}", "warning"),) for line in wrapped(words.say(key, **facts), width - 2)]
    return drawn


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "continue"), "continue"),
        *([(non_text_key(session, "unit_previous"), "earlier")] if earlier(session) else []),
        (non_text_key(session, "escape"), "close"),
    ]
