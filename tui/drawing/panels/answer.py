"""A question about the next number: what is typed, what was said of the answer before, and the hint that was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nntutor.lessons.language.mistakes import PARTS
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.lessons.posing.posed import Posed
from nntutor.tui.drawing.canvas.hues import MADE
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Piece, Row, headed, wrapped
from nntutor.tui.drawing.canvas.saying import said
from nntutor.tui.drawing.canvas.typed import typed
from nntutor.tui.state.panels import Answering
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import Study


def rows(session: Session, study: Study, panel: Answering, words: Words) -> list[Row]:
    posed, width = _posed(session, panel, words), session.width
    return [
        *at_hand(headed(posed.question, _how(panel, words), width), posed.symbol),
        *(_lines(posed.given(panel.given, panel.seed, panel.here), width, "") if panel.given else []),
        *_typed_and_told(session, panel, words, PARTS),
    ]


def _how(panel: Answering, words: Words) -> str:
    """How it may be answered, and which of several questions in a row it is."""
    number, rungs = panel.rung
    rung = words.say("answer.rung", rung=number, rungs=rungs) if rungs > 1 else ""
    how = words.say("answer.how") if panel.question.asked.form == "number" else ""
    return " · ".join(filter(None, (how, rung)))


def at_hand(rows: list[Row], symbol: str) -> list[Row]:
    """What is asked for is the number at hand."""
    return [tuple(part for piece in row for part in _split(piece, symbol)) for row in rows]


def _split(piece: Piece, symbol: str) -> Row:
    before, found, after = piece.text.partition(symbol)
    return (Piece(before, piece.style), Piece(found, MADE), Piece(after, piece.style)) if found else (piece,)


def least(session: Session, panel: Answering, words: Words, height: int) -> list[Row]:
    """What is typed and what is told, where these alone have room; the question comes back with the first letter.

    Of a slip less is told where rows are few: first why it is tempting goes, then what is right, which the hints say.
    """
    drawn: list[Row] = []
    for parts in (PARTS, (PARTS[0], PARTS[-1]), PARTS[:1]):
        drawn = _typed_and_told(session, panel, words, parts)
        if len(drawn) <= height:
            break
    return drawn


def _typed_and_told(session: Session, panel: Answering, words: Words, parts: Sequence[str]) -> list[Row]:
    posed, look, width = _posed(session, panel, words), look_of(session), session.width
    drawn = typed(Piece(" : ", "key"), panel.line, width, look)
    if panel.wrong is not None:
        return [*drawn, *_lines(said(panel.wrong, words, look), width, "warning")]
    told = [row for line in verdict(posed, panel, parts) for row in _lines(line, width, "warning")]
    return [*drawn, *told, *(row for line in hint(posed, panel) for row in _lines(line, width, ""))]


def _posed(session: Session, panel: Answering, words: Words) -> Posed:
    return Posed(Speech(words, session.style), panel.question.asked)


def verdict(posed: Posed, panel: Answering, parts: Sequence[str] = PARTS) -> Iterator[str]:
    """What is said of the answer before."""
    if panel.verdict is not None:
        yield from posed.told(panel.verdict, parts)


def hint(posed: Posed, panel: Answering) -> Iterator[str]:
    """The hint that was given last."""
    if panel.question.hinted:
        yield posed.hint(panel.question.hinted)


def _lines(text: str, width: int, kind: str) -> list[Row]:
    return [(Piece(f" {line}", kind),) for line in wrapped(text, width - 2)]


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "continue"), "answer"),
        ("?", "hint"),
        _on(session) or (non_text_key(session, "escape"), "skip"),
    ]


def _on(session: Session) -> tuple[str, str] | None:
    """The key that goes on without an answer, where no key has asked."""
    panel = session.study.panel if session.study is not None else None
    is_open = isinstance(panel, Answering) and panel.by_itself and not panel.text
    return ("space", "continue") if is_open else None
