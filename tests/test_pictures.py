"""Pictures: inside their frame at any size and for any numbers, in signs that the look has, and true to the numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import screens
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import share
from test_following import at
from test_never_lost import of

from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.surfaces import SURFACES, surface
from nntutor.lessons.course import load
from nntutor.lessons.language.cells import cells
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.dots import Dots
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells
from nntutor.tui.drawing.charts.bars import Bar, bars_rows
from nntutor.tui.drawing.charts.contours import Landscape, Path, Relief, contour_rows, plane_of, sign_row, small_rows
from nntutor.tui.drawing.charts.curves import curve_rows, curves_rows
from nntutor.tui.drawing.charts.functions import activation_rows, parabola_rows
from nntutor.tui.drawing.charts.multiples import grid
from nntutor.tui.drawing.charts.plane import Border, Spot, plane_rows, shades
from nntutor.tui.drawing.views import table
from nntutor.tui.drawing.views.race import error_at
from nntutor.tui.drawing.views.table import VIEWS
from nntutor.tui.state import moves
from nntutor.tui.state.moves import compared_runs
from nntutor.tui.state.signs import words_with_keys

ANY = st.floats(-1e9, 1e9) | st.sampled_from([np.nan, np.inf, -np.inf, 1e300, 0.0, 5e-324])
SIZES = st.tuples(st.integers(0, 130), st.integers(0, 45)) | st.sampled_from([(78, 13), (20, 3), (1, 1)])
LOOKS = st.sampled_from([Look(), Look(Style.ASCII)])


def holds(rows: list[Row], width: int, height: int, look: Look) -> bool:
    text = "".join(piece.text for row in rows for piece in row)
    fits = len(rows) <= max(0, height) and all(row_cells(row) <= max(0, width) for row in rows)
    return fits and (text.isascii() or not look.ascii)


def shown(drawn: Dots) -> list[str]:
    return ["".join(piece.text for piece in row).ljust(drawn.width) for row in drawn.rows()]


# --- dots ------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(ANY, ANY), min_size=2, max_size=8), SIZES, LOOKS, st.integers(1, 3))
@example([(0.0, 0.0), (1.0, 1.0)], (4, 2), Look(), 1)
def test_a_curve_is_its_lines_one_by_one(
    points: list[tuple[float, float]], size: tuple[int, int], look: Look, every: int
) -> None:
    whole, single = (Dots(*size, look, (-2.0, 2.0), (-2.0, 2.0)) for _ in range(2))
    xs, ys = np.array(points).T
    whole.curve(xs, ys, "", every)
    for (x0, y0), (x1, y1) in pairwise(points):
        single.line(x0, y0, x1, y1, "", every)
    np.testing.assert_array_equal(whole._on, single._on)
    assert holds(whole.rows(), *size, look)


@given(st.floats(-1.9, 1.9), st.floats(-1.9, 1.9), st.floats(-1.9, 1.9), st.floats(-1.9, 1.9))
def test_a_line_joins_its_ends_without_a_gap(x0: float, y0: float, x1: float, y1: float) -> None:
    drawn = Dots(30, 10, Look(), (-2.0, 2.0), (-2.0, 2.0))
    drawn.line(x0, y0, x1, y1, "")
    rows, columns = np.nonzero(drawn._on)
    dots = set(zip(rows.tolist(), columns.tolist(), strict=True))
    for x, y in ((x0, y0), (x1, y1)):
        row, column = drawn.place(x, y)
        assert (round(row), round(column)) in dots
    # Every dot but one has a neighbour that is reached by one king's move from those before it.
    reached = {min(dots)}
    while (
        fresh := {
            (r + dr, c + dc) for r, c in reached for dr in (-1, 0, 1) for dc in (-1, 0, 1) if (r + dr, c + dc) in dots
        }
        - reached
    ):
        reached |= fresh
    assert reached == dots


def test_text_stays_whole_and_is_not_drawn_over() -> None:
    drawn = Dots(10, 2, Look(), (0.0, 1.0), (0.0, 1.0))
    assert drawn.write(0, 4, "0.25", "")
    assert not drawn.write(0, 6, "9", "")
    assert not drawn.write(0, 8, "123", "")  # would be cut
    drawn.line(0.0, 1.0, 1.0, 1.0, "")
    assert "0.25" in shown(drawn)[0]


# --- pictures from numbers -------------------------------------------------------------------------


@share(1.5)
@given(
    st.lists(st.tuples(ANY, ANY, st.booleans()), max_size=10),
    st.lists(st.tuples(ANY, ANY, ANY), max_size=4),
    SIZES,
    LOOKS,
)
def test_a_plane_holds(
    points: list[tuple[float, float, bool]], lines: list[tuple[float, float, float]], size: tuple[int, int], look: Look
) -> None:
    spots = [Spot(x, y, f"({n})", positive, right=positive, here=n == 0) for n, (x, y, positive) in enumerate(points)]
    borders = [Border(a, b, c, f"h{n}", ghost=n == 1) for n, (a, b, c) in enumerate(lines)]

    def answers(across: object, up: object, rows: int, columns: int) -> np.ndarray:
        return np.resize(np.array([0.0, 1.0, np.nan, 0.7]), (rows, columns))

    rows = plane_rows(spots, borders, answers, (-0.5, 1.5), (-0.5, 1.5), *size, look, "title")
    assert holds(rows, *size, look)


def test_the_arrow_of_a_line_stands_on_the_side_of_1_and_texture_covers_it() -> None:
    # x1 > ½: everything right of the middle is 1.
    line = Border(1.0, 0.0, -0.5, "o1")

    def answers(across: tuple[float, float], up: object, rows: int, columns: int) -> np.ndarray:
        return np.tile((np.linspace(*across, columns) > 0.5).astype(float), (rows, 1))

    for look in (Look(), Look(Style.ASCII)):
        rows = plane_rows([], [line], answers, (0.0, 1.0), (0.0, 1.0), 60, 16, look)
        left = "".join(("".join(piece.text for piece in row)[7:32]).strip() for row in rows[:-1])
        right = "".join(("".join(piece.text for piece in row)[32:]).strip() for row in rows[:-1])
        assert not left.strip(), left
        assert right.count(look.line("→")) == 1 and right.count("o1") == 1 and set(right) - set(" →>o1")


@given(
    st.lists(st.floats(-9, 9), min_size=9, max_size=9),
    st.integers(20, 80),
    st.integers(6, 30),
)
def test_a_cell_is_shaded_by_the_answer_in_its_middle(weights: list[float], width: int, height: int) -> None:
    """A network of two hidden units, worked out here: sigmoids of sums."""
    w = np.array(weights)

    def out(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        hidden = [1 / (1 + np.exp(-(w[3 * n] * x + w[3 * n + 1] * y + w[3 * n + 2]))) for n in (0, 1)]
        return np.asarray(1 / (1 + np.exp(-(w[6] * hidden[0] + w[7] * hidden[1] + w[8]))))

    def answers(across: tuple[float, float], up: tuple[float, float], rows: int, columns: int) -> np.ndarray:
        return out(*np.meshgrid(np.linspace(*across, columns), np.linspace(up[1], up[0], rows)))

    drawn = Dots(width, height, Look(shaded=True), (-1.0, 2.0), (-1.0, 2.0))
    shown = shades(drawn, answers)
    for row, column in ((0, 0), (height - 1, width - 1), (height // 2, width // 3)):
        x = -1.0 + 3.0 * (2 * column + 0.5) / (2 * width - 1)
        y = 2.0 - 3.0 * (4 * row + 1.5) / (4 * height - 1)
        answer = float(out(np.array(x), np.array(y)))
        assert abs(shown[row][column] + 0.5 - 8 * answer) <= 0.5 + 1e-6


@given(
    st.sampled_from([name for name in SURFACES if surface(name).variables == 2]),
    st.lists(st.tuples(ANY, ANY), min_size=1, max_size=30),
    st.sampled_from(["", "A"]),
    SIZES,
    LOOKS,
)
def test_contours_hold(name: str, way: list[tuple[float, float]], mark: str, size: tuple[int, int], look: Look) -> None:
    path = Path(np.array(way), mark, arrows=((*way[-1], 1.0, -1.0),))
    found = surface(name)
    across, up = plane_of(path.points, found.minimum)

    def relief(across: tuple[float, float], up: tuple[float, float], rows: int, columns: int) -> Relief:
        x, y = np.meshgrid(np.linspace(*across, columns), np.linspace(up[1], up[0], rows))
        with np.errstate(all="ignore"):
            return Relief.of(np.asarray(found.heights(x, y)), 3 if mark else 8)

    ground = Landscape(relief, across, up, (0.0, 0.0), faint=bool(mark))
    assert holds(contour_rows(ground, path, *size, look), *size, look)
    assert holds(small_rows(ground, path, max(1, size[0]), size[1], look), max(1, size[0]), size[1], look)


@given(st.integers(1, 9), SIZES)
@example(6, (79, 10))
def test_pictures_side_by_side_lie_apart_and_are_of_one_size(count: int, size: tuple[int, int]) -> None:
    width, height = size
    fitting = grid(count, width, height)
    if fitting is None:
        assert height < 4 * count or width < 22
        return
    pictures: list[list[Row]] = [
        [(Piece(chr(65 + number) * fitting.wide),)] * (fitting.high - number % 2) for number in range(count)
    ]
    lines = ["".join(piece.text for piece in row) for row in fitting.rows(pictures)]
    assert len(lines) <= height and all(len(line) <= width for line in lines)
    for number in range(count):
        letter = chr(65 + number)
        mine = [line for line in lines if letter in line]
        assert len(mine) == fitting.high - number % 2
        assert all(line.count(letter) == fitting.wide and letter * fitting.wide in line for line in mine)
        assert len({line.index(letter) for line in mine}) == 1


@pytest.mark.parametrize("look", [Look(), Look(Style.ASCII)], ids=["unicode", "ascii"])
@pytest.mark.parametrize(
    ("stop", "language"), [("race-one", "en"), ("race-two", "ko"), ("beale", "ko"), ("saddle", "en")]
)
def test_every_racer_of_a_race_stands_on_its_own_map_below_its_error(stop: str, language: str, look: Look) -> None:
    session = at(screens.of_lesson("adam", language, known=True), stop)
    study, words = of(session), words_with_keys(session)
    rows = table.drawn("race", study, words, 80, 11, look)
    fitting = grid(6, 79, 10)
    assert fitting is not None and holds(rows, 79, 11, Look())
    for number, (name, mark) in enumerate(zip(moves.compared_runs(study), "ABCDFH", strict=True)):
        line, column = 1 + number // fitting.columns * fitting.high, number % fitting.columns * (fitting.wide + 1)
        head, *picture = [cut_out(row, column, fitting.wide) for row in rows[line : line + fitting.high]]
        error = look.figure(error_at(study, name, study.timeline.iteration - 1), digits=3)
        assert text_of(head)[1:3] == f"{mark} " and f" E {error}" in text_of(head)
        assert (text_of(head)[0] == "[") is (name == study.run)
        drawn = "".join(map(text_of, picture))
        assert {letter for letter in drawn if letter in "ABCDFH"} == {mark} and drawn.count(mark) == 1
        assert {piece.style for row in picture for piece in row if piece.style.startswith("run")} == {head[0].style}


@pytest.mark.parametrize(("lesson", "run"), [("adam", "xor-adam"), ("sgd", "single")])
def test_the_errors_of_a_race_are_of_all_samples_whatever_batch_a_racer_takes(lesson: str, run: str) -> None:
    """In a network of few weights and in one of more."""
    study = replace(of(screens.of_lesson(lesson, known=True)), run=run)
    batch = replace(study, timelines={**study.timelines, run: study.timelines[run].edit(Ref("set_batch"), 3)})
    whole = replace(study, timelines={**study.timelines, run: study.timelines[run].edit(Ref("set_batch"), 9999)})
    assert error_at(batch, run, 0) == pytest.approx(error_at(whole, run, 0), rel=1e-12)
    assert batch.timeline.trace.error != pytest.approx(whole.timeline.trace.error, rel=1e-6)


def text_of(row: Row) -> str:
    return "".join(piece.text for piece in row)


def cut_out(row: Row, column: int, wide: int) -> Row:
    """The cells of a row from one column on."""
    left, found = column, []
    for piece in row:
        for letter in piece.text:
            if left <= 0 and left > -wide:
                found.append(piece._replace(text=letter))
            left -= cells(letter)
    return tuple(found)


def test_where_maps_have_no_room_all_are_told_and_the_way_at_hand_is_drawn() -> None:
    session = at(screens.of_lesson("adam", known=True), "race-two")
    rows = table.drawn("race", of(session), words_with_keys(session), 44, 20, Look())
    legend, picture = "\n".join(map(text_of, rows[1:7])), "".join(map(text_of, rows[7:-1]))
    assert holds(rows, 43, 20, Look())
    assert all(re.search(rf"^[ \[]{mark} .* E ", legend, re.M) for mark in "ABCDFH")
    assert {letter for letter in picture if letter in "ABCDFH"} == {"H"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_racers_whose_names_have_become_longer_leave_room_for_their_curves(language: str) -> None:
    """All told, and the rate of the one at hand, in a picture of the height that 80 x 24 has."""
    session = screens.of_lesson("adam", language, known=True)
    study, words = of(session), words_with_keys(session)
    names = compared_runs(study)
    changed = {name: study.timelines[name].edit(Ref("weight", 1, 1, 1), 2.0) for name in names}
    rate = Look().figure(study.timeline.problem.optimizer.learning_rate)
    rows = table.drawn("race", replace(study, timelines={**study.timelines, **changed}), words, 79, 11, Look())
    text = list(map(text_of, rows))
    assert sum(line.count("E ") for line in text) >= len(names)
    assert rate in text[0] or f"η {rate} " in "\n".join(text)
    assert any("┤" in line for line in text) and any("└" in line for line in text)


@pytest.mark.parametrize("size", [(60, 9), (78, 13), (78, 30), (120, 18)])
def test_where_errors_of_racers_are_one_line_each_letter_is_on_it(size: tuple[int, int]) -> None:
    errors = [np.geomspace(1.0, 1e-4 * (1 + 0.01 * n), 300) for n in range(6)]
    rows = curves_rows(errors, "ABCDFH", ["run1"] * 6, 0, *size, Look(), "E", "log")
    text = "".join(piece.text for row in rows[1:] for piece in row)
    assert all(text.upper().count(mark) >= 2 for mark in "ABCDFH")


@given(st.lists(st.floats(1e-6, 10.0), min_size=2, max_size=60), st.integers(8, 40))
@example([2.0, 1.0, 1.03], 14)
def test_the_point_of_a_curve_stands_in_the_row_of_its_dots(errors: list[float], height: int) -> None:
    """Beside it, where the curve goes on into the next cell."""
    rows = curve_rows(np.array(errors), len(errors), 78, height, Look(), "E", "log")
    lines = ["".join(piece.text for piece in row) for row in rows]
    without = [
        "".join(piece.text for piece in row) for row in curve_rows(np.array(errors), 0, 78, height, Look(), "E", "log")
    ]
    ((row, column),) = [(y, line.index("●")) for y, line in enumerate(lines) if "●" in line]
    assert "\u2801" <= without[row][column] <= "\u28ff", (lines, without)


@given(st.lists(st.tuples(st.floats(-4.0, 4.0), st.floats(-1.0, 1.0)), max_size=9), st.floats(4.7, 13.0))
def test_the_map_stays_as_it_is_until_the_way_leaves_it(way: list[tuple[float, float]], far: float) -> None:
    start, minimum = (-4.0, 1.0), (0.0, 0.0)
    first = plane_of(np.array([start]), minimum)
    assert plane_of(np.array([start, *way]), minimum) == first
    for x, y in ((far, 0.0), (0.0, -far)):
        across, up = plane_of(np.array([start, *way, (x, y)]), minimum)
        assert (across, up) != first
        assert across[0] < x < across[1]
        assert up[0] < y < up[1]


def test_in_the_lesson_on_momentum_every_large_map_has_the_same_scale() -> None:
    session = screens.of_lesson("momentum", known=True)
    axes = set()
    for stop in session.study.lesson.stops if session.study else ():
        if stop.view == "contours":
            rows = table.drawn("contours", of(at(session, stop.id)), words_with_keys(session), 78, 16, Look())
            axes |= {"".join(piece.text for piece in row) for row in rows if row and row[0].text.endswith(" w1")}
    assert len(axes) == 1


@pytest.mark.parametrize("look", [Look(), Look(Style.ASCII)], ids=["unicode", "ascii"])
@pytest.mark.parametrize(("dx", "dy", "head"), [(9.0, 0.0, "→"), (-9.0, 1.0, "←"), (0.5, -9.0, "▼"), (0.0, 9.0, "▲")])
def test_an_arrow_that_leaves_the_map_has_its_head_at_the_edge_and_goes_on(
    dx: float, dy: float, head: str, look: Look
) -> None:
    way = Path(np.array([(-0.5, 0.5), (0.0, 0.0)]), arrows=((0.0, 0.0, dx, dy),))
    flat = Landscape(lambda across, up, *size: Relief.of(np.zeros(size), 8), (-1.0, 1.0), (-1.0, 1.0))
    rows = map_of(flat, way, look)
    sign = look.line(head + "…")
    assert sum(row.count(sign) for row in rows) == 1
    line = next(number for number, row in enumerate(rows) if sign in row)
    edges = {
        "▲": line == 0,
        "▼": line == len(rows) - 1,
        "→": rows[line].endswith(sign),
        "←": rows[line].startswith(sign),
    }
    assert edges[head]
    inside = replace(way, arrows=((0.0, 0.0, 0.5, 0.5),))
    assert not any(look.line("…") in row for row in map_of(flat, inside, look))


def map_of(ground: Landscape, way: Path, look: Look) -> list[str]:
    """The rows of a map, without its axes."""
    rows = contour_rows(ground, way, 60, 16, look)[:-1]
    return ["".join(piece.text for piece in row[1:]) for row in rows]


@given(st.lists(ANY, max_size=15), ANY, SIZES, LOOKS)
def test_a_parabola_holds(moves: list[float], slope: float, size: tuple[int, int], look: Look) -> None:
    with np.errstate(all="ignore"):
        rows = parabola_rows(lambda x: x * x, np.array(moves), slope, (-3.0, 3.0), *size, look, "E", "creeps")
    assert holds(rows, *size, look)


@given(ANY, SIZES, LOOKS)
def test_an_activation_holds_and_says_its_values(net: float, size: tuple[int, int], look: Look) -> None:
    with np.errstate(all="ignore"):
        rows = activation_rows(
            np.tanh, lambda x: 1 - np.tanh(x) ** 2, net, ("h1", "s"), *size, look, "tanh", largest=(0.0, 1.0)
        )
    assert holds(rows, *size, look)
    if size[0] >= 60 and size[1] >= 8 and np.isfinite(net):
        text = " ".join("".join(piece.text for piece in row) for row in rows)
        assert f"h1 = {look.figure(float(np.tanh(net)))}" in text
        assert f"net = {look.figure(net)}" in text and "max 1" in text


@pytest.mark.parametrize("width", range(30, 100))
def test_above_an_activation_no_number_is_lost_where_it_is_narrow(width: int) -> None:
    rows = activation_rows(
        np.tanh, lambda x: 1 - np.tanh(x) ** 2, -1.2345, ("h1_1", "slope_h1_1"), width, 12, Look(), "시그모이드",
        largest=(0.0, 1.0), most="최댓값",
    )  # fmt: skip
    text = " ".join("".join(piece.text for piece in row) for row in rows)
    assert all(one in text for one in ("h1_1 = −0.8439", "net = −1.234", "slope_h1_1 = 0.2879", "최댓값 1"))


@pytest.mark.parametrize(("net", "mark"), [(600.0, "●→"), (-600.0, "←●"), (20.0, "●")])
def test_a_unit_beyond_the_curve_that_is_drawn_stands_at_its_edge(net: float, mark: str) -> None:
    """A prose that speaks of the ● had none beside it."""
    rows = activation_rows(
        np.tanh, lambda x: 1 - np.tanh(x) ** 2, net, ("h1", "s"), 80, 11, Look(Style.UNICODE), span=(-60.0, 60.0)
    )
    text = "\n".join("".join(piece.text for piece in row) for row in rows)
    assert text.count(mark) == text.count("●") == 2


@pytest.mark.parametrize(("net", "arrow"), [(5.0, "●"), (99.0, "→"), (-99.0, "←")])
def test_a_working_point_that_no_plot_reaches_is_an_arrow_at_the_edge_of_both(net: float, arrow: str) -> None:
    with np.errstate(all="ignore"):
        rows = activation_rows(np.tanh, lambda x: 1 - np.tanh(x) ** 2, net, ("h1", "s"), 80, 12, Look())
    assert "".join(piece.text for row in rows for piece in row).count(arrow) == 2


@given(st.lists(st.tuples(ANY, st.none() | ANY, st.booleans()), max_size=14), SIZES, LOOKS)
def test_bars_hold(values: list[tuple[float, float | None, bool]], size: tuple[int, int], look: Look) -> None:
    bars = [Bar(f"h{n}", abs(value), beside, n == 0, known) for n, (value, beside, known) in enumerate(values)]
    second = [abs(value) for value, _, _ in values]
    rows = bars_rows(bars, *size, look, "title", "0.25", second, "moved")
    assert holds(rows, *size, look)


def test_bars_are_as_long_as_their_logarithms_and_an_unknown_one_is_empty() -> None:
    bars = [Bar("a", 1e-4), Bar("b", 1e-2), Bar("c", 1.0), Bar("d", 1.0, shown=False)]
    rows = ["".join(piece.text for piece in row) for row in bars_rows(bars, 60, 8, Look(), "size")]
    lengths = [row.count("━") for row in rows[1:]]
    assert lengths[0] < lengths[1] < lengths[2] and lengths[3] == 0
    assert abs((lengths[2] - lengths[1]) - (lengths[1] - lengths[0])) <= 1
    assert rows[4].rstrip().endswith("?")


@given(st.data(), st.integers(1, 40), st.integers(4, 20))
def test_the_bar_at_hand_is_shown_and_every_one_that_is_not_is_counted(
    data: st.DataObject, bars: int, rows: int
) -> None:
    here = data.draw(st.integers(0, bars - 1))
    drawn = bars_rows([Bar(f"h{n}", 1.0, here=n == here) for n in range(bars)], 60, rows, Look(), "size")[1:]
    text = ["".join(piece.text for piece in row) for row in drawn]
    assert any(row.startswith(f"▸h{here} ") for row in text) and len(text) < rows
    assert sum(int(found[1]) if (found := re.search(r"… (\d+) …", row)) else 1 for row in text) == bars
    if rows > 5:
        assert text[0][1:3] == "h0" and text[-1].split()[0].lstrip("▸") == f"h{bars - 1}"


@given(st.lists(ANY, max_size=50), st.integers(0, 80), LOOKS)
def test_signs_are_those_of_the_last_values(values: list[float], width: int, look: Look) -> None:
    row = sign_row(values, width, look)
    signs = "".join(piece.text for piece in row).split()
    assert row_cells(row) <= max(0, width)
    if signs and len(signs) != len(values):
        assert signs.pop(0) in ("…", "...") and len(signs) < len(values)
    for sign, value in zip(reversed(signs), reversed(values), strict=False):
        assert (sign == "+") == (value > 0)


@share(0.5)
@given(st.lists(st.lists(ANY.map(abs), min_size=1, max_size=40), min_size=1, max_size=6), SIZES, LOOKS)
def test_curves_hold(errors: list[list[float]], size: tuple[int, int], look: Look) -> None:
    marks = [chr(65 + n) for n in range(len(errors))]
    rows = curves_rows(
        [np.array(one) for one in errors], marks, ["run1"] * len(marks), 0, *size, look, "E", "log scale"
    )
    assert holds(rows, *size, look)


# --- pictures of lessons ---------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", [lesson.id for lesson in load.lessons()])
def test_every_picture_can_be_asked_for_in_every_lesson(lesson: str) -> None:
    session = screens.of_lesson(lesson, known=True)
    for number in range(2):
        assert session.study is not None
        for turn, name in enumerate(VIEWS, len(lesson) + number):  # each screen takes its turn
            size, style = (((80, 24), Style.UNICODE), ((40, 12), Style.ASCII), ((24, 8), Style.UNICODE))[turn % 3]
            study = replace(session.study, view=name)
            lines = screens.lines(replace(session, study=study, width=size[0], height=size[1], style=style))
            assert len(lines) == size[1] and all(cells(line) <= size[0] for line in lines), (name, number)
            assert style is Style.UNICODE or all(line.isascii() for line in lines), (name, number)
        session = lint.ran(screens.pressed(session, "continue"))
