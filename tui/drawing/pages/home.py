"""The list of lessons. Drawn before NumPy is loaded, so it knows nothing of the core."""

from __future__ import annotations

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule
from nntutor.tui.drawing.canvas.lists import MARK, WIDE, Listed, around, with_about
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, bar, ended, kept, padded_row, shortened, wrapped
from nntutor.tui.state.session import Home, Pointed, Session, has_place
from nntutor.tui.state.signs import non_text_key, sign

_HEAD = 2
_LIST = 66  # cells of the list on a wide screen
_TITLE = 46
_ROOMY = 80  # cells for how far one is in words; in fewer, and beside what says it at length, the numbers alone
_STATE, _SHORT_STATE = 19, 8
_PROSE, _BAR = 90, 20
_AT, _ITERATION, _VIEW = 17, 16, 12


def home_page(session: Session, words: Words) -> list[Row]:
    """Parts and lessons, the picked one with what it is about, and the keys."""
    look, width = look_of(session), session.width
    title = f" {words.say('course.title')} · {words.say('course.about')}"
    head = [shortened((Piece(look.line(title), "title"),), width, look), rule(width, look)]
    room = session.height - _HEAD - 1
    low = _low(session, words, look, room)
    room = max(1, room - len(low))
    rows = [one.row for one in listed(session, words, look, room)]
    if width >= WIDE:
        about = _about(session, words, look, min(_PROSE, width - _LIST - 4))
        rows = with_about(rows, kept(about, room, look), _LIST, room, look)
    rows = [*head, *rows, *low]
    rows += [()] * (session.height - 1 - len(rows))
    return [*rows[: session.height - 1], key_line(_keys(session), words, width)]


def listed(session: Session, words: Words, look: Look, room: int) -> list[Listed]:
    """The rows of the list as they stand below the rule, each with the number of its lesson."""
    home, wide = session.home, _LIST if session.width >= WIDE else session.width
    rows: list[Listed] = []
    parts = [lesson.part for lesson in home.lessons]
    airy = len(parts) + 2 * len(set(parts)) - 1 <= room
    part = None
    for number, lesson in enumerate(home.lessons):
        if lesson.part != part:
            part = lesson.part
            rows += [Listed(())] if airy and rows else []
            rows.append(Listed((Piece(f" {words.say(f'part.{part}')}", "bold"),)))
        rows.append(Listed(_row(session, words, number, look, wide), number))
    return around(rows, home.picked, room, wide, look)


def _row(session: Session, words: Words, number: int, look: Look, wide: int) -> Row:
    lesson, picked = session.home.lessons[number], number == session.home.picked
    title = load.described(lesson.id, session.language)[0]
    right = f" {words.say('home.minutes', minutes=lesson.minutes):>7}  {_state(session, words, lesson, look)}"
    mark = look.line("▸") if picked else " "
    state = _STATE if _says_state(session) else _SHORT_STATE
    room = min(_TITLE, wide - MARK - state - cells(" minutes  "))
    left = padded_row((Piece(ended(f" {mark} {lesson.number:2d}  {look.plain(title)}", room, look)),), room)
    text = "".join(piece.text for piece in left) + right
    return (Piece(text + " " * max(0, wide - cells(text)), "picked" if picked else "", Pointed("row", number)),)


def _state(session: Session, words: Words, lesson: Lesson, look: Look) -> str:
    """How far a lesson has been read."""
    home, begun = session.home, dict(session.home.begun)
    if lesson.id in home.tested and _says_state(session):
        return words.say("home.tested") if look.ascii else f"✓ {words.say('home.tested')}"
    if lesson.id in home.done:
        return words.say("home.done") if look.ascii else f"✓ {words.say('home.done')}"
    if lesson.id in begun:
        key = "home.begun" if _says_state(session) else "status.stop"
        return words.say(key, stop=begun[lesson.id] + 1, stops=len(lesson.stops))
    return words.say("home.optional") if lesson.optional else ""


def _says_state(session: Session) -> bool:
    return _ROOMY <= session.width < WIDE


def _low(session: Session, words: Words, look: Look, room: int) -> list[Row]:
    """What is said below the list: what has happened, what is asked; where there is no place beside it, the summary."""
    home, width = session.home, session.width - 4
    told = home.message or (words.say("home.anew") if home.anew else "")
    if told:
        about = wrapped(told, width)
    elif session.width >= WIDE:
        about = []
    else:
        about = wrapped(look.plain(load.described(home.lessons[home.picked].id, session.language)[1]), width)
        about += wrapped(words.say("home.welcome"), width) if _is_new(home) else []
    if home.broken and not home.message:
        about += [line for error in home.broken for line in wrapped(words.say("home.broken", error=error), width)]
    low: list[Row] = [(), *[(Piece(f"  {line}", "note" if told else ""),) for line in about]] if about else []
    return kept(low, max(0, room - 3), look)


def _is_new(home: Home) -> bool:
    return not home.done and not home.begun and home.picked == 0


# --- beside the list -----------------------------------------------------------------------------------------


def _about(session: Session, words: Words, look: Look, width: int) -> list[Row]:
    """What the picked lesson is about, how far it has been read, and its stops."""
    home = session.home
    lesson = home.lessons[home.picked]
    title, summary = load.described(lesson.id, session.language)
    read = len(lesson.stops) if lesson.id in home.done else dict(home.begun).get(lesson.id, -1) + 1
    said = wrapped(look.plain(summary), width)
    if _is_new(home):
        said += ["", *wrapped(words.say("home.welcome"), width)]
    progress = words.say("home.read", read=read, stops=len(lesson.stops))
    share = Piece(f"   {progress}")
    return [
        *[(Piece(line, "title"),) for line in wrapped(look.plain(title), width)],
        (Piece(look.plain(_facts(words, lesson)), "dim"),),
        (),
        *[(Piece(line),) for line in said],
        (),
        (bar(read / len(lesson.stops), min(_BAR, width - cells(share.text)), look), share),
        (),
        *_stops(words, lesson, read, width, look),
    ]


def _facts(words: Words, lesson: Lesson) -> str:
    minutes = words.say("home.minutes", minutes=lesson.minutes)
    return f"{minutes}   {words.say('home.optional')}" if lesson.optional else minutes


def _stops(words: Words, lesson: Lesson, read: int, width: int, look: Look) -> list[Row]:
    """Each stop: whether it has been read, at which number and iteration it stands; its view if another."""
    done = words.say("home.done") if look.ascii else "✓"
    iterations = any(stop.iteration > 1 for stop in lesson.stops)
    at = cells(done) + _AT
    view = _VIEW if at + iterations * _ITERATION + _VIEW <= width else 0
    rows: list[Row] = []
    for number, stop in enumerate(lesson.stops, 1):
        mark = done if number <= read else " " * cells(done)
        same = number > 1 and stop.view == lesson.stops[number - 2].view
        drawn = "" if same else words.say(f"view_name.{stop.view}")
        where = f"{words.say('status.iteration')} {stop.iteration}" if stop.iteration > 1 else ""
        rows.append(
            (
                *padded_row((Piece(f"{mark} {number:2d}  {look.plain(stop.at)}"),), at),
                *padded_row((Piece(where, "dim"),), iterations * _ITERATION),
                *padded_row((Piece(look.plain(drawn), "dim"),), view),
            )
        )
    return rows


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
        *([(sign(session, "reset"), "anew")] if has_place(session.home) else []),
        (sign(session, "ask"), "test"),
        *(
            [(sign(session, "ending"), "ending")]
            if session.home.lessons[session.home.picked].id in session.home.done
            else []
        ),
        *((sign(session, action), action) for action in ("search", "glossary", "language")),
        (sign(session, "leave"), "quit"),
    ]
