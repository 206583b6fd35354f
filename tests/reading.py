"""The drawn screen held to the record, token by token; used by tests and bench.

What is drawn is read without its layout: the letters of the rows, their spaces left out. The formula of the step, in
symbols and in figures, its result, the stop's text and what there is to tell must stand in it letter by letter, or a
sign with a count in the place of exactly so many; what goes on on another page says so, and is on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

import screens
from screens import update

from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Expr
from nntutor.core.notation.spelling import tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.course import builtin, load
from nntutor.lessons.language import titles
from nntutor.lessons.language import words as languages
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import BOLD, Row
from nntutor.tui.drawing.canvas.saying import said
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.pages.prose import prose
from nntutor.tui.drawing.panels.here import panel_rows
from nntutor.tui.state import edits, views
from nntutor.tui.state.session import DIGITS, Press, Session, Typed, asking
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.study import Study

SIZES = ((40, 12), (80, 24), (120, 40))
VALUES = ("-1234.5678e-7", "-0.000123456789", "1e-17", "123456.789", "-7/3", "1e300", "0", "-2.5")
PANELS = ("why", "check", "run", "goto", "edit", "help", "glossary", "palette", "search")
_MOST = 17  # digits
_ASIDE = ("dim", "title", "key")  # styles of what stands beside formula and text


class Lost(Exception):
    """A token that is not on the screen, with the screen."""


# --- the letters of a screen --------------------------------------------------------------------------


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def letters(rows: list[Row] | tuple[Row, ...], aside: bool = False) -> str:
    """What is drawn without its spaces. aside: with labels at the side and signs at the end of a page."""
    return _bare("".join(piece.text for row in rows for piece in row if aside or piece.style not in _ASIDE))


# --- the formula --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A token of a formula; number: whether it stands for a number of the record."""

    text: str
    number: bool = False


def _reading(tree: Expr, leaf: Callable[[Ref], str], style: Style) -> list[Part]:
    spelled = tokens(tree, leaf, style, cases=True)
    return [
        Part(_bare(token.text), token.key is not None or token.text.isnumeric())
        for token in spelled
        if _bare(token.text)
    ]


def expected_formula(session: Session, study: Study) -> tuple[Part, list[list[Part]], Part]:
    """What the record says of the step: its symbol, the formula in symbols and in figures, the figure it makes."""
    trace, step, style = study.trace, study.step, session.style
    operand = min(session.digits + 2, _MOST)
    readings = [
        _reading(step.full, lambda ref: trace.symbol(ref, style), style),
        _reading(step.full, lambda ref: figure(trace.value(ref), operand, style=style), style),
    ]
    result = figure(step.value, session.digits, trace.signed(step.ref), style)
    return Part(trace.symbol(step.ref, style)), readings, Part(result)


@lru_cache(maxsize=8)
def _mark(language: str, style: Style) -> re.Pattern[str]:
    """`… 12 more …` as it is drawn."""
    dots = "..." if style is Style.ASCII else "…"
    one, more = (_bare(languages.load(language).say("cli.more_terms", count=count)) for count in (1, 7))
    before, after = more.split("7")
    return re.compile(
        f"{re.escape(dots + before)}(\\d+)(?:{re.escape(after)}|{re.escape(one.split('1')[1])}){re.escape(dots)}"
    )


def _terms(parts: list[Part]) -> int | None:
    """How many terms of one sum these are, each with the sign before it; None where they are not."""
    depth, count = 0, 0
    for part in parts:
        depth += part.text.count("(") - part.text.count(")")
        count += part.text == "+" and depth == 0
        if depth < 0:
            return None
    return count if depth == 0 and parts and parts[0].text == "+" else None


_COUNT = re.compile(r"(?:…|\.\.\.)(\d+)(?:…|\.\.\.)")


def _follow(shown: str, at: int, parts: list[Part], mark: re.Pattern[str]) -> int | None:
    """Where the reading ends that begins at `at`; None where a token is neither there nor counted."""
    for place, part in enumerate(parts):
        if part.text == "+" and (found := mark.match(shown, at + 1)):
            for end in range(place + 1, len(parts) + 1):
                if _terms(parts[place:end]) == int(found[1]):
                    there = _follow(shown, found.end(), parts[end:], mark)
                    if there is not None:
                        return there
        if (found := _COUNT.match(shown, at)) and int(found[1]) == sum(one.number for one in parts[place:]):
            return found.end()
        if not shown.startswith(part.text, at):
            return None
        at += len(part.text)
    return at


def formula_stands(shown: str, symbol: Part, readings: list[list[Part]], result: Part, mark: re.Pattern[str]) -> bool:
    """Whether the letters hold symbol = reading = reading = result, in this order and nothing between."""
    at = -1
    head = f"{symbol.text}="
    while (at := shown.find(head, at + 1)) >= 0:
        place: int | None = at + len(head)
        for reading in readings:
            assert place is not None
            place = _follow(shown, place, reading, mark)
            if place is None or shown[place : place + 1] not in ("=", "≈", "~"):
                place = None
                break
            place += 1
        if place is not None and shown.startswith(result.text, place):
            return True
    return False


# --- the page -----------------------------------------------------------------------------------------


def hold(session: Session) -> None:
    """What is on the screen is what is known at its place; `Lost` where it is not."""
    drawn = page._drawn(session, words_with_keys(session))
    for row in drawn:
        text = _plain(session, "".join(piece.text for piece in row))
        if cells(text) > session.width:
            raise Lost(f"cut at the edge: {text!r}{_screen(session)}")
    study = session.study
    if study is None or session.palette is not None or session.search is not None or page.covers(session) is not None:
        return
    _status(session)
    open_panel = study.panel is not None or study.running is not None
    if not open_panel or _formula_beside(session, study):
        _formula(session, study)
    _told(session, study)
    if not open_panel:
        _text(session, study)


def _formula_beside(session: Session, study: Study) -> bool:
    """Whether an open panel leaves room for the formula."""
    height = lesson_low(session)
    panel = panel_rows(session, study, words_with_keys(session), height)
    return panel is not None and len(panel) + 3 <= height


def lesson_low(session: Session) -> int:
    """Rows for formula and panel."""
    rules = screens.rules(page.rows(session))
    top = rules[-1] + 1 if len(rules) > 1 and rules[0] == 1 else 1
    return session.height - top - _told_rows(session)


def _told_rows(session: Session) -> int:
    assert session.study is not None
    notes = sum(1 for row in page.rows(session) if row and row[0].style == "note")
    return max(1, notes)


def _status(session: Session) -> None:
    """The first row ends with the step; a title that is not whole says so."""
    row = page.rows(session)[0]
    study = session.study
    assert study is not None
    head, place = row[0].text, "".join(piece.text for piece in row[1:])
    if f"{study.timeline.step}/{len(study.trace)}" not in place:
        raise Lost(f"the first row lacks the step{_screen(session)}")
    title = titles.title(study.timeline.original, session.language) or study.name
    if study.lesson is not None:
        title = load.described(study.lesson.id, session.language)[0]
    title = ascii_look(title) if session.style is Style.ASCII else title
    whole = title in head and "E " in place
    if not whole and "…" not in head and "." not in head:
        raise Lost(f"the first row leaves out what it does not say{_screen(session)}")


def _formula(session: Session, study: Study) -> None:
    symbol, readings, result = expected_formula(session, study)
    if session.style is Style.ASCII:
        symbol, result = Part(ascii_look(symbol.text)), Part(ascii_look(result.text))
        readings = [[Part(ascii_look(part.text), part.number) for part in reading] for reading in readings]
    shown = letters(page.rows(session))
    if not formula_stands(shown, symbol, readings, result, _mark(session.language, session.style)):
        whole = f" = {' = '.join(' '.join(part.text for part in reading) for reading in readings)} = {result.text}"
        raise Lost(f"not on the screen: {symbol.text}{whole}{_screen(session)}")


def _told(session: Session, study: Study) -> None:
    """A note, whole."""
    if study.note is None:
        return
    words, look = words_with_keys(session), Look(session.style, session.digits)
    shown = letters(page.rows(session))
    key, facts = study.note
    forms = [study.note, ("edit.short", facts)] if key.startswith("edit.") else [study.note]
    texts = []
    for form in forms:
        try:
            texts.append(_plain(session, _bare(said(form, words, look))))
        except KeyError:
            continue
    if not any(text in shown for text in texts):
        raise Lost(f"not told: {texts[0]}{_screen(session)}")


def _plain(session: Session, text: str) -> str:
    return ascii_look(text) if session.style is Style.ASCII else text


def _text(session: Session, study: Study) -> None:
    """The stop's text, over all of its pages, and at its end the number of the stop."""
    words = words_with_keys(session)
    left = _plain(session, _bare(prose(session, study, words).replace(BOLD, "")))
    pages = extents.prose_pages(session)
    for number in range(pages):
        here = replace(session, study=replace(study, page=number))
        rows = page.rows(here)
        shown = letters(rows)
        length = next((n for n in range(len(left), 0, -1) if left[:n] in shown), 0)
        if not length and left:
            raise Lost(f"page {number + 1} of {pages} has nothing of: {left}{_screen(here)}")
        left = left[length:]
        if number < pages - 1 and _plain(
            session, _bare(words.say("status.page", page=number + 1, pages=pages))
        ) not in letters(rows, aside=True):
            raise Lost(f"page {number + 1} of {pages} does not say that it goes on{_screen(here)}")
    if left:
        raise Lost(f"on no page: {left}{_screen(here)}")
    if study.lesson is not None and study.stop is not None:
        count = words.say("status.stop", stop=study.stop + 1, stops=len(study.lesson.stops))
        if _plain(session, _bare(count)) not in letters(rows, aside=True):
            raise Lost(f"the stop's number is not shown: {count}{_screen(here)}")


def _screen(session: Session) -> str:
    study = session.study
    where = f"{study.name} {study.run} {study.place} {study.view}" if study is not None else "list"
    size = f"{session.width}×{session.height} {session.language} {session.style.name} {session.digits} digits"
    rows = ["".join(piece.text for piece in row) for row in page.rows(session)]
    return f"\n{where}, {size}\n" + "\n".join(rows)


# --- the walk -----------------------------------------------------------------------------------------

SUBJECTS = (*(lesson.id for lesson in load.lessons()), *(f"problem {name}" for name in builtin.names()))


def walk(subject: str, language: str, size: tuple[int, int], random: Random, most: int = 30) -> Counter[str]:
    """A lesson by space, or a problem by phases; at every stop steps, views, panels, edits: each screen held."""
    seen: Counter[str] = Counter()

    def look_at(session: Session) -> Session:
        hold(session)
        seen["screens"] += 1
        seen[f"{session.width} columns"] += 1
        return session

    def pressed(session: Session, *actions: str) -> Session:
        for action in actions:
            session = look_at(lint.ran(look_at(update(session, Press(action)))))
        return session

    style = random.choice((Style.UNICODE, Style.UNICODE, Style.UNICODE, Style.ASCII))
    if subject.startswith("problem "):
        session = screens.of_problem(builtin.open(subject.removeprefix("problem ")), style, size)
        session = replace(session, language=language)
    else:
        session = screens.of_lesson(subject, language, style, size, known=True)
    look_at(session)
    _lists(session, random, look_at)
    for _ in range(most):
        seen["stops"] += 1
        beside = session
        if random.random() < 0.3:
            beside = replace(beside, digits=random.choice(DIGITS))
        for _ in range(random.randint(1, 3)):
            beside = pressed(beside, random.choice(("step", "step", "back", "unit_next", "phase_next", "last")))
        for _ in views.views(_study(beside)):
            beside = pressed(beside, "view")
        pressed(beside, random.choice(PANELS))
        edited = _edited(beside, random, pressed)
        edited = pressed(edited, random.choice(("more", "less", "double", "halve", "undo", "continue", "step")))
        if random.random() < 0.2:
            _run_far(edited, random, pressed)
        before, session = session, pressed(session, "continue")
        if _study(session).finished and _study(before).finished:
            break
    return seen


def _lists(session: Session, random: Random, look_at: Callable[[Session], Session]) -> None:
    """The list of lessons, the glossary over it, what is searched for."""
    home = replace(session, study=None)
    for action in random.choices(("unit_next", "last", "phase_next", "reset", "glossary", "escape"), k=6):
        home = look_at(update(home, Press(action)))
    for opened in ("search", "palette"):
        found = look_at(update(replace(session, study=None), Press(opened)))
        for text in (random.choice(("e", "δ", "weight", "기울기", "층")), "zz" * 30):
            found = look_at(update(found, Typed(text)))


def _study(session: Session) -> Study:
    assert session.study is not None
    return session.study


def _edited(session: Session, random: Random, pressed: Callable[..., Session]) -> Session:
    """One given number set to a long one."""
    given = edits.editable(_study(session))
    session = pressed(session, "edit")
    if not given or not asking(session):
        return session
    ref = random.choice(given)
    line = f"{edits.symbol_of(_study(session), ref)} = {random.choice(VALUES)}"
    session = update(session, Typed(line))
    hold(session)
    return pressed(session, "continue")


def _run_far(session: Session, random: Random, pressed: Callable[..., Session]) -> None:
    opened = pressed(session, "escape", "run")
    pressed(opened, *["unit_next"] * random.randint(0, 2), "continue", "step")


LEGS = len(SUBJECTS) * len(LANGUAGES) * (len(SIZES) + 1)
"""Walks in which everything is gone through once."""


def leg(seed: int) -> Counter[str]:
    """One walk of all, everything by its seed; LEGS seeds in a row go through every subject, language and size."""
    random, number = Random(seed), seed
    subject = SUBJECTS[number % len(SUBJECTS)]
    language = LANGUAGES[number // len(SUBJECTS) % len(LANGUAGES)]
    sizes = (*SIZES, (random.randint(40, 200), random.randint(12, 60)))
    size = sizes[number // (len(SUBJECTS) * len(LANGUAGES)) % len(sizes)]
    try:
        return walk(subject, language, size, random)
    except Lost as lost:
        raise Lost(f"seed {seed}: {lost}") from None
