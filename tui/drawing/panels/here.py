"""What is open over the prose at a place, and which keys mean something there."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Row, kept
from nntutor.tui.drawing.panels import run
from nntutor.tui.state.commands import ROW
from nntutor.tui.state.runs import learns
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign
from nntutor.tui.state.study import Study


def panel_rows(session: Session, study: Study, words: Words, height: int) -> list[Row] | None:
    """The open panel in at most `height` rows, or the progress of a run; None where nothing is open."""
    if study.running is not None:
        return kept(run.progress(session, study, study.running, words), height, look_of(session))
    if study.panel is None:
        return None
    # Another door, as below: where no panel is open, none is loaded.
    from nntutor.tui.drawing.panels import table

    return kept(table.rows(session, study, study.panel, words, height), height, look_of(session))


def keys_here(session: Session, study: Study) -> Keys:
    """The keys of the place: of a run on its way, of the open panel, or of the lesson."""
    if study.running is not None:
        return run.progress_keys(session)
    if study.playing is not None:
        return [(sign(session, "halve", "double"), "pace"), (sign(session, "play"), "stop")]
    if study.panel is not None:
        from nntutor.tui.drawing.panels import table

        return table.keys(session, study.panel)
    keys = [(_shown(session, actions), word) for actions, word in ROW if _meant(study, actions[0])]
    # At all stops alike: a row of keys that comes and goes would cost bytes at every one of them.
    if session.questions and study.lesson is not None and study.lesson.questions:
        keys.insert(1, (sign(session, "ask"), "ask"))
    return [keys[0], (sign(session, "ending"), "uncover"), *keys[1:]] if study.asks_for_words else keys


def _shown(session: Session, actions: tuple[str, ...]) -> str:
    return non_text_key(session, *actions) if actions == ("backspace",) else sign(session, *actions)


def _meant(study: Study, action: str) -> bool:
    """Whether a key of the lesson's row does something here."""
    if action == "backspace":
        return bool(study.trail)
    if action == "parting":
        return bool(study.yours)
    if action == "check":
        problem = study.trace.problem
        return learns(study) and problem.error != "perceptron" and problem.given is None
    if action == "run":
        return learns(study)
    return action != "more" or (study.lesson is not None and study.lesson.main is not None)
