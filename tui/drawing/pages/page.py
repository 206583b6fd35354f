"""The whole screen as rows: which drawing stands where, at any size.

From the top: the place, the picture (or another view), the step's three rows, the prose, the keys. Where
there is little room the picture goes first; the formula and the prose stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntutor.core.notation.symbols import Style
from nntutor.lessons.course import load
from nntutor.lessons.course.model import AuthorError
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import BOLD, Piece, Row, beside, cut, fitted, padded, wrapped
from nntutor.tui.drawing.pages.home import home_rows
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import spoken

if TYPE_CHECKING:
    from nntutor.tui.state.study import Study

_BOTTOM = 8  # rows of formula and prose at 80 × 24
_LEAST_PICTURE = 5
_TWO_COLUMNS = 110
_FULL_WIDTH = 80


def look_of(session: Session) -> Look:
    return Look(session.style, session.digits)


def rows(session: Session) -> tuple[Row, ...]:
    """Exactly session.height rows of at most session.width cells."""
    words = spoken(session)
    if session.palette is not None:
        from nntutor.tui.drawing.pages.palette import palette_rows

        drawn = palette_rows(session, words)
    elif session.study is None:
        if session.home.reading is not None:
            from nntutor.tui.drawing.pages.glossary import glossary_page

            drawn = glossary_page(session, session.home.reading, words)
        else:
            drawn = home_rows(session, words)
    else:
        from nntutor.tui.drawing.panels import open

        if open.covers(session.study):
            drawn = open.whole_page(session, words)
        else:
            drawn = _study(session, session.study, words)
    drawn = drawn[: session.height]
    drawn += [()] * (session.height - len(drawn))
    if session.style is Style.ASCII:
        drawn = [tuple(Piece(ascii_look(piece.text), piece.style) for piece in row) for row in drawn]
    return tuple(fitted(row, session.width) for row in drawn)


def _study(session: Session, study: Study, words: Words) -> list[Row]:
    from nntutor.tui.drawing.step.status import status_row

    look, width, height = look_of(session), session.width, session.height
    trace, index = study.trace, study.timeline.step
    title = _title(session, study)
    top: list[Row] = [status_row(trace, index, title, words, width, look)]
    bottom, picture = _parts(height)
    rule: Row = (Piece(look.line("─") * width, "edge"),)
    if picture:
        top += [rule, *_sized(_picture(session, study, words, width, picture), picture), rule]
    low = _sized(_low(session, study, words, bottom), bottom)
    last = _keys(session, study, words)
    # A message of several lines takes the rows above the keys for as long as it stands.
    return [*top, *low[: bottom + 1 - len(last)], *last]


def _parts(height: int) -> tuple[int, int]:
    """Rows for formula and prose, and for the picture (0: none)."""
    bottom = max(_BOTTOM, min(14, height // 3))
    picture = height - bottom - 4
    if picture < _LEAST_PICTURE:
        return max(1, height - 2), 0
    return bottom, picture


def _sized(rows: list[Row], height: int) -> list[Row]:
    return rows[:height] + [()] * (height - len(rows))


def _title(session: Session, study: Study) -> str:
    if study.lesson is None:
        return study.timeline.original.title or study.name
    title = f"{study.lesson.number} {load.described(study.lesson.id, session.language)[0]}"
    if len(study.timelines) < 2:
        return title
    name = run_name(spoken(session), study.run)
    return f"{title} · {name}" if name else title


def run_name(words: Words, run: str) -> str:
    """What a lesson's run is called: by its id, and where it has a race in front ("ravine-adam"), by both."""
    if words.has(f"run_name.{run}"):
        return words.say(f"run_name.{run}")
    race, dash, racer = run.partition("-")
    return f"{run_name(words, race)} · {run_name(words, racer)}" if dash else run


# --- the picture -----------------------------------------------------------------------------------


def _picture(session: Session, study: Study, words: Words, width: int, height: int) -> list[Row]:
    """The view that is chosen; on a wide screen the network with the curve or the matrices beside it."""
    from nntutor.tui.state import views

    if width < _TWO_COLUMNS:
        return _view(session, study, words, study.view, width, height)
    left = max(_FULL_WIDTH - 8, width * 6 // 10)
    usual = views.views(study)
    side = tuple(view for view in usual if view in ("matrices", "moves", "curve"))
    first = study.view if study.view not in side else usual[0]
    second = study.view if study.view in side else "curve" if study.reached_here > 1 else side[0]
    one = _view(session, study, words, first, left, height)
    other = _view(session, study, words, second, width - left - 2, height)
    return beside(one, other, left)


def has_picture(session: Session) -> bool:
    """Whether the network at this size is drawn as a picture."""
    from nntutor.tui.drawing.step.diagram import fits

    study = session.study
    assert study is not None
    _, height = _parts(session.height)
    return fits(study.trace, session.width - 1, height, look_of(session))


def _view(session: Session, study: Study, words: Words, view: str, width: int, height: int) -> list[Row]:
    from nntutor.tui.drawing.step.diagram import diagram
    from nntutor.tui.drawing.step.matrices import matrices

    look, trace, step = look_of(session), study.trace, study.step
    if view == "curve":
        return _curve(study, words, width, height, look)
    if view not in ("network", "matrices", "runs"):
        from nntutor.tui.drawing.views.table import PICTURES

        return PICTURES[view](study, words, width - 1, height, look)
    if view == "runs" and len(study.timelines) > 1:
        from nntutor.tui.drawing.step.columns import columns

        others = [timeline for name, timeline in study.timelines.items() if name != study.run]
        iteration, index = study.place
        heads = (words.say("views.run_right"), words.say("views.run_wrong"))
        return columns(trace, others[0].trace_of(iteration), index, heads, width, height, look)
    if view == "network":
        drawn = diagram(trace, step, width - 1, height, look, study.targets_shown)
        if drawn is not None:
            return drawn
    return matrices(trace, step, words, width, height, look)


def _curve(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    from nntutor.tui.drawing.charts.plots import curve_rows
    from nntutor.tui.state import views

    timeline = study.timeline
    # The prose may have looked ahead; the curve shows what the learner has run.
    known = timeline.errors if study.running is not None else views.seen_errors(study)
    # The iteration at hand is known only once its E has been made.
    error = study.trace.find("E")
    here = timeline.iteration
    if error is not None and not study.trace.known(error, timeline.step) and len(known) <= here:
        known = known[: here - 1]
    if study.running is None and len(known) < 2:
        return [(), (Piece(f"  {line}", "dim"),)] if (line := cut(words.say("views.one_point"), width - 4)) else []
    title, log = words.say("views.error_curve"), words.say("views.log_scale")
    return curve_rows(known, here, width - 1, height, look, title, log)


# --- formula, prose, panels --------------------------------------------------------------------------


def _low(session: Session, study: Study, words: Words, height: int) -> list[Row]:
    from nntutor.tui.drawing.panels import open

    if study.panel is not None or study.running is not None:
        panel = open.panel_rows(session, study, words, height)
        if len(panel) + 3 <= height:
            return [*_formula(session, study, words, height - len(panel)), *panel]
        return panel
    formula = _formula(session, study, words, _formula_height(height))
    prose = _prose_pages(session, study, words, height - len(formula))
    page = prose[min(study.page, len(prose) - 1)] if prose else []
    return [*formula, *page]


def _formula_height(height: int) -> int:
    return min(max(3, height - 4), 6)


def _formula(session: Session, study: Study, words: Words, height: int) -> list[Row]:
    from nntutor.lessons.language import why
    from nntutor.lessons.language.speech import Speech
    from nntutor.tui.drawing.step.formula import formula_rows

    noun = why.noun(words, study.trace, study.step)

    def book(formula: str) -> str:
        return words.say("export.textbook", formula=formula)

    left_out = Speech(words, session.style).left_out
    return formula_rows(study.trace, study.step, session.width, height, look_of(session), noun, book, left_out)


def prose(session: Session) -> str:
    """What the screen says at this place: the stop's text, or why this kind of step is taken."""
    from nntutor.lessons.course import holes
    from nntutor.lessons.language import why

    study = session.study
    assert study is not None
    words = spoken(session)
    number = study.stop
    if study.lesson is None or number is None:
        return why.sentence(words, study.trace, study.step, session.style)
    lesson = study.lesson

    def trace_of(run: str | None, iteration: int | None) -> object:
        timeline = study.timelines[run] if run else study.timeline
        return timeline.trace_of(iteration or study.timeline.iteration)

    try:
        text = load.text(lesson.id, session.language)
        return holes.said(lesson, text, lesson.stops[number], trace_of, session.digits, session.style)  # type: ignore[arg-type]
    except AuthorError as error:
        # A network that the learner has changed may lack numbers that the text speaks of.
        return why.sentence(words, study.trace, study.step, session.style) if study.timeline.edits else str(error)


def _prose_pages(session: Session, study: Study, words: Words, height: int) -> list[list[Row]]:
    """The prose in pages of at most `height` rows; the stop's number stands at the end of the last row."""
    height = max(1, height)
    lines = _closed(wrapped(prose(session), session.width - 2))
    number = study.stop
    count = ""
    if study.lesson is not None and number is not None:
        count = words.say("status.stop", stop=number + 1, stops=len(study.lesson.stops))
        following = study.lesson.stops[number + 1 : number + 2]
        if any(stop.run == study.run and study.place_of(stop) == study.place for stop in following):
            count += look_of(session).line(" …")  # there is more to read at this very step
    if len(lines) == height and count and cells(lines[-1]) + cells(count) + 4 > session.width:
        count = ""
    pages = [lines[at : at + height] for at in range(0, len(lines), height)] or [[]]
    result = []
    for place, page in enumerate(pages):
        drawn: list[Row] = [_bold(line) for line in page]
        tail = count if place == len(pages) - 1 else look_of(session).line("…")
        if tail:
            _append_right(drawn, tail, session.width, height)
        result.append(drawn)
    return result


def _closed(lines: list[str]) -> list[str]:
    """A bold term that goes over the end of a line is closed there and opened again."""
    result, open_term = [], ""
    for line in lines:
        line = open_term + line
        open_term = BOLD if line.count(BOLD) % 2 else ""
        result.append(line + open_term)
    return result


def _bold(line: str) -> Row:
    """A line of prose, its **terms** in bold."""
    parts = line.split(BOLD)
    return (Piece(" "), *(Piece(part, "bold" if at % 2 else "") for at, part in enumerate(parts) if part))


def _append_right(rows: list[Row], text: str, width: int, height: int) -> None:
    last = sum(cells(piece.text) for piece in rows[-1]) if rows else 0
    if rows and last + cells(text) + 3 <= width:
        rows[-1] = (*padded(rows[-1], width - cells(text) - 1), Piece(text, "dim"))
    elif len(rows) < height:
        rows.append((Piece(" " * (width - cells(text) - 1)), Piece(text, "dim")))


def prose_pages(session: Session) -> int:
    """How many pages the prose at this place takes at this size."""
    study = session.study
    assert study is not None
    words = spoken(session)
    bottom, _ = _parts(session.height)
    room = bottom - len(_formula(session, study, words, _formula_height(bottom)))
    return len(_prose_pages(session, study, words, room)) if room > 0 else 1


# --- keys ------------------------------------------------------------------------------------------


def _keys(session: Session, study: Study, words: Words) -> list[Row]:
    """What can be pressed here, or what there is to tell."""
    from nntutor.tui.drawing.panels import open

    told = session.home.told
    if study.note is not None:
        key, facts = study.note
        look = look_of(session)
        shown = {name: look.figure(v) if isinstance(v, float) else v for name, v in facts.items()}
        told = words.say(key, **shown)
    if told:
        lines = wrapped(told, session.width - 2)[: max(1, session.height // 3)]
        return [(Piece(f" {line}", "note"),) for line in lines]
    return [key_line(open.keys_here(session, study), words, session.width)]


def key_line(keys: list[tuple[str, str]], words: Words, width: int) -> Row:
    """`key word` pairs of what has a key, as many as fit; the last two, help and the way out, before the others."""
    spelled = [(key, words.say(f"keys.{name}")) for key, name in keys if key]
    lengths = [cells(key) + cells(word) + 3 for key, word in spelled]
    while len(spelled) > 1 and sum(lengths) - 1 > width:
        place = max(0, len(spelled) - 3)
        del spelled[place], lengths[place]
    row: list[Piece] = []
    for key, word in spelled:
        row += [Piece(" " if not row else "  "), Piece(key, "key"), Piece(f" {word}")]
    return tuple(row)


def help_last_top(session: Session) -> int:
    """How far down the page of keys can be scrolled."""
    from nntutor.tui.drawing.panels import open

    return open.help_last_top(session, spoken(session))
