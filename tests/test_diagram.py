"""The network's picture: everything at hand has its label, nothing moves or is drawn over, edges tell sign and size."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.engine.step import Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import names
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import builtin
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row, row_cells
from nntutor.tui.drawing.step import labels
from nntutor.tui.drawing.step.diagram import diagram, fits
from nntutor.tui.drawing.step.frame import Frame

LOOKS = (Look(), Look(Style.ASCII))
SHAPES = st.lists(st.integers(1, 8), min_size=2, max_size=4).map(tuple)
SIZES = st.tuples(st.integers(20, 250), st.integers(5, 80))


def plain(sizes: tuple[int, ...], seed: int = 0) -> Problem:
    """One sample, sigmoid units, moderate numbers."""
    random = np.random.default_rng(seed)
    layers = tuple(
        Layer("sigmoid", random.uniform(-1, 1, (b, a)), random.uniform(-1, 1, b)) for a, b in pairwise(sizes)
    )
    samples = Samples(random.random((1, sizes[0])), random.random((1, sizes[-1])))
    return Problem(Network(layers), samples, Optimizer("sgd", 0.5))


def lines(rows: list[Row]) -> list[str]:
    return ["".join(piece.text for piece in row) for row in rows]


def is_shown(trace: Trace, ref: Ref, texts: list[str], look: Look) -> bool:
    value, signed = trace.value(ref), trace.signed(ref)
    spelled = {figure(value, digits, signed, look.style) for digits in range(3, 7)}
    number = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, spelled))})(?![\d.e])")
    return any(number.search(text) for text in texts)


def missing(trace: Trace, step: Step, rows: list[Row], look: Look) -> list[Ref]:
    """What the step makes or uses and the picture does not show."""
    texts = screens.marked(rows)
    return [ref for ref in (step.ref, *names(step.full)) if not is_shown(trace, ref, texts, look)]


@share(0.3)
@given(problems(), SIZES, st.sampled_from(LOOKS), st.data())
def test_what_is_at_hand_has_its_label_or_a_sign_says_that_more_is(
    problem: Problem, size: tuple[int, int], look: Look, data: st.DataObject
) -> None:
    trace = Timeline.start(problem).trace
    step = trace.step(data.draw(st.integers(1, len(trace))))
    rows = diagram(trace, step, *size, look)
    if rows is None:
        return
    assert len(rows) == size[1] and all(row_cells(row) <= size[0] for row in rows)
    left_out = missing(trace, step, rows, look)
    assert step.ref not in left_out
    assert not left_out or lines(rows)[-1].endswith(look.line("…"))
    assert all(re.fullmatch(r"(\[([^\[\]]|\[\d+\])+\] *)+", text) for text in screens.marked(rows))


@share(0.3)
@given(SHAPES, st.sampled_from(((79, 13), (119, 26), (199, 40))), st.sampled_from(LOOKS), st.data())
def test_up_to_four_layers_of_eight_nothing_at_hand_is_left_out(
    sizes: tuple[int, ...], size: tuple[int, int], look: Look, data: st.DataObject
) -> None:
    trace = Timeline.start(plain(sizes)).trace
    step = trace.step(data.draw(st.integers(1, len(trace))))
    rows = diagram(trace, step, *size, look)
    assert rows is not None
    assert missing(trace, step, rows, look) == []
    shown = "\n".join(lines(rows))
    every = (trace.names.unit(layer, unit) for layer, count in enumerate(sizes) for unit in range(1, count + 1))
    assert all(re.search(rf"\b{name}\b", shown) for name in every), shown


@share(0.5)
@given(SHAPES, SIZES, st.integers(6, 16))
def test_the_places_of_labels_lie_apart_on_their_own_edges_and_on_no_other(
    sizes: tuple[int, ...], size: tuple[int, int], length: int
) -> None:
    frame = Frame.fitting(Names(sizes), *size, Look())
    if frame is None:
        return
    for layer in range(1, len(sizes)):
        cells: set[tuple[int, int]] = set()
        for edge, (row, middle) in labels.places(frame, layer, length).items():
            start = labels.start_of(frame, layer, middle, length)
            first, top, last, bottom = frame.ends(layer, *edge)
            assert min(top, bottom) <= row <= max(top, bottom) and first <= start and start + length - 1 <= last
            own = {(row, column) for column in range(start, start + length)}
            assert not own & cells
            cells |= own
            assert (
                row,
                round(first + (last - first) * (row - top) / (bottom - top)) if top != bottom else middle,
            ) in own


@pytest.mark.parametrize("size", [(79, 13), (119, 26)])
def test_no_label_moves_when_a_step_does(two_two_two: Problem, size: tuple[int, int]) -> None:
    trace = Timeline.start(two_two_two).trace
    places: dict[str, set[tuple[int, int]]] = {}
    for step in trace:
        rows = diagram(trace, step, *size, Look())
        assert rows is not None
        for y, line in enumerate(lines(rows)[:-1]):
            for found in re.finditer(r"\b(?:w\d|[xho]\d|t) ?[\d.]*", re.sub(r"∂E/∂\w", "∂E/∂_", line)):
                if "⁺" not in line and "→" not in line:
                    places.setdefault(
                        f"{found[0].strip()} {found.start() // 30 if found[0][0] == 't' else 0}", set()
                    ).add((y, found.start()))
    assert len(places) >= 14
    assert all(len(found) == 1 for found in places.values()), places


def test_a_hidden_number_is_nowhere_in_the_picture(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    for symbol in ("δ_h1", "w5", "h1", "∂E/∂w8", "w8⁺", "t1", "b_h1"):
        ref = trace.find(symbol)
        assert ref is not None
        for step in trace:
            for hidden in (frozenset[Ref](), frozenset({ref})):
                rows = diagram(trace.hiding(hidden), step, 99, 20, Look())
                assert rows is not None
                if not hidden and step.ref == ref:
                    assert is_shown(trace, ref, screens.marked(rows), Look())
                elif hidden and ref in (step.ref, *names(step.full)):
                    assert any("?" in text for text in screens.marked(rows)), (symbol, step)
                if hidden and symbol != "b_h1" and symbol != "t1":
                    assert not is_shown(trace, ref, lines(rows), Look()), (symbol, step)


def test_an_edge_tells_the_sign_and_the_size_of_its_weight(two_two_two: Problem) -> None:
    def row(weight: float, look: Look) -> str:
        """The edge of a weight beside one of 1, without its label."""
        layers = tuple(Layer("sigmoid", np.array([[one]]), None) for one in (weight, 1.0))
        trace = Timeline.start(replace(two_two_two, network=Network(layers), samples=Samples.of([[1]], [[1]]))).trace
        rows = diagram(trace, trace.step(1), 79, 13, look)
        assert rows is not None
        return lines(rows)[5].split("[")[0]

    for look in LOOKS:
        kinds = [row(weight, look) for weight in (0.9, 0.2, -0.9, -0.2)]
        assert len(set(kinds)) == 4, kinds


@pytest.mark.parametrize("sizes", [(9, 30, 3), (2, 8, 8, 8, 8, 8, 8, 8, 1)])
def test_a_network_too_large_for_a_picture_says_so_above_its_matrices(sizes: tuple[int, ...]) -> None:
    trace = Timeline.start(plain(sizes)).trace
    assert not fits(trace, 79, 13, Look())
    shown = screens.lines(screens.of_problem(plain(sizes)))
    assert "Too large for a picture here" in shown[2] and "hidden layer" in shown[3]


def test_a_network_whose_edges_have_room_for_figures_alone_shows_those_that_are_used() -> None:
    problem = plain((8, 8, 8, 8))
    shown = screens.lines(screens.of_problem(problem, size=(120, 40)))
    assert "hidden layer" not in "\n".join(shown)
    weights = problem.network.layers[0].weights[0]
    assert all(f"[{figure(weight, 3)}]" in "\n".join(shown) for weight in weights)


@share(0.3)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple), SIZES, st.data())
def test_a_label_stands_on_its_own_edge_and_where_no_other_passes(
    sizes: tuple[int, ...], size: tuple[int, int], data: st.DataObject
) -> None:
    trace = Timeline.start(plain(sizes)).trace
    is_labelled_rightly(trace, trace.step(data.draw(st.integers(1, len(trace)))), size)


@pytest.mark.parametrize("size", [(79, 13), (69, 20), (67, 26)])
@pytest.mark.parametrize("name", ["two-paths", "three-wide", "two-two-two"])
def test_the_weights_of_lessons_are_labelled_on_their_own_edges(name: str, size: tuple[int, int]) -> None:
    trace = Timeline.start(builtin.open(name)).trace
    for step in trace:
        is_labelled_rightly(trace, step, size)


def is_labelled_rightly(trace: Trace, step: Step, size: tuple[int, int]) -> None:
    """Each label of a weight is in its kept place or where no other edge passes; unless the last row is too short."""
    sizes = trace.problem.network.sizes
    frame, rows = Frame.fitting(trace.names, *size, Look()), diagram(trace, step, *size, Look())
    alone = [f"[{trace.symbol(ref)} {figure(trace.value(ref), 4, True)}] " for ref in names(step.full)]
    if frame is None or rows is None or sum(map(len, alone)) > size[0]:
        return
    for y, line in enumerate(lines(rows)[:-1]):
        for label in re.finditer(r"\[(?:w\d+⁺? )?[−-]?[\d.e−]+(?: → [\d.e−]+)?\]", line):
            for layer in range(1, frame.last + 1):
                first, _, last, _ = frame.ends(layer, 1, 1)
                if not (first <= label.start() and label.end() - 1 <= last):
                    continue
                cells = max(label.start(), first + 1), min(label.end(), last)
                length = (
                    len(trace.names.symbol(Ref("weight", layer, sizes[layer], sizes[layer - 1]))) + frame.digits + 5
                )
                kept = [row for row, _ in labels.places(frame, layer, length).values()]
                free = [edge for edge in frame.edges(layer) if labels.clear(frame, layer, y, *cells, edge)]
                weights = (trace.symbol(Ref("weight", layer, *edge)) for edge in free)
                named = re.match(r"\[(w\d+)", label[0])
                assert y in kept or (free and (named is None or named[1] in weights)), (line, label[0])


@pytest.mark.parametrize("name", ["two-two-two", "two-paths", "three-wide", "deep", "xor"])
@pytest.mark.parametrize("size", [(79, 13), (69, 24), (119, 26)])
def test_what_e_is_differentiated_by_is_said_whole(name: str, size: tuple[int, int]) -> None:
    """∂E beside a unit or a weight could be by its net, its out, its weight."""
    trace = Timeline.start(builtin.open(name)).trace
    for index in range(1, len(trace) + 1, 1 + len(trace) // 60):
        rows = diagram(trace, trace.step(index), *size, Look())
        assert rows is None or not re.search(r"∂E(?!/∂[a-z])", "\n".join(lines(rows))), index


@pytest.mark.parametrize("size", [(67, 26), (112, 36), (160, 40)])
@pytest.mark.parametrize("look", LOOKS)
def test_what_is_sent_back_to_a_unit_stands_near_it_however_steep_its_edges(
    two_two_two: Problem, size: tuple[int, int], look: Look
) -> None:
    """In the last row it would be farther from its unit than from any other."""
    trace = Timeline.start(two_two_two).trace
    for unit in (1, 2):
        ref = Ref("out_grad", 1, unit, 0, 0)
        index = trace.index_of(ref)
        assert index is not None
        rows = diagram(trace, trace.step(index), *size, look)
        assert rows is not None
        (row,) = (at for at, each in enumerate(rows) for piece in each if piece.style == "result")
        units = [at for at, line in enumerate(lines(rows)) if re.search(r"[▶>] h[12] ", line)]
        assert len(units) == 2 and abs(row - units[unit - 1]) < abs(row - units[2 - unit]) and row < size[1] - 1


@pytest.mark.parametrize(
    ("size", "look"), [((79, 11), Look()), *((size, look) for size in ((67, 26), (112, 36)) for look in LOOKS)]
)
def test_a_gradient_that_is_longer_than_its_room_stands_on_its_edge(
    two_two_two: Problem, size: tuple[int, int], look: Look
) -> None:
    """In the last row the eye finds neither its edge nor what it was made of."""
    trace = Timeline.start(two_two_two).trace
    frame = Frame.fitting(trace.names, *size, look)
    assert frame is not None
    for layer in (1, 2):
        for edge in frame.edges(layer):
            index = trace.index_of(Ref("grad", layer, *edge))
            assert index is not None
            rows = diagram(trace, trace.step(index), *size, look)
            assert rows is not None
            (y,) = (at for at, row in enumerate(rows) for piece in row if piece.style == "result" and "/" in piece.text)
            start = sum(row_cells((piece,)) for piece in rows[y][: [one.style for one in rows[y]].index("result")])
            end = start + next(row_cells((piece,)) for piece in rows[y] if piece.style == "result")
            first, top, last, bottom = frame.ends(layer, *edge)
            on = (y - top) / (bottom - top) if top != bottom else 0.5
            assert 0 <= on <= 1 and (top != bottom or y == top)
            assert start <= first + on * (last - first) <= end


@pytest.mark.parametrize("sizes", [(4, 5, 3), (5, 5, 5), (6, 6, 6), (8, 8, 8), (8, 8, 8, 8)])
@pytest.mark.parametrize("size", [(79, 11), (67, 26), (112, 36)])
def test_many_edges_are_no_block_of_dots(sizes: tuple[int, ...], size: tuple[int, int]) -> None:
    trace = Timeline.start(plain(sizes)).trace
    rows = diagram(trace, trace.step(1), *size, Look())
    assert rows is not None
    assert "".join(lines(rows)).count("⣿") <= size[0] * size[1] // 50


def test_where_weights_of_both_signs_pass_a_cell_it_tells_none() -> None:
    """A hue of one of them would say that all are of its sign."""
    weights = np.array([[1.0, -1.0], [-1.0, 1.0]])
    network = Network((Layer("sigmoid", weights, np.zeros(2)),))
    problem = replace(plain((2, 2)), network=network)
    trace = Timeline.start(problem).trace
    error = trace.find("E")
    assert error is not None
    rows = diagram(trace, trace.step(trace.index_of(error) or 0), 79, 11, Look())
    assert rows is not None
    heads = [piece.style for row in rows for piece in row if piece.text.endswith("▶")]
    assert heads == ["edge", "edge"]


@pytest.mark.parametrize("size", [(69, 13), (79, 13), (99, 20), (119, 26)])
def test_an_arrowhead_stands_before_every_unit_at_every_step(two_two_two: Problem, size: tuple[int, int]) -> None:
    trace = Timeline.start(two_two_two).trace
    for step in trace:
        rows = diagram(trace, step, *size, Look())
        assert rows is not None
        shown = "\n".join(lines(rows))
        assert all(f"▶ {unit}" in shown for unit in ("h1", "h2", "o1", "o2")), step


def test_an_edge_keeps_its_label_where_that_of_the_number_at_hand_has_no_room(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    for width in range(77, 120, 7):
        named = []
        for step in trace:
            rows = diagram(trace, step, width, 13, Look())
            assert rows is not None
            named.append(set(re.findall(r"\bw\d\b", "\n".join(lines(rows)[:-1]))))
        assert all(named[1] <= others for others in named), width
    assert len(named[1]) == 8


@pytest.mark.parametrize("sizes", [(2, 2, 2), (4, 5, 3), (8, 8, 8, 8), (10, 10, 10)])
@pytest.mark.parametrize("size", [(60, 12), (78, 24), (120, 40)])
def test_without_unicode_no_line_is_read_with_a_figure(sizes: tuple[int, ...], size: tuple[int, int]) -> None:
    trace = Timeline.start(plain(sizes)).trace
    for index in range(1, len(trace) + 1, max(1, len(trace) // 12)):
        drawn = diagram(trace, trace.step(index), *size, Look(Style.ASCII)) or []
        rows = ["".join(piece.text for piece in row) for row in drawn]
        read = r"\d[-=/\\'>]|\d\.(?!\d)|[=/\\']\w|(?<!\d)\.\w"
        assert not [row for row in rows if re.search(read, row.replace("dE/d", ""))], rows


@pytest.mark.parametrize(("steps", "lines"), [(2, True), (3, False)])
def test_in_letters_many_edges_are_a_few_dots_and_only_those_at_hand_are_lines(steps: int, lines: bool) -> None:
    session = screens.of_problem(builtin.open("flowers"))
    session = replace(screens.pressed(session, *["step"] * steps), style=Style.ASCII, width=80, height=24)
    assert session.study is not None
    drawn = screens.lines(replace(session, study=replace(session.study, view="network")))[2:11]
    assert bool(set("'/\\") & set("".join(drawn))) is lines and sum(row.count(".") for row in drawn) > 50
