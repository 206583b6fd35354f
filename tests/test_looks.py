"""Themes chosen by key and kept, and every meaning without any colour. What the colours are: `test_colours.py`."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import formerly
import pytest
import screens
from rich.style import Style as Painted
from screens import update
from test_following import at, screen, typed

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.language import words
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.cells import cells
from nntutor.lessons.learner.places import Store
from nntutor.tui import lint
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import wrapped
from nntutor.tui.drawing.canvas.typed import CURSOR
from nntutor.tui.drawing.charts.bars import Bar, bars_rows
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.step.diagram import diagram
from nntutor.tui.drawing.step.matrices import matrices
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Choosing
from nntutor.tui.state.session import THEMES, Opened, Session, Typed
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.terminal import themes
from nntutor.tui.terminal.themes import styles

LESSONS = [lesson.id for lesson in load.lessons()]


# --- without Unicode ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
@pytest.mark.parametrize("lesson", LESSONS)
def test_no_row_is_longer_without_unicode_than_the_screen(lesson: str, size: tuple[int, int]) -> None:
    """It would be cut at the edge: of 0.07660 there stood 0.076, behind a title with ¼ in it."""
    first = screens.of_lesson(lesson, style=Style.ASCII, size=size, known=True)
    second = screens.pressed(first, "continue")
    ending = screens.pressed(first, "ending")
    for session in (first, second, ending, screens.pressed(ending, "phase_next")):
        for row in page._drawn(session, words_with_keys(session)):
            text = "".join(piece.text for piece in row)
            assert cells(ascii_look(text)) <= size[0], text


@pytest.mark.parametrize(
    ("lesson", "stop", "line", "written"),
    [
        ("momentum", "zigzag", "w1 = 0", "w1 -1.417 -> 0, from iteration 12 on"),
        ("descent", "move", "", "[w1 0.5 -> 1.25]"),
        ("forward", "rows", "", "hidden layer 2 -> 2"),
    ],
)
def test_without_unicode_what_a_number_becomes_is_no_inequality(
    lesson: str, stop: str, line: str, written: str
) -> None:
    session = at(screens.of_lesson(lesson, style=Style.ASCII, size=(140, 40), known=True), stop)
    assert written in screen(typed(session, line) if line else session)


def test_without_unicode_a_sign_stays_with_what_follows_it() -> None:
    for text in (
        "for the row o1 - t1 = +1 too",
        "so that it is E 1.078 -> 0.07379 then",
        "all of them: w <- w - eta*g now",
    ):
        for width in range(24, 40):
            assert not re.search(r"(?:->|<-|=|-|E)$", "\n".join(wrapped(text, width)), re.MULTILINE), (text, width)


# --- themes ------------------------------------------------------------------------------------------


async def test_in_high_contrast_every_cell_is_painted(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta", theme="contrast")
    async with app.run_test(size=(90, 30)) as pilot:
        for keys in ((), ("?",), ("escape", "q")):
            await pilot.press(*keys)
            for y in range(31):
                line = app._page.render_line(y)
                assert line.cell_length == 90
                for _, style, _ in line:
                    assert style is not None and style.bgcolor is not None, (keys, y)


async def test_another_theme_paints_the_page_anew(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        for theme in (*THEMES[1:], THEMES[0]):
            await pilot.press("o")
            found = styles(theme, 16)
            drawn = {style for y in range(24) for _, style, _ in app._page.render_line(y) if style is not None}
            assert drawn <= {*found.values(), Painted.null()} and found["result"] in drawn


def tutor(home: Path, lesson: str | None = None, **settings: object) -> Tutor:
    desk = Desk(Store.open(home))
    session = replace(Session(desk.home(), "en", Style.UNICODE, theme=desk.theme), **settings)
    opening = desk.begin(lesson, None)
    return Tutor(session if opening is None else update(session, Opened(opening.study, opening.digits)), desk)


# --- how many colours --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "count"),
    [
        ({"TERM": "vt100"}, 0),
        ({"TERM": "vt220"}, 0),
        ({"TERM": "xterm-mono"}, 0),
        ({"TERM": "xterm-mono", "COLORTERM": "truecolor"}, 0),
        ({"TERM": "screen"}, 16),
        ({"TERM": "linux"}, 16),
        ({"TERM": "xterm"}, 16),
        ({"TERM": "no-such-terminal"}, 16),
        ({"TERM": "no-such-256color"}, 256),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, 1 << 24),
        # COLORTERM is of the terminal around these.
        ({"TERM": "screen", "STY": "1.pts", "COLORTERM": "truecolor"}, 16),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor"}, 256),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux", "COLORTERM": "truecolor"}, 256),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, 0),
    ],
    ids=str,
)
def test_the_terminal_says_how_many_colours_it_has(variables: dict[str, str], count: int) -> None:
    """In a process of its own: curses answers for the first terminal of a process only."""
    unset = ("COLORTERM", "NO_COLOR", "TMUX", "STY")
    clean = {name: value for name, value in os.environ.items() if name not in unset}
    program = "import os; from nntutor.tui.terminal import capabilities; print(capabilities.colours(os.environ))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**clean, **variables}
    )
    assert int(done.stdout) == count


def test_without_curses_a_terminals_name_tells() -> None:
    program = "import sys; sys.modules['curses'] = None\nfrom nntutor.tui.terminal import capabilities as doctor\n"
    program += "print(*(doctor.colours({'TERM': term}) for term in ('vt100', 'xterm', 'xterm-256color')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "16", "256"]


# --- chosen and kept ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_key_goes_round_the_themes_and_names_them(language: str) -> None:
    session = screens.of_lesson("hidden-delta", language, known=True)
    for theme in (*THEMES[1:], THEMES[0]):
        session = screens.pressed(session, "theme")
        assert session.theme == theme
        assert words.load(language).say(f"theme.{theme}") in screens.lines(session)[-1]
    home = screens.pressed(replace(session, study=None), "theme")
    assert any(words.load(language).say("theme.light") in line for line in screens.lines(home))


def test_without_colours_the_key_says_so_and_changes_nothing() -> None:
    session = screens.pressed(replace(screens.of_lesson("hidden-delta", known=True), colours=0), "theme")
    assert session.theme == "standard"
    assert "no colours" in " ".join(screens.lines(session)[-2:])


def test_what_is_open_stays_in_sight_when_the_theme_changes() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta", known=True), "why", "theme")
    assert session.theme == "light" and screens.lines(session)[-1] == screens.lines(screens.pressed(session))[-1]
    assert "esc close" in screens.lines(session)[-1]


@pytest.mark.parametrize("lesson", [None, "hidden-delta"])
async def test_the_next_start_has_the_theme_wherever_it_is(tmp_path: Path, lesson: str | None) -> None:
    app = tutor(tmp_path, lesson)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o", "o", "q", "q")
    for other in (None, "cycle"):
        assert tutor(tmp_path, other).session.theme == "contrast"


def test_a_file_of_the_version_before_keeps_its_places_and_takes_a_theme(tmp_path: Path) -> None:
    formerly.version_1(tmp_path, [])
    with sqlite3.connect(tmp_path / "progress.sqlite") as connection:
        connection.execute("INSERT INTO reached (lesson, done, at) VALUES ('start', 1, 0)")
        connection.execute("DROP TABLE setting")
    connection.close()
    desk = Desk(Store.open(tmp_path))
    assert desk.theme == "standard" and desk.home().done == {"start"}
    session = Session(desk.home())
    desk.keep(session, screens.pressed(session, "theme"))
    desk.close(session)
    desk = Desk(Store.open(tmp_path))
    assert desk.theme == "light" and desk.home().done == {"start"}


def test_a_theme_that_this_version_does_not_know_is_the_standard_one(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.keep_setting("theme", "solarized")
    assert Desk(store).theme == "standard"


# --- without any style -------------------------------------------------------------------------------


def stops(lesson: str, style: Style) -> Iterator[Session]:
    session = screens.of_lesson(lesson, style=style, known=True)
    for _ in range(900):
        yield session
        assert session.study is not None
        if session.study.finished:
            return
        session = lint.ran(screens.pressed(session, "continue"))
    pytest.fail("the lesson does not end")


MARKED = re.compile(r"(\[([^\[\]]|\[\d+\])+\] *)+")


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_mark_of_a_lesson_is_a_sign_as_well(lesson: str) -> None:
    style = Style.ASCII if LESSONS.index(lesson) % 2 else Style.UNICODE
    for session in islice(stops(lesson, style), LESSONS.index(lesson) % 3, None, 3):
        assert session.study is not None
        look, trace, step = look_of(session), session.study.trace, session.study.step
        used = {piece.style for row in page.rows(session) for piece in row}
        assert used <= {"", *styles("standard", 0)}
        if not trace.problem.surface:
            drawn = diagram(trace, step, 79, 13, look) or []
            table = matrices(trace, step, words.load("en"), 79, 13, look)
            for text in screens.marked(drawn) + screens.marked(table):
                assert MARKED.fullmatch(text), text
        asked = screens.pressed(session, "why")
        if step.operands:
            rows = [line for line in screens.lines(asked) if line.startswith(f" {look.line('▸')} ") and " = " in line]
            assert len(rows) == 1, rows


@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
def test_the_picked_row_and_the_picked_choice_have_a_sign(style: Style) -> None:
    mark = ">" if style is Style.ASCII else "▸"
    home = Session(replace(Session(Desk(Store(None)).home()).home, picked=3), style=style)
    assert next(line for line in screens.lines(home) if line.startswith(f" {mark} ")).split()[1] == "3"
    session = screens.pressed(screens.of_lesson("xor", style=style, known=True), "run")
    before = ""
    for count in ("10", "100", "1 000", "10 000"):
        line = next(line for line in screens.lines(session) if "10 000" in line)
        assert f"[{count}]" in line and line.count("[") == 1
        plain = line.replace("[", " ").replace("]", " ")
        assert plain == before or not before  # nothing moves
        before, session = plain, screens.pressed(session, "step")


@pytest.mark.parametrize("where", ["list", "commands", "search", "why", "choices", "bug"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_is_picked_of_several_rows_is_one_bar_with_its_sign(where: str, size: tuple[int, int]) -> None:
    session = screens.of_lesson("hidden-delta", size=size, known=True)
    match where:
        case "list":
            session = replace(session, study=None)
        case "commands":
            session = screens.pressed(session, "palette", "unit_next")
        case "search":
            session = screens.pressed(update(screens.pressed(session, "search"), Typed("delta")), "unit_next")
        case "why":
            session = screens.pressed(session, "why", "unit_next")
        case "choices":
            session = screens.of_lesson("hidden-delta", size=size, known=True, asks=True)
            session = screens.pressed(session, "continue", "continue", "unit_next")
        case "bug":
            session = screens.pressed(session, "bug", "unit_next")
    (row,) = (row for row in page.rows(session) if any(piece.style == "picked" and piece != CURSOR for piece in row))
    bar = [piece for piece in row if piece.style == "picked"]
    assert row[: len(bar)] == tuple(bar), "it begins at the left"
    text = "".join(piece.text for piece in bar)
    assert text.startswith(" ▸ ") and cells(text) >= 54


@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
def test_where_a_line_is_typed_there_is_a_sign(style: Style) -> None:
    assert CURSOR.text.strip()
    for actions in (("goto",), ("edit",)):
        session = update(
            screens.pressed(screens.of_lesson("hidden-delta", style=style, known=True), *actions), Typed("12")
        )
        assert any("12_" in line for line in screens.lines(session))
    home = update(screens.pressed(replace(session, study=None), "search"), Typed("xor"))
    assert "xor_" in screens.lines(home)[2]


@pytest.mark.parametrize("look", [Look(), Look(Style.ASCII)])
def test_the_bar_at_hand_has_a_sign(look: Look) -> None:
    rows = bars_rows([Bar("h1", 0.5), Bar("h2", 0.25, here=True)], 40, 6, look)
    assert [row[0].text[0] for row in rows[1:]] == [" ", look.line("▸")]


@pytest.mark.parametrize(("lesson", "view"), [("old-weights", "runs"), ("adam", "moves"), ("adam", "steps")])
def test_the_number_at_hand_of_a_table_has_a_sign(lesson: str, view: str) -> None:
    for style, mark in ((Style.UNICODE, "▸"), (Style.ASCII, ">")):
        session = screens.of_lesson(lesson, style=style, known=True)
        assert session.study is not None
        while session.study is not None and session.study.step.phase != "update":
            session = screens.pressed(session, "step")
        assert session.study is not None
        lines = screens.lines(replace(session, study=replace(session.study, view=view)))
        below = next((at for at, line in enumerate(lines) if at > 2 and line[:3] in ("── ", "-- ")), len(lines))
        for table in (lines[:below], lines[below:]) if below < len(lines) else (lines,):
            assert sum(line.startswith(mark) for line in table) == 1, lines


@pytest.mark.parametrize(
    ("lesson", "view", "symbol", "used"),
    [
        ("adam", "moves", "w3⁺", {"operand": "[0]", "backward": "[+0.001]"}),
        ("neuron", "nudge", "∂E/∂o1", {}),
        ("neuron", "nudge", "slope_o1", {}),
        ("neuron", "nudge", "o1", {}),
    ],
)
def test_a_table_marks_the_number_at_hand_and_those_that_it_is_made_of(
    lesson: str, view: str, symbol: str, used: dict[str, str]
) -> None:
    session = screens.of_lesson(lesson, known=True)
    assert session.study is not None
    trace = session.study.trace
    step = next(step for step in trace if step.symbol == symbol)
    study = replace(moves.to(session.study, 1, step.index), view=view)
    rows = page.rows(replace(session, study=study))[2:12]
    marked = {piece.style: piece.text.strip() for row in rows for piece in row if piece.text.strip().startswith("[")}
    shown = marked.pop("result").strip("[]").replace("−", "-")
    assert float(shown) == pytest.approx(step.value, rel=1e-3) and marked == used


def test_a_filter_takes_every_colour_off() -> None:
    from rich.segment import Segment
    from textual.color import Color

    painted = [Segment("a", Painted.parse("bold red on default")), Segment("b", None), Segment("c", Painted.null())]
    found = themes.Colourless().apply(painted, Color(0, 0, 0))
    assert [segment.text for segment in found] == ["a", "b", "c"]
    assert found[0].style == Painted(bold=True) and found[1].style is None


def test_the_panel_of_runs_uses_no_piece_that_is_reversed_only() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta", known=True), "run")
    picked = [piece for row in page.rows(session) for piece in row if piece.style == "picked"]
    assert [piece.text for piece in picked] == ["[10]"]
    assert session.study is not None and isinstance(session.study.panel, Choosing)


@pytest.mark.parametrize("lesson", [lesson.id for lesson in load.lessons()])
def test_nothing_but_the_number_at_hand_stands_out_as_it(lesson: str) -> None:
    """Its figure in whatever digits, its symbol, or a sign that says where it is."""
    session = screens.of_lesson(lesson, size=(120, 40), known=True)
    assert session.study is not None and session.study.lesson is not None
    for number, stop in enumerate(session.study.lesson.stops):
        if stop.iteration > 1:
            continue
        study = moves.at_stop(session.study, number)
        symbol = study.trace.symbol(study.step.ref)
        for row in page.rows(replace(session, study=replace(study, running=None))):
            for piece in row:
                figures = re.findall(r"[−+]?[\d.]+(?:e[-−]?\d+)?", piece.text.replace(symbol, ""))
                if piece.style == "result" and figures and piece.text.strip("[]") not in symbol:
                    close = [abs(float(one.replace("−", "-")) - study.step.value) for one in figures]
                    assert min(close) <= 0.006 * abs(study.step.value), (stop.id, symbol, piece.text)
