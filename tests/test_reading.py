"""Nothing is cut: a small share of `bench/soak.py tokens`, and what its reader finds and lets pass."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from random import Random

import pytest
import reading
import screens
from hypothesis import given
from hypothesis import strategies as st
from reading import Lost, Part, formula_stands
from screens import update

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.language import words
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, kept, row_cells, shortened
from nntutor.tui.drawing.pages.lesson import LessonPage
from nntutor.tui.drawing.step import formula
from nntutor.tui.state.session import Session, Typed

MARK = reading._mark("en", Style.UNICODE)
TERMS = "… {} more terms left out …"


@pytest.mark.parametrize(
    ("language", "size"), list(zip(cycle(LANGUAGES), [*reading.SIZES, None, None], strict=False)), ids=str
)
def test_no_token_is_lost_wherever_a_learner_goes(language: str, size: tuple[int, int] | None) -> None:
    random = Random(f"{language} {size}")
    at = size or (random.randint(40, 200), random.randint(12, 60))
    assert reading.walk(random.choice(reading.SUBJECTS), language, at, random, most=1)["screens"] > 10


def at_stop(lesson: str, language: str, size: tuple[int, int], number: int) -> Session:
    session = screens.of_lesson(lesson, language, size=size)
    while session.study is not None and session.study.last < number:
        session = lint.ran(screens.pressed(session, "continue"))
    return session


@pytest.mark.parametrize(("width", "language"), list(zip([40, 57, 80, 120], cycle(LANGUAGES), strict=False)))
def test_beale_s_surface_is_whole_in_symbols_and_in_figures(width: int, language: str) -> None:
    reading.hold(at_stop("adam", language, (width, 24), 13))


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choice_of_many_seeds_stands_whole(language: str, width: int) -> None:
    session = screens.of_lesson("xor", language, size=(width, 24))
    assert session.study is not None and session.study.lesson is not None
    drawn = next(stop.run for stop in session.study.lesson.stops if stop.view == "seeds")
    session = screens.pressed(replace(session, study=replace(session.study, run=drawn)), "run")
    said = load_words(language, "run.seeds", seeds=256, count=2000)
    assert reading._bare(said) in reading.letters(screens.page.rows(session))


def load_words(language: str, key: str, **facts: object) -> str:
    return words.load(language).say(key, **facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_of_several_lines_hides_nothing_of_a_stop(language: str) -> None:
    """It takes rows of the text, which then has one page more."""
    noted = 0
    for lesson in ("output-delta", "forward", "hidden-delta"):
        session = screens.pressed(at_stop(lesson, language, (57, 24), 3), "edit")
        session = screens.pressed(update(session, Typed("w5 = -1234.5678e-7")), "continue")
        noted += sum(row[0].style == "note" for row in screens.page.rows(session) if row) > 1
        reading.hold(session)
    assert noted


# --- what the reader finds ----------------------------------------------------------------------------------


def parts(text: str) -> list[Part]:
    return [Part(one, one[-1].isalnum()) for one in text.split()]


SYMBOLS, FIGURES = parts("w1 · x1 + w2 · x2 + w3 · x3 + b"), parts("1 · 2 + 3 · 4 + 5 · 6 + ( −7 )")


@pytest.mark.parametrize(
    ("shown", "stands"),
    [
        ("w1·x1+w2·x2+w3·x3+b=1·2+3·4+5·6+(−7)=37", True),
        (f"w1·x1+{TERMS.format(2)}+b=1·2+{TERMS.format(2)}+(−7)=37", True),
        ("w1·x1+w2…4…=1·2…5…≈37", True),
        ("w1·x1+w2·x2+w3·x3+b=1·2+3·4+5·6+(−7=37", False),
        ("w1·x1+w2·x2+w3·x3+b=1·2+3·4+5·6+(7)=37", False),
        ("w1·x1+w2·x2+w3·x3+b=1·2+3·4+5·=37", False),
        (f"w1·x1+{TERMS.format(1)}+b=1·2+{TERMS.format(2)}+(−7)=37", False),
        ("w1·x1+w2…3…=1·2…5…≈37", False),
        ("w1·x1+w2·x2+w3·x3+b=1·2+3·4+5·6+(−7)=3", False),
        ("w1·x1+w2·x2+w3·x3+b=37", False),
    ],
)
def test_a_formula_stands_where_every_token_does_or_is_counted(shown: str, stands: bool) -> None:
    flat = reading._bare(f"picture net_h1={shown} text")
    assert formula_stands(flat, Part("net_h1"), [SYMBOLS, FIGURES], Part("37"), MARK) is stands


def test_a_formula_cut_at_the_edge_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    session, whole = at_stop("adam", "en", (80, 24), 13), formula._lines
    monkeypatch.setattr(formula, "_lines", lambda pieces, width: whole(pieces, width + 3))
    with pytest.raises(Lost):
        for width in range(40, 60):
            reading.hold(replace(session, width=width))


def test_a_page_that_is_not_shown_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    session = screens.of_lesson("start", size=(40, 12))
    reading.hold(session)
    monkeypatch.setattr(reading.extents, "prose_pages", lambda _: 1)
    with pytest.raises(Lost, match="on no page"):
        reading.hold(session)


# --- rows -------------------------------------------------------------------------------------------------------

WORDS = st.lists(st.text("ab−0.5은", min_size=1, max_size=7), min_size=1, max_size=12)


@given(WORDS, st.integers(12, 40), st.sampled_from((Style.UNICODE, Style.ASCII)))
def test_a_row_without_room_keeps_whole_words_and_counts_the_others(words: list[str], width: int, style: Style) -> None:
    row = (Piece(" ".join(words)),)
    shown = shortened(row, width, Look(style))
    assert row_cells(shown) <= width
    if cells(row[0].text) <= width:
        assert shown == row
        return
    *here, _, count, _ = "".join(piece.text for piece in shown).split()
    assert here == words[: len(here)] and int(count) == len(words) - len(here)


@given(st.integers(0, 9), st.integers(1, 9))
def test_of_rows_without_room_it_is_said_how_many_there_are(rows: int, height: int) -> None:
    drawn = kept([(Piece(str(number)),) for number in range(rows)], height, Look())
    assert len(drawn) == min(rows, height)
    if rows > height:
        assert drawn[-1][0].text == f" … {rows - height + 1} …"


def test_every_lesson_and_problem_is_walked() -> None:
    assert len(reading.SUBJECTS) == len(set(reading.SUBJECTS)) > len(load.lessons())
    assert {reading.SUBJECTS[n % len(reading.SUBJECTS)] for n in range(len(reading.SUBJECTS))} == set(reading.SUBJECTS)


def test_the_number_of_the_stop_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    session = screens.of_lesson("forward")
    reading.hold(session)
    assert session.study is not None
    monkeypatch.setattr(screens.page, "lesson_page", lambda _: _Bare(session))
    with pytest.raises(Lost, match="number is not shown"):
        reading.hold(session)


class _Bare:
    """The page without the number of the stop."""

    def __init__(self, session: Session) -> None:
        assert session.study is not None
        self.page = LessonPage(session, session.study, reading.words_with_keys(session))

    def prose_pages(self) -> int:
        return self.page.prose_pages()

    def rows(self) -> list:  # type: ignore[type-arg]
        return [tuple(replace_of(piece) for piece in row) for row in self.page.rows()]


def replace_of(piece: Piece) -> Piece:
    return piece._replace(text="") if " of " in piece.text and piece.style == "dim" else piece


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sign_of_a_text_or_a_picture_is_explained_on_the_page_of_keys(language: str) -> None:
    session = replace(screens.pressed(screens.of_lesson("output-delta", language), "help"), height=200)
    lines = screens.lines(session)
    stops = [stop.text for lesson in load.lessons() for stop in load.text(lesson.id, language).stops.values()]
    for sign in (*"▼▲←→●○•✓✗✕▸┊≈…?", "3e4"):
        assert any(sign in line[:14] and line[14:].strip() for line in lines), sign
    assert {letter for text in stops for letter in text if letter in "▼▲◀▶●○✓✗✕▸┊◆■□△▽"} <= set("▼▲●○✓✗✕▸┊")


@pytest.mark.parametrize("mark", "▼▲●○•✓✗✕▸┊≈−")
def test_without_unicode_a_picture_and_the_prose_that_speaks_of_it_have_the_same_sign(mark: str) -> None:
    look = Look(Style.ASCII)
    assert look.line(mark) == look.plain(mark) != mark
