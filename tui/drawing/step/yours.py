"""The learner's own number beside ours: its figure, told apart from ours where it parts, and a sign."""

from __future__ import annotations

from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.state.study import Study, Yours

_MOST_DIGITS = 17


def beside(study: Study, words: Words, look: Look) -> Row:
    """`yours 0.0364 ✗` for the step at hand; nothing where the learner has no number for it."""
    ref = study.step.ref
    own = study.yours_of(ref)
    if own is None:
        return ()
    said = look.plain(words.say("yours.beside", given=own_figure(study, ref, own, look)))
    return (Piece(f"{said} "), mark(own, look))


def mark(own: Yours, look: Look) -> Piece:
    """Whether it agrees, as one cell."""
    return Piece(look.line("✓"), "dim") if own.agrees else Piece(look.line("✗"), "warning")


def own_figure(study: Study, ref: Ref, own: Yours, look: Look) -> str:
    """The learner's number with our digits; with more, where it parts and these do not show it."""
    right, plus = study.trace.value(ref), study.trace.signed(ref)
    apart = (digits for digits in range(look.digits, _MOST_DIGITS)
             if look.figure(own.given, plus, digits) != look.figure(right, plus, digits))  # fmt: skip
    return look.figure(own.given, plus, look.digits if own.agrees else next(apart, _MOST_DIGITS))
