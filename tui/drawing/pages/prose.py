"""What the screen says at a place: the stop's text, or why this kind of step is taken; in pages."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import Style, sign
from nntutor.lessons.course import holes, load
from nntutor.lessons.course.model import DONE, AuthorError, Lesson, Text
from nntutor.lessons.language import why
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.rows import BOLD, Piece, Row, padded_row, row_cells, wrapped
from nntutor.tui.state.keys import Keymap
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import with_own_keys
from nntutor.tui.state.study import Act, Study, asked, said_of

_BEFORE = 2  # cells before the sign at the end of a page
WIDEST = 90  # cells of a line of prose: longer ones are hard to read


def prose(session: Session, study: Study, words: Words) -> str:
    """What is said at this place."""
    return _spoken(session, study, words)[0]


def is_kept_back(session: Session, study: Study, words: Words) -> bool:
    """Whether something of what would be said there is kept back after a change."""
    return _spoken(session, study, words)[1]


def _spoken(session: Session, study: Study, words: Words) -> tuple[str, bool]:
    """What is said at this place, and whether something of it is kept back after a change."""
    if study.act is not None:
        return _to_do(session, study, study.act), False
    said, kept_back, number = "", False, study.stop
    if study.lesson is not None and number is not None:
        of = (study.lesson, number, study.run, tuple(study.timelines.items()))
        said, kept_back = _at_stop(*of, session.language, session.digits, session.style, session.keymap)
    return said or why.sentence(words, study.trace, study.step, session.style), kept_back


@lru_cache(maxsize=4)  # a key asks how many pages there are, and the same text was drawn before it or is after it
def _at_stop(
    lesson: Lesson,
    number: int,
    run: str,
    timelines: tuple[tuple[str, Timeline], ...],
    language: str,
    digits: int,
    style: Style,
    keymap: Keymap,
) -> tuple[str, bool]:
    """As `_spoken`, of the lesson's own text at the place of a run; nothing where nothing of it can be said."""
    stop, places = lesson.stops[number], dict(timelines)

    def trace_of(named: str | None, iteration: int | None) -> Trace:
        return said_of(places, stop, named or run, iteration or places[run].iteration)

    def so(word: str, named: str) -> bool:
        return asked(places, stop, run, word, named)

    def said(whole: bool) -> str:
        return holes.said(lesson, text, stop, trace_of, digits, style, so, whole=whole)

    try:
        text = load.text(lesson.id, language)
        own = replace(text.stops[stop.id], text=with_own_keys(text.stops[stop.id].text, keymap, style))
        text = replace(text, stops={**text.stops, stop.id: own})
        if any(_is_another(places[one], text) for one in holes.runs_of(lesson, stop, text.stops[stop.id].text)):
            return "", True
        try:
            return said(whole=True), holes.set_aside(lesson, stop, text, so)
        except AuthorError:
            if not any(one.edits for one in places.values()):
                raise
            # A network that the learner has changed may lack numbers that the text speaks of.
            return said(whole=False), True
    except AuthorError as error:
        return str(error), False


def _is_another(timeline: Timeline, text: Text) -> bool:
    """Whether a network has other layers, or takes other samples at once, than the one that a text speaks of: there
    the same symbols stand for other numbers. Other layers are no matter to a lesson that counts them itself."""
    now, own = timeline.problem, timeline.original
    if now.passes and now.batch_size != own.batch_size:
        return True
    return now.network.sizes != own.network.sizes and not holes.counts_layers(text)


def _to_do(session: Session, study: Study, act: Act) -> str:
    """What is to be done at a stop; once it is, what is said of that."""
    from nntutor.tui.state import choices  # few stops ask for something to be done

    assert study.lesson is not None
    text = load.text(study.lesson.id, session.language)
    posing = text.questions[study.lesson.stops[act.stop].id]
    option = posing.options[DONE]
    said = f"{BOLD}{option.label}{BOLD} {option.said}" if act.done else posing.asks
    said = with_own_keys(said, session.keymap, session.style)
    return choices.place(study, act.stop).filled(text, said, session.digits, session.style)


def prose_pages(session: Session, study: Study, words: Words, height: int) -> list[list[Row]]:
    """The prose in pages of at most `height` rows, the first one empty where that makes no further page.

    The stop's number, or on a page that is not the last one that it goes on, stands at the end of row `height`.
    """
    said, kept_back = _spoken(session, study, words)
    aside = words.say("status.set_aside") if kept_back else ""
    height, count = max(1, height), _count(session, study, words)
    more = words.say("status.page", page=9, pages=9)
    pages = _laid_out(said, aside, count, more, session.width - 2, height)
    airy = _laid_out(said, aside, count, more, session.width - 2, height - 1) if height > 1 else []
    if len(airy) == len(pages):
        pages = [[(), *page] for page in airy]
    for place, page in enumerate(pages, 1):
        tail = count if place == len(pages) else words.say("status.page", page=place, pages=len(pages))
        if tail:
            _append_right(page, tail, session.width, height)
    return pages


def _laid_out(said: str, aside: str, count: str, more: str, width: int, height: int) -> list[list[Row]]:
    """The pages without their signs. aside: what is said below the prose."""
    if aside:
        return _with_aside(said, aside, count, more, width, height)
    return [list(map(_bold, lines)) for lines in _paged(said, count, more, width, height)]


def _wrapped(said: str, width: int) -> list[str]:
    return wrapped(said, min(width, WIDEST))


def _paged(said: str, last: str, more: str, width: int, height: int) -> list[list[str]]:
    """Lines, page by page, so that each page has room for the sign at its end: `last` or `more`."""
    pages: list[list[str]] = []
    while not _fits(lines := _wrapped(said, width), last, width, height):
        page, rest = lines[: height - 1], lines[height - 1 :]
        if len(rest) > 1 or not page:
            short = _wrapped(rest[0], max(1, width - cells(more) - _BEFORE))[0]
            whole = not rest[0].startswith(short)  # one long word, which would be broken
            if not (whole and page):  # else it stands on the next page, and the sign alone in this row
                short = rest[0] if whole else short
                page, rest = [*page, short], [rest[0].removeprefix(short).lstrip(), *rest[1:]]
        open_term, said = BOLD * ("".join(page).count(BOLD) % 2), " ".join(line for line in rest if line)
        said = said and open_term + said
        pages.append(_closed(page))
    return [*pages, _closed(lines)]


def _fits(lines: list[str], tail: str, width: int, height: int) -> bool:
    """Whether lines and the sign after them have room on one page."""
    used = cells(lines[-1].replace(BOLD, "")) if lines else width
    return len(lines) + (bool(tail) and used + cells(tail) + _BEFORE > width) <= height


def _with_aside(said: str, aside: str, count: str, more: str, width: int, height: int) -> list[list[Row]]:
    """The pages, and below the prose that what is said about the lesson's own numbers is kept back after a change."""

    def dim(lines: list[str]) -> list[Row]:
        return [(Piece(f" {line}", "dim"),) for line in lines]

    pages, below = _paged(said, "", more, width, height), _wrapped(aside, width)
    if _fits([*pages[-1], *below], count, width, height):
        return [*(list(map(_bold, lines)) for lines in pages[:-1]), [*map(_bold, pages[-1]), *dim(below)]]
    before = [list(map(_bold, lines)) for lines in _paged(said, more, more, width, height)]
    return [*before, *map(dim, _paged(aside, count, more, width, height))]


def _count(session: Session, study: Study, words: Words) -> str:
    """The stop's number of all, and a sign where there is more to read at this very step; nothing between stops."""
    number = study.stop
    if study.lesson is None or number is None:
        return ""
    count = words.say("status.stop", stop=number + 1, stops=len(study.lesson.stops))
    if study.held is not None:
        return words.say("status.stop_kept", stop=count, iteration=study.lesson.stops[number].iteration)
    following = study.lesson.stops[number + 1 : number + 2]
    if any(stop.run == study.run and study.place_of(stop) == study.place for stop in following):
        count += f" {sign('…', session.style)}"
    return count


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
    """A sign at the right of row `height`, where there is room beside what stands in it."""
    rows += [()] * (height - len(rows))
    if row_cells(rows[-1]) + cells(text) + 1 + _BEFORE <= width:
        rows[-1] = (*padded_row(rows[-1], width - cells(text) - 1), Piece(text, "dim"))
