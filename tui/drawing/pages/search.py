"""What has been found of a word: one row a place, and what is said at the one that is picked."""

from __future__ import annotations

from nntutor.lessons.course import glossary, load
from nntutor.lessons.course.search import Found
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule, title_row
from nntutor.tui.drawing.canvas.lists import chosen
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, ended, first_around, kept, wrapped
from nntutor.tui.drawing.canvas.typed import asked
from nntutor.tui.state.finding import found
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.signs import non_text_key

_HEAD, _SAID = 3, 5
_BEFORE = 12  # letters of a text before what is searched for


def search_page(session: Session, words: Words) -> list[Row]:
    """The whole screen."""
    assert session.search is not None
    look, width, query = look_of(session), session.width, session.search.query
    places = found(session)
    picked = min(session.search.picked, max(0, len(places) - 1))
    said = _SAID if places and session.height >= 2 * _SAID + _HEAD else 0
    room = max(1, session.height - _HEAD - 1 - said)
    top = first_around(picked, room, len(places))
    rows: list[Row] = [
        _row(session, words, look, place, number, number == picked)
        for number, place in enumerate(places[top : top + room], top)
    ]
    if not places:
        line = words.say("search.nothing", query=look.plain(query)) if query.strip() else words.say("search.how")
        rows += [(Piece(f" {part}", "note" if query.strip() else "dim"),) for part in wrapped(line, width - 2)[:room]]
    rows += [()] * (room - len(rows))
    if said:
        whole: list[Row] = [(Piece(f"  {line}"),) for line in wrapped(look.plain(places[picked].text), width - 4)]
        rows += [rule(width, look), *kept(whole, said - 1, look)]
        rows += [()] * (room + said - len(rows))
    ask = asked(words.say("search.ask"), session.search.line, width, look)
    count = words.say("search.count", at=picked + 1, of=len(places)) if places else ""
    head = [title_row(f"{words.say('search.title')}   {count}".rstrip()), rule(width, look), ask]
    return [*head, *rows, key_line(_keys(session), words, width)]


def _row(session: Session, words: Words, look: Look, place: Found, number: int, picked: bool) -> Row:
    where = ended(look.plain(named(session, words, place)), session.width - 5, look)
    where = f" {look.line('▸') if picked else ' '} {where}  "
    said = place.text if place.at <= _BEFORE else place.text[place.at - _BEFORE :]
    begun = look.line("…") if said is not place.text else ""
    text = ended(begun + look.plain(said), session.width - cells(where), look)
    click = Pointed("row", number)
    row = (Piece(where, "bold", click), Piece(text, click=click))
    return chosen(row, session.width) if picked else row


def named(session: Session, words: Words, place: Found) -> str:
    """Where a place is: the glossary's term, the lesson, or its stop of all."""
    if not place.lesson:
        term = glossary.terms()[place.number or 0]
        return f"{words.say('glossary.title')} · {term.name[session.language]}"
    lesson = load.find(place.lesson)
    title = load.described(place.lesson, session.language)[0]
    if lesson is None or place.number is None:
        return title if lesson is None else f"{lesson.number} {title}"
    count = words.say("status.stop", stop=place.number + 1, stops=len(lesson.stops))
    return f"{lesson.number} {title} · {count}"


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
        (non_text_key(session, "escape"), "close"),
    ]
