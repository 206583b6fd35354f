"""The steps as a table, two views side by side, and what of the page stands still: the count of stops, the place."""

from __future__ import annotations

from dataclasses import replace

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from screens import page

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.model import VIEWS
from nntutor.lessons.language import words as languages
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells
from nntutor.tui.drawing.pages import texts
from nntutor.tui.drawing.pages.lesson import LessonPage
from nntutor.tui.drawing.pages.prose import WIDEST
from nntutor.tui.drawing.pages.tabs import tabs_row
from nntutor.tui.drawing.step.status import status_row
from nntutor.tui.drawing.views.steps import first_shown, steps
from nntutor.tui.state import moves, views
from nntutor.tui.state.expressions import value_of
from nntutor.tui.state.keys import scrolled
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.study import Study

SIZES = ((80, 24), (110, 30), (120, 40), (200, 60))
LESSONS = [lesson.id for lesson in load.lessons()]
EN = languages.load("en")


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def text(row: Row) -> str:
    return "".join(piece.text for piece in row)


# --- the steps ----------------------------------------------------------------------------------------------


@given(st.integers(1, 2000), st.integers(1, 60), st.data())
def test_the_step_at_hand_is_always_seen_and_the_table_moves_by_thirds_only(
    count: int, height: int, data: st.DataObject
) -> None:
    here = data.draw(st.integers(1, count))
    first = first_shown(here, count, height)
    assert 1 <= first <= here < first + height
    assert first == 1 or first + height <= count + 1, "no row is left empty while there are steps for it"
    windows = {first_shown(step, count, height) for step in range(1, count + 1)}
    assert len(windows) <= 1 + count // max(1, height // 3)


@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
@pytest.mark.parametrize("width", [46, 80])
def test_what_has_been_found_stands_with_its_figure_and_of_what_comes_neither_figure_nor_formula(
    width: int, style: Style
) -> None:
    study, look = study_of(screens.of_problem(builtin.open("two-two-two"))), Look(style)
    for here in range(1, len(study.trace) + 1):
        at = moves.to(study, 1, here)
        rows = [text(row) for row in steps(at, EN, width, len(study.trace), look)]
        used = {operand.ref for operand in at.step.operands}
        for step, row in zip(study.trace, rows, strict=True):
            shown = row.split()[-1]
            made = look.figure(step.value, study.trace.signed(step.ref))
            expected = made if step.index <= here else "?"
            assert shown == (f"[{expected}]" if step.index == here or step.ref in used else expected), row
            assert (" = " in row) is (step.index <= here)
            assert row.startswith(look.line("▸")) is (step.index == here)


def test_a_formula_without_room_is_counted_and_no_figure_is_cut() -> None:
    study = study_of(screens.pressed(screens.of_problem(builtin.open("flowers")), *["step"] * 3))
    for width in range(24, 90):
        rows = [text(row) for row in steps(study, EN, width, 12, Look())]
        assert all(cells(row) <= width for row in rows)
        assert rows[0].split()[-1] == figure(study.trace.step(1).value), width
    narrow, wide = (text(steps(study, EN, width, 12, Look())[0]) for width in (46, 80))
    assert "+ … 4 …" in narrow and "…" not in wide


# --- side by side ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (110, 30), (150, 40)])
@pytest.mark.parametrize("subject", [*LESSONS, *builtin.names()])
def test_each_view_changes_what_is_seen_and_all_are_come_by(subject: str, size: tuple[int, int]) -> None:
    if subject in LESSONS:
        session = screens.of_lesson(subject, size=size, known=True)
    else:
        session = screens.of_problem(builtin.open(subject), size=size)
    session, seen = screens.pressed(session, "view"), []
    for _ in views.drawn_views(study_of(session), extents.has_picture(session)):
        before = extents.seen(session)
        session = screens.pressed(session, "view")
        after = extents.seen(session)
        assert after != before and study_of(session).view not in before
        assert study_of(session).view in after
        seen += after
    assert set(seen) == set(views.drawn_views(study_of(session), extents.has_picture(session)))


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_views_are_named_and_the_one_at_the_right_is_marked(language: str, size: tuple[int, int]) -> None:
    words = languages.load(language)
    for lesson in LESSONS[(SIZES.index(size) + LANGUAGES.index(language)) % 2 :: 2]:
        session = screens.of_lesson(lesson, language, size=size, known=True)
        for _ in range(4):
            picture, seen = extents.has_picture(session), extents.seen(session)
            line = screens.lines(session)[1]
            assert cells(line) == size[0]
            names = {name: words.say(f"view_name.{name}") for name in views.drawn_views(study_of(session), picture)}
            assert all(f" {name} " in line or f"[{name}]" in line for name in names.values())
            assert f"── {names[seen[0]]} ─" in line and line.count("[") == len(seen) - 1
            assert all(f"[{names[second]}]" in line for second in seen[1:])
            session = screens.pressed(session, "view")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_has_a_name_of_its_own(language: str) -> None:
    names = [languages.load(language).say(f"view_name.{view}") for view in VIEWS]
    assert len(set(names)) == len(names)


def test_names_without_room_are_counted_and_the_one_that_is_shown_stays() -> None:
    names = ("network", "plane", "inequalities", "steps", "matrices", "curve")
    for width in range(50, 120):
        line = text(tabs_row("network", "curve", names, EN, width, 40, Look()))
        assert cells(line) == width and "[curve]" in line
        left_out = sum(EN.say(f"view_name.{name}") not in line for name in names)
        assert (f"… {left_out} …" in line) is (left_out > 0)


def test_the_phases_stand_in_the_first_row_and_the_one_at_hand_is_marked() -> None:
    session = screens.of_lesson("hidden-delta", size=(120, 40), known=True)
    study, columns = study_of(session), set()
    for index in range(1, len(study.trace) + 1):
        row = page.rows(replace(session, study=moves.to(study, 1, index)))[0]
        assert f"[{study.trace.plan.phase(index)}]" in text(row) and row_cells(row) == 120
        assert all(phase in text(row) for phase in ("forward", "error", "backward", "update"))
        columns.add(text(row).index("forward"))
    assert len(columns) == 1, "the strip stands still"


# --- the page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "lesson", "language"),
    list(
        zip(
            [*SIZES, (57, 20), (40, 12)],
            ("start", "hidden-delta", "xor") * 2,
            [*LANGUAGES, *LANGUAGES[::-1]] * 2,
            strict=False,
        )
    ),
)
def test_the_count_of_stops_stands_in_one_place_and_above_the_prose_an_empty_row(
    size: tuple[int, int], lesson: str, language: str
) -> None:
    session = screens.of_lesson(lesson, language, size=size, known=True)
    ends = set()
    for number in range(len(study_of(session).lesson.stops)):  # type: ignore[union-attr]
        last = extents.prose_pages(session) - 1
        drawn = LessonPage(session, replace(study_of(session), page=last), words_with_keys(session)).rows()
        said = languages.load(language).say("status.stop", stop=number + 1, stops=len(study_of(session).lesson.stops))  # type: ignore[union-attr]
        found = [(at, row) for at, row in enumerate(drawn) if row and said in row[-1].text]
        assert len(found) == 1, text(drawn[-2])
        ends.add((found[0][0], row_cells(found[0][1])))
        if size[1] >= 40 and study_of(session).note is None:
            result = max(at for at, row in enumerate(drawn) if any(piece.style == "result" for piece in row))
            assert not text(drawn[result + 1]) and text(drawn[result + 2])
            assert all(row_cells(row) <= WIDEST + 1 for row in drawn[result + 1 : found[0][0]])
        while study_of(session).last == number < len(study_of(session).lesson.stops) - 1:  # type: ignore[union-attr]
            session = screens.without_note(lint.ran(screens.pressed(session, "continue")))
    assert ends == {(size[1] - 2, size[0] - 1)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 100, 110, 120])
def test_the_title_never_touches_the_place_and_the_name_of_a_run_is_whole(width: int, language: str) -> None:
    words, look = languages.load(language), Look()
    for lesson in load.lessons():
        study = study_of(screens.of_lesson(lesson.id, language, known=True))
        title = f"{lesson.number} {load.described(lesson.id, language)[0]}"
        run = words.say("run_name.wrong")
        for index in (1, len(study.trace) // 2, len(study.trace)):
            row = status_row(study.trace, index, title, run, words, width, look, strip=width >= 110)
            assert row_cells(row) == width and row[0].text.rstrip(" …").endswith(run)
            assert row[1].text.startswith("  ") and row[1].text.isspace()
            plain = status_row(study.trace, index, title, "", words, width, look)
            assert width < 80 or (title in plain[0].text and "E " in row[-1].text and "E " in plain[-1].text)


# --- what is asked for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_hidden_number_stands_nowhere(size: tuple[int, int]) -> None:
    """In no view, not in the formula, not as an operand, in no panel, and no expression gets at it."""
    session = screens.of_problem(builtin.open("two-two-two"), size=size)
    last = moves.to(study_of(session), 1, len(study_of(session).trace))
    asked = 0
    for symbol in ("h1", "E", "∂E/∂o1", "δ_h1", "∂E/∂w1", "w5⁺"):
        ref = last.trace.find(symbol)
        assert ref is not None
        made, value = last.trace.index_of(ref), figure(last.trace.value(ref))
        assert made is not None
        uses = [step.index for step in last.trace if any(operand.ref == ref for operand in step.operands)]
        for step in (made, *uses[:1]):
            for view in ("network", "steps", "matrices", "curve"):
                for panel in ("escape", "why"):
                    here = replace(session, study=replace(moves.to(last, 1, step), view=view))
                    hiding = replace(study_of(here), hidden=frozenset([ref]))
                    shown, kept_back = (
                        "\n".join(screens.lines(screens.pressed(replace(session, study=study), panel)))
                        for study in (study_of(here), hiding)
                    )
                    assert value not in kept_back, kept_back
                    asked += value in shown
        assert not isinstance(value_of(replace(last, hidden=frozenset([ref])), symbol), float)
        assert isinstance(value_of(last, symbol), float)
    assert asked > 40


# --- what is left free --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lesson", "place", "view", "height", "below"),
    [
        ("adam", (1, 4), "moves", 40, ["network", "matrices"]),
        ("momentum", (12, 9), "contours", 40, ["curve"]),
        ("momentum", (12, 9), "moves", 40, ["steps"]),
        ("momentum", (1, 9), "contours", 40, []),
        ("vanishing", (1, 160), "layers", 40, ["matrices"]),
        ("cycle", (1, 4), "matrices", 40, ["steps"]),
        ("deeper", (1, 9), "network", 40, []),
        ("deeper", (1, 9), "network", 50, ["matrices"]),
        ("wall", (1, 1), "inequalities", 40, ["network", "matrices"]),
        ("old-weights", (1, 28), "runs", 40, ["network"]),
        ("start", (1, 4), "network", 40, ["matrices"]),
        ("start", (2, 4), "network", 40, ["curve", "matrices"]),
    ],
)
def test_what_a_view_leaves_free_of_a_wide_screen_goes_to_one_that_is_not_there_yet(
    lesson: str, place: tuple[int, int], view: str, height: int, below: list[str]
) -> None:
    session = screens.of_lesson(lesson, size=(120, height), known=True)
    study = replace(moves.to(study_of(session), *place), view=view)
    rows = screens.lines(replace(session, study=study))
    bottom = next(at for at, row in enumerate(rows) if at > 1 and set(row) == {"─"})
    named = [name for name in VIEWS if any(f"─ {EN.say(f'view_name.{name}')} ─" in row for row in rows[2:bottom])]
    assert sorted(named) == sorted(below)


@pytest.mark.parametrize(("lesson", "view"), [("adam", "moves"), ("wall", "inequalities")])
def test_a_short_table_has_the_steps_below_it_where_there_is_one_column(lesson: str, view: str) -> None:
    session = screens.of_lesson(lesson, known=True)
    study = replace(study_of(session), view=view)
    rows = page.rows(replace(session, study=study))
    (title,) = (at for at, row in enumerate(rows) if text(row).startswith(f"── {EN.say('view_name.steps')} ─"))
    assert any(text(row).startswith("▸") and row[-1].style == "result" for row in rows[title + 1 :])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legend_of_a_race_leaves_room_for_its_curves(language: str) -> None:
    session = screens.of_lesson("adam", language)
    while study_of(session).last < len(study_of(session).lesson.stops) - 1:  # type: ignore[union-attr]
        session = screens.without_note(lint.ran(screens.pressed(session, "continue")))
    assert study_of(session).view == "race"
    assert any("┤" in line for line in screens.lines(session))


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
def test_what_stands_below_the_bars_of_layers_takes_all_their_room_and_stands_still(size: tuple[int, int]) -> None:
    session = screens.of_lesson("vanishing", size=size, known=True)
    layers, head = len(study_of(session).trace.problem.network.layers), set()
    for step in range(2, len(study_of(session).trace), 60):
        study = replace(moves.to(study_of(session), 1, step), view="layers")
        rows = screens.lines(replace(session, study=study))
        head.add(next(at for at, row in enumerate(rows) if at > 1 and row.startswith("── matrices ─")))
        assert not any("Too large" in row for row in rows)
    assert len(head) == 1 and max(head) <= 2 + 1 + layers + 2


def test_a_run_that_is_called_as_its_lesson_is_not_named_twice() -> None:
    session = screens.of_lesson("adam", size=(120, 40), known=True)
    heads = {
        run: screens.lines(replace(session, study=replace(study_of(session), run=run)))[0][:30]
        for run in ("adam", "plain", "uncorrected")
    }
    assert [head.split("  ")[0].strip() for head in heads.values()] == [
        "16 Adam",
        "16 Adam · plain",
        "16 Adam · Adam uncorrected",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("height", [20, 27, 34, 41])
def test_in_two_columns_a_heading_stands_with_its_text_and_no_row_is_passed_over(height: int, language: str) -> None:
    text: list[Row] = []
    for number in range(40):
        text += [(Piece(f"H{number}", "bold"),), *[(Piece(f"{number}.{line}"),) for line in range(number % 4 + 1)], ()]
    session = replace(screens.of_lesson("hidden-delta", language), width=120, height=height)
    seen, last = texts.rows_seen(session), texts.last_top(session, len(text))
    shown, top = "", 0
    while True:
        rows = texts.page(session, words_with_keys(session), "T", text, top, [])
        lines = ["".join(piece.text for piece in row) for row in rows][2 : 2 + seen // 2]
        ends = [line[:58].strip() for line in lines if line[:58].strip()]
        assert top == last or not ends[-1].startswith("H")
        shown += "\n".join([*lines, ""])
        assert len(rows) == height
        if top == last:
            break
        top = scrolled(top, "continue", seen, last)
    assert {row[0].text for row in text if row} <= set(shown.split())
