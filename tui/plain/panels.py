"""What is open over the prose, told: operands, the gradient check, the ways to run, what is asked, what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nntutor.core.notation.symbols import short
from nntutor.lessons.course import glossary
from nntutor.lessons.export.formats import FORMATS
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.lessons.posing.posed import Posed
from nntutor.lessons.posing.posed_bug import PosedBug
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.saying import called, said
from nntutor.tui.drawing.pages import marking
from nntutor.tui.drawing.pages.search import named
from nntutor.tui.drawing.panels import answer, check
from nntutor.tui.drawing.panels import choices as picking
from nntutor.tui.drawing.panels.why import made
from nntutor.tui.drawing.step.formula import operand_figure
from nntutor.tui.plain import choices
from nntutor.tui.state import edits, finding
from nntutor.tui.state.panels import (
    Answering,
    Asking,
    Checking,
    Choosing,
    Editing,
    Exporting,
    Line,
    Marked,
    Marking,
    Panel,
    Picking,
    Reading,
    Why,
)  # fmt: skip
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import SEED_ITERATIONS, SEEDS, Study


def panel_lines(session: Session, study: Study, panel: Panel, words: Words, look: Look) -> list[str]:
    """The open panel in sentences."""
    if isinstance(panel, Line) and panel.wrong is not None:
        return [said(panel.wrong, words, look)]
    return PANELS[type(panel)](session, study, panel, words, look) if type(panel) in PANELS else []


def _why(session: Session, study: Study, panel: Why, words: Words, look: Look) -> list[str]:
    step, trace = study.step, study.trace
    if not step.operands:
        return [words.say("why_panel.nothing")]
    lines = [words.say("plain.why_title", symbol=trace.symbol(step.ref, look.style))]
    for number, operand in enumerate(step.operands, 1):
        symbol, value = trace.symbol(operand.ref, look.style), operand_figure(operand.value, look)
        facts = {"symbol": symbol, "value": value, "made": made(study, words, operand.ref)}
        lines.append(words.say("plain.why_row", number=number, **facts))
    return [*lines, words.say("plain.why_how")]


def _checking(session: Session, study: Study, panel: Checking, words: Words, look: Look) -> list[str]:
    """The rows of the screen, each in a sentence of its own, then the verdict."""
    shown = check.found(session, study, panel, words)
    vary = words.say("check.vary").replace("ε", short("rate_eps", look.style))
    numbers = (f"{label}: {value}." for label, value in shown.numbers)
    return [f"{shown.title}. {shown.epsilon}.", *numbers, *filter(None, [shown.verdict]), f"{vary}."]


def _choosing(session: Session, study: Study, panel: Choosing, words: Words, look: Look) -> list[str]:
    ways = [str(count) for count in RUNS] + [words.say("run.goal").rstrip(" …")]
    if study.has_seeds:
        ways.append(words.say("run.seeds", seeds=SEEDS, count=SEED_ITERATIONS))
    numbered = (words.say("plain.choice", number=number, text=way) for number, way in enumerate(ways, 1))
    return [words.say("run.ask"), *numbered, words.say("plain.run_how")]


def _exporting(session: Session, study: Study, panel: Exporting, words: Words, look: Look) -> list[str]:
    kinds = (f"{kind}: {words.say(f'saving.{kind}')}" for kind in FORMATS)
    numbered = (words.say("plain.choice", number=number, text=kind) for number, kind in enumerate(kinds, 1))
    return [*numbered, words.say("plain.export_how")]


def _editing(session: Session, study: Study, panel: Editing, words: Words, look: Look) -> list[str]:
    if panel.ref is None:
        return [words.say("plain.edit_ask")]
    first, value = edits.since(study, panel.ref), operand_figure(edits.value_now(study, panel.ref), look)
    key = "plain.edit_now" if first == study.timeline.iteration else "plain.edit_then"
    symbol = called(words, edits.symbol_of(study, panel.ref))
    return [words.say(key, symbol=symbol, value=value, iteration=first)]


def _asking(session: Session, study: Study, panel: Asking, words: Words, look: Look) -> list[str]:
    key = {"goto": "plain.goto_ask", "goal": "plain.goal_ask", "yours": "plain.yours_ask"}[panel.what]
    iteration = study.timeline.iteration
    return [words.say("plain.yours_ask_later" if panel.what == "yours" and iteration > 1 else key, iteration=iteration)]


def _answering(session: Session, study: Study, panel: Answering, words: Words, look: Look) -> list[str]:
    posed = Posed(Speech(words, session.style), panel.question.asked)
    given = [posed.given(panel.given, panel.seed, panel.here)] if panel.given else []
    told = (*answer.verdict(posed, panel), *answer.hint(posed, panel))
    how = words.say("plain.answer_how" if posed.asked.form == "number" else "plain.answer_sign")
    return [*told, *given, posed.question, how]


def _marking(session: Session, study: Study, panel: Marking, words: Words, look: Look) -> list[str]:
    """Its lines, once; after that what is said of the line that was marked."""
    posed = PosedBug(Speech(words, session.style), panel.hunting.bug)
    if panel.unread:
        return [posed.no_line(panel.unread)]
    return list(posed.told(panel.hunting)) or [
        f"{posed.of_seed}. {posed.about}",
        words.say("question.given", given=", ".join(f"{symbol} = {figure}" for symbol, figure in posed.given)),
        *map(posed.line, posed.lines),
        words.say("bug.ask"),
        words.say("bug.how_line"),
    ]


def _marked(session: Session, study: Study, panel: Marked, words: Words, look: Look) -> list[str]:
    return marking.told(words, session.style, panel.hunting)


def _picking(session: Session, study: Study, panel: Picking, words: Words, look: Look) -> list[str]:
    said = picking.told(session, study, panel, words)
    if panel.outcome:
        return [said, words.say("plain.choice_on")]
    asks, labels = picking.asked(session, study, panel)
    marked = (f"{label} [x]" if at in panel.marked else label for at, label in enumerate(labels))
    numbered = (words.say("plain.choice", number=number, text=label) for number, label in enumerate(marked, 1))
    return [*filter(None, [said]), asks, *numbered, words.say("plain.choice_how")]


def _reading(session: Session, study: Study, panel: Reading, words: Words, look: Look) -> list[str]:
    return glossary_lines(session, panel.top, words)


PANELS: dict[type[Panel], Callable[[Session, Study, Any, Words, Look], list[str]]] = {
    Why: _why,
    Checking: _checking,
    Choosing: _choosing,
    Exporting: _exporting,
    Editing: _editing,
    Asking: _asking,
    Answering: _answering,
    Marking: _marking,
    Marked: _marked,
    Picking: _picking,
    Reading: _reading,
}


def glossary_lines(session: Session, place: int, words: Words) -> list[str]:
    """One term: its name in both languages and what it means."""
    terms = glossary.terms()
    term = terms[min(place, len(terms) - 1)]
    other = ", ".join(name for language, name in term.name.items() if language != session.language)
    about, name = term.about[session.language], term.name[session.language]
    facts = {"number": place + 1, "of": len(terms), "term": name, "other": other, "about": about}
    return [words.say("plain.glossary_row", **facts), words.say("plain.glossary_how")]


def search_lines(session: Session, words: Words) -> list[str]:
    """Where what is searched for stands, or what is asked."""
    assert session.search is not None
    query, places = session.search.query, finding.found(session)
    if not query.strip():
        return [words.say("plain.search_ask")]
    if not places:
        return [words.say("search.nothing", query=query)]
    rows = (f"{named(session, words, place)}: {place.text}" for place in places)
    numbered = (words.say("plain.choice", number=number, text=row) for number, row in enumerate(rows, 1))
    return [*numbered, words.say("plain.search_how")]


def palette_lines(session: Session, words: Words) -> list[str]:
    """The list of commands, each with its number."""
    listed = (one.names[0] for one in choices.commands(session))
    return [words.say("plain.choice", number=number, text=name) for number, name in enumerate(listed, 1)]
