"""Colours that can be read and told apart, chosen by key and kept; and every meaning without any of them."""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import formerly
import numpy as np
import pytest
import screens
from rich.color import ColorType
from rich.color_triplet import ColorTriplet
from rich.style import Style as Painted
from screens import update

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.language import words
from nntutor.lessons.learner.places import Store
from nntutor.tui import lint
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import CURSOR
from nntutor.tui.drawing.charts.bars import Bar, bars_rows
from nntutor.tui.drawing.charts.contours import Landscape, contour_rows
from nntutor.tui.drawing.charts.contours import Path as Way
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.step.diagram import diagram
from nntutor.tui.drawing.step.matrices import matrices
from nntutor.tui.state.panels import Choosing
from nntutor.tui.state.session import THEMES, Opened, Session, Typed
from nntutor.tui.terminal import themes
from nntutor.tui.terminal.themes import styles

LESSONS = [lesson.id for lesson in load.lessons()]
DEPTHS = (16, 256, 1 << 24)
DIFFERENT = ("operand", "result", "positive", "negative", "warning")
AAA, AA = 7.0, 4.5  # WCAG 2.2, success criteria 1.4.6 and 1.4.3
APART = 15.0  # ΔE*ab (CIE 1976); about 2.3 can just be told apart
APART_IN_CUBE = 12.0  # the nearest of 256 lie closer together

# The sixteen colours as xterm has them (XTerm-col.ad), and as the console of a PC has them (the VGA palette).
XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
CONSOLE = (
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
)

# How the three kinds of colour blindness see, on linear RGB: Machado, Oliveira, Fernandes, "A Physiologically-based
# Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), table 1, severity 1.0.
SEEN = {
    "all": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to XYZ, and the white D65: IEC 61966-2-1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


# --- colours as numbers ------------------------------------------------------------------------------


def rgb(colour: object, palette: str) -> tuple[int, int, int]:
    """What a terminal shows: of its palette, of the cube of 256, or the exact colour."""
    number = getattr(colour, "number", None)
    if number is None:
        return tuple(colour.triplet)  # type: ignore[attr-defined]
    if number < 16:
        return tuple(bytes.fromhex(palette.split()[number]))  # type: ignore[return-value]
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    steps = ((number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6)
    return tuple(0 if step == 0 else 55 + 40 * step for step in steps)  # type: ignore[return-value]


def linear(colour: tuple[int, int, int]) -> np.ndarray:
    share = np.array(colour) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def ratio(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """WCAG's contrast ratio."""
    low, high = sorted(float(linear(colour) @ XYZ[1]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB."""
    share = XYZ @ np.clip(light, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """How far two colours are from each other for those to whom they are nearest."""
    seen = SEEN.values()
    return min(float(np.linalg.norm(lab(eye @ linear(one)) - lab(eye @ linear(other)))) for eye in seen)


def inks(theme: str, depth: int, palette: str) -> dict[str, tuple[int, int, int]]:
    """The colours of the styles that have one, as letters are drawn in them."""
    found = styles(theme, depth)
    return {name: rgb(style.color, palette) for name, style in found.items() if style.color is not None}


def test_the_measures_are_those_of_their_sources() -> None:
    assert round(ratio((0, 0, 0), (255, 255, 255)), 2) == 21.0
    assert 4.53 < ratio((118, 118, 118), (255, 255, 255)) < 4.55  # the well-known least grey of AA on white
    assert np.allclose(lab(linear((255, 0, 0))), [53.24, 80.09, 67.20], atol=0.1)
    # Red and green of equal lightness fall together for one kind of eye and not for all.
    red, green = (175, 95, 0), (95, 135, 0)
    assert apart(red, green) < APART < float(np.linalg.norm(lab(linear(red)) - lab(linear(green))))
    for eye in SEEN.values():
        assert np.allclose(eye.sum(axis=1), 1.0, atol=1e-5)  # grey stays grey


# --- themes ------------------------------------------------------------------------------------------


def test_the_themes_of_the_key_are_those_of_the_table() -> None:
    assert tuple(themes.PALETTES) == THEMES
    for theme, depth in itertools.product(THEMES, (0, *DEPTHS)):
        assert set(styles(theme, depth)) - {""} == set(styles("standard", 0))


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_asks_for_no_more_colours_than_there_are(theme: str) -> None:
    kinds = {
        16: {ColorType.STANDARD},
        256: {ColorType.STANDARD, ColorType.EIGHT_BIT},
        1 << 24: {ColorType.STANDARD, ColorType.EIGHT_BIT, ColorType.TRUECOLOR},
    }
    for depth, allowed in kinds.items():
        used = {one.type for style in styles(theme, depth).values() for one in (style.color, style.bgcolor) if one}
        assert used and used <= allowed
    assert all(style.color is None and style.bgcolor is None for style in styles(theme, 0).values())


@pytest.mark.parametrize("palette", [XTERM, CONSOLE])
@pytest.mark.parametrize("depth", DEPTHS)
def test_high_contrast_is_white_on_black_everywhere(depth: int, palette: str) -> None:
    for name, style in styles("contrast", depth).items():
        assert style.color is not None and style.bgcolor is not None and not style.dim, name
        assert ratio(rgb(style.color, palette), rgb(style.bgcolor, palette)) >= AAA, name


@pytest.mark.parametrize("palette", [XTERM, CONSOLE])
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("theme", "paper"), [("light", (255, 255, 255)), ("safe", (0, 0, 0)), ("standard", (0, 0, 0))])
def test_colours_can_be_read_on_their_background(
    theme: str, paper: tuple[int, int, int], depth: int, palette: str
) -> None:
    for name, ink in inks(theme, depth, palette).items():
        assert ratio(ink, paper) >= AA, name


def test_the_standard_colours_cannot_be_read_on_white() -> None:
    """That is what the theme for light backgrounds is for."""
    assert min(ratio(ink, (255, 255, 255)) for ink in inks("standard", 16, XTERM).values()) < 1.3


@pytest.mark.parametrize(("depth", "least"), [(256, APART_IN_CUBE), (1 << 24, APART)])
def test_safe_colours_stay_apart_for_every_kind_of_colour_vision(depth: int, least: float) -> None:
    found = inks("safe", depth, XTERM)
    for one, other in itertools.combinations(DIFFERENT, 2):
        assert apart(found[one], found[other]) >= least, (one, other, apart(found[one], found[other]))


@pytest.mark.parametrize("palette", [XTERM, CONSOLE])
@pytest.mark.parametrize(("theme", "depth"), [("safe", 16), *(("light", depth) for depth in DEPTHS)])
def test_the_pair_of_colours_stays_apart_for_every_kind_of_colour_vision(theme: str, depth: int, palette: str) -> None:
    found = inks(theme, depth, palette)
    for one, other in (("operand", "result"), ("positive", "negative"), ("operand", "warning")):
        assert apart(found[one], found[other]) >= 2 * APART, (one, other)


def test_the_safe_colours_are_those_of_okabe_and_ito() -> None:
    published = {"e69f00", "56b4e9", "009e73", "f0e442", "0072b2", "d55e00", "cc79a7", "000000"}
    exact = styles("safe", 1 << 24)
    for name, style in exact.items():
        if style.color is not None and style.color.triplet is not None:
            assert ColorTriplet(*style.color.triplet).hex.lstrip("#") in published, name
        if style.color is not None and name not in ("dim", "edge"):
            # Of the cube the nearest one stands for it.
            wanted = lab(linear(rgb(style.color, XTERM)))
            cube = styles("safe", 256)[name].color
            distance = [np.linalg.norm(lab(linear(rgb(one, XTERM))) - wanted) for one in (cube, *_cube())]
            assert distance[0] <= min(distance[1:]) + 1e-9, name


def _cube() -> Iterator[object]:
    from rich.color import Color

    return (Color.from_ansi(number) for number in range(16, 232))


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
    session = screens.of_lesson("hidden-delta", language)
    for theme in (*THEMES[1:], THEMES[0]):
        session = screens.pressed(session, "theme")
        assert session.theme == theme
        assert words.load(language).say(f"theme.{theme}") in screens.lines(session)[-1]
    home = screens.pressed(replace(session, study=None), "theme")
    assert any(words.load(language).say("theme.light") in line for line in screens.lines(home))


def test_without_colours_the_key_says_so_and_changes_nothing() -> None:
    session = screens.pressed(replace(screens.of_lesson("hidden-delta"), colours=0), "theme")
    assert session.theme == "standard"
    assert "no colours" in " ".join(screens.lines(session)[-2:])


def test_what_is_open_stays_in_sight_when_the_theme_changes() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), "why", "theme")
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
    session = screens.of_lesson(lesson, style=style)
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
    for session in stops(lesson, style):
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
    session = screens.pressed(screens.of_lesson("xor", style=style), "run")
    before = ""
    for count in ("10", "100", "1 000", "10 000"):
        line = next(line for line in screens.lines(session) if "10 000" in line)
        assert f"[{count}]" in line and line.count("[") == 1
        plain = line.replace("[", " ").replace("]", " ")
        assert plain == before or not before  # nothing moves
        before, session = plain, screens.pressed(session, "step")


@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
def test_where_a_line_is_typed_there_is_a_sign(style: Style) -> None:
    assert CURSOR.text.strip()
    for actions in (("goto",), ("edit",)):
        session = update(screens.pressed(screens.of_lesson("hidden-delta", style=style), *actions), Typed("12"))
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
        session = screens.of_lesson(lesson, style=style)
        assert session.study is not None
        while session.study is not None and session.study.step.phase != "update":
            session = screens.pressed(session, "step")
        assert session.study is not None
        lines = screens.lines(replace(session, study=replace(session.study, view=view)))
        assert sum(line.startswith(mark) for line in lines) == 1, lines


@pytest.mark.parametrize("look", [Look(), Look(Style.ASCII)])
def test_each_way_of_a_race_bears_its_name(look: Look) -> None:
    ways = [
        Way(np.array([[-2.0, high], [0.0, high / 2], [2.0, high]]), name, "operand")
        for name, high in (("A", 1.0), ("B", -1.0))
    ]

    def flat(across: tuple[float, float], up: tuple[float, float], rows: int, columns: int) -> np.ndarray:
        return np.zeros((rows, columns))

    rows = contour_rows(Landscape(flat, (-3.0, 3.0), (-2.0, 2.0), axes=("x", "y")), ways, 60, 20, look)
    text = "".join(piece.text for row in rows[:-1] for piece in row)
    for name in ("A", "B"):
        assert text.count(name) == 1 and text.count(name.lower()) == 2


def test_a_filter_takes_every_colour_off() -> None:
    from rich.segment import Segment
    from textual.color import Color

    painted = [Segment("a", Painted.parse("bold red on default")), Segment("b", None), Segment("c", Painted.null())]
    found = themes.Colourless().apply(painted, Color(0, 0, 0))
    assert [segment.text for segment in found] == ["a", "b", "c"]
    assert found[0].style == Painted(bold=True) and found[1].style is None


def test_the_panel_of_runs_uses_no_piece_that_is_reversed_only() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), "run")
    picked = [piece for row in page.rows(session) for piece in row if piece.style == "picked"]
    assert [piece.text for piece in picked] == ["[10]"]
    assert session.study is not None and isinstance(session.study.panel, Choosing)
