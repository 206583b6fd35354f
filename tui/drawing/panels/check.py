"""The gradient check of one number: E with it nudged up and down, and the slope between."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from nntutor.core.analysis.gradient_check import Difference, central_difference, check, of_its_sample, serving_step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.kinds import GRADIENT
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Piece, Row, headed, padded_row, row_cells, wrapped
from nntutor.tui.drawing.views.runs import beside
from nntutor.tui.state.panels import Checking
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign
from nntutor.tui.state.study import Study

_DIGITS = 12
_GAP = 11  # from the label to what is said beside the last number
# Another ε changes neither, and both run the network many times.
_check = lru_cache(maxsize=1)(check)
_serving_step = lru_cache(maxsize=1)(serving_step)


class Found(NamedTuple):
    """What a check has to say; verdict: empty as long as the gradient has not been made."""

    title: str
    epsilon: str
    numbers: list[tuple[str, str]]
    verdict: str


def found(session: Session, study: Study, panel: Checking, words: Words) -> Found:
    """The check of one number in words and figures."""
    look, trace = look_of(session), study.trace
    shown = central_difference(trace, panel.ref, panel.h)
    symbol, error = trace.symbol(panel.ref, look.style), _error(trace, panel.ref, look.style)
    epsilon = short("rate_eps", look.style)

    def say(key: str, **facts: object) -> str:
        return words.say(f"check.{key}", symbol=symbol, error=error, **facts).replace("ε", epsilon)

    def long(value: float, plus: bool = False) -> str:
        return figure(value, _DIGITS, plus, look.style)

    gradient = panel.ref._replace(kind=GRADIENT[panel.ref.kind])
    known = trace.known(gradient, study.timeline.step)
    name = trace.symbol(gradient, look.style)
    numbers = [
        (say("upper"), long(shown.upper)),
        (say("lower"), long(shown.lower)),
        (say("numeric"), long(shown.numeric, plus=True)),
        # Last stands the one of which the verdict speaks.
        *((label, long(value, plus=True)) for label, value in _others(study, words, gradient) if known),
        (f"{say('gradient')} {name}", long(shown.gradient, plus=True) if known else "?"),
        (say("relative"), figure(shown.relative, 2, style=look.style) if known else "?"),
    ]
    key, facts = _verdict(trace, panel.ref, shown, look.style) if known else ("", {})
    chosen = f"{epsilon} = {figure(panel.h, 2, style=look.style)}"
    return Found(say("title"), chosen, numbers, say(key, **facts) if key else "")


def _error(trace: Trace, ref: Ref, style: Style) -> str:
    """The symbol of the E that is looked at: of a number of one sample among several, that of its sample."""
    if not of_its_sample(trace, ref):
        return trace.symbol(Ref("error"), style)
    only = trace.array("unit_error").shape[-1] == 1
    return trace.symbol(Ref("unit_error", 0, 1, 0, ref.sample), style) if only else f"E[{ref.sample}]"


def rows(session: Session, study: Study, panel: Checking, words: Words) -> list[Row]:
    width, shown = session.width, found(session, study, panel, words)
    vary = words.say("check.vary").replace("ε", short("rate_eps", session.style))
    wide = max(cells(label) for label, _ in shown.numbers) + 2
    head = headed(shown.title, f"{shown.epsilon}   {vary}", width)
    if len(head) > 1:  # the row of keys says how it is varied
        head = headed(shown.title, shown.epsilon, width)
    drawn = [(*padded_row((Piece(f"   {label}"),), wide + 3), Piece(value)) for label, value in shown.numbers]
    if any(row_cells(row) > width for row in drawn):
        drawn = [row for label, value in shown.numbers for row in _narrow(label, value, width)]
    if not shown.verdict:
        return [*head, *drawn]
    if wide + _GAP + cells(shown.verdict) <= width:
        return [*head, *drawn[:-1], (*padded_row(drawn[-1], wide + _GAP), Piece(shown.verdict, "bold"))]
    # What is said matters more than the numbers above, of which the last ones go where rows are few.
    return [*head, *[(Piece(f" {line}", "bold"),) for line in wrapped(shown.verdict, width - 2)], *drawn]


def _narrow(label: str, value: str, width: int) -> list[Row]:
    """A number behind its label, or below it where it does not fit."""
    beside = f" {label}  {value}"
    return [(Piece(beside),)] if cells(beside) <= width else [(Piece(f" {label}"),), (Piece(f"     {value}"),)]


def keys(session: Session) -> Keys:
    return [(sign(session, "more", "less"), "epsilon"), (non_text_key(session, "escape"), "close")]


def _verdict(trace: Trace, ref: Ref, shown: Difference, style: Style) -> tuple[str, dict[str, object]]:
    """What is to be said of the gradient, for which the one difference that is shown may be too rough."""
    checked = _check(trace, ref)
    kinks = shown.kinks or checked.kinks
    if kinks:
        return "kinks", {"units": ", ".join(kinks)}
    if checked.verdict == "differs" or shown.near:
        return checked.verdict, {}
    best = _serving_step(trace, ref)
    if best is not None:
        return "differs_epsilon", {"best": figure(best, 2, style=style)}
    return "differs_alone" if checked.verdict == "agrees" else checked.verdict, {}


def _others(study: Study, words: Words, gradient: Ref) -> list[tuple[str, float]]:
    """The same gradient in the lesson's other runs, made by a rule that may be wrong."""
    if study.view != "runs":
        return []
    others = [beside(timeline, study) for name, timeline in study.timelines.items() if name != study.run]
    return [(words.say("views.run_wrong"), one.value(gradient)) for one in others if one is not None]
