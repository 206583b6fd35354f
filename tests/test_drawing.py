"""The drawing: fits at every size, shows nothing from after the place, marks what the formula uses."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
import screens
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.analysis.gradient_check import central_difference
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import GRADIENT
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.lessons.course import builtin, load
from nntutor.lessons.language import words
from nntutor.lessons.language.cells import cells
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.hues import AT_HAND
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import BOLD, Piece, _spread, changed_spans, cut, row_cells, wrapped
from nntutor.tui.drawing.charts.axes import Axis, Plot
from nntutor.tui.drawing.charts.curves import curve_rows, curves_rows
from nntutor.tui.drawing.pages import prose
from nntutor.tui.drawing.step.columns import columns
from nntutor.tui.drawing.step.diagram import diagram
from nntutor.tui.drawing.step.formula import formula_rows, operand_figure, result_sign
from nntutor.tui.drawing.step.matrices import matrices
from nntutor.tui.drawing.step.status import status_row
from nntutor.tui.state import edits, moves
from nntutor.tui.state import study as at
from nntutor.tui.state.panels import Checking
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import Study
from nntutor.tui.state.views import side_by_side

LESSONS = [lesson.id for lesson in load.lessons()]
SIZES = [(80, 24), (120, 40), (40, 12), (20, 5), (250, 80)]


def text_of(rows: list) -> list[str]:  # type: ignore[type-arg]
    return ["".join(piece.text for piece in row) for row in rows]


# The sizes that a lesson is written for are the linter's.
@pytest.mark.parametrize(("lesson", "size"), list(zip(LESSONS, itertools.cycle([(20, 5), (250, 80)]))))
def test_every_third_stop_of_every_lesson_fits_where_it_was_not_meant_for(lesson: str, size: tuple[int, int]) -> None:
    session = screens.of_lesson(lesson, "en" if size[0] > 100 else "ko", size=size, known=True)
    for turn in range(900):
        lines = screens.lines(session) if turn % 3 == 0 else [""] * size[1]
        assert len(lines) == size[1]
        assert all(cells(line) <= size[0] for line in lines)
        assert not any("{{" in line or "**" in line for line in lines)
        if session.study is None or session.study.finished:
            return
        session = lint.ran(screens.pressed(session, "continue"))
    pytest.fail("the lesson does not end")


@share(0.2)
@given(
    problems(settings=True), st.sampled_from(SIZES), st.integers(0, 400), st.sampled_from((Style.UNICODE, Style.ASCII))
)
def test_any_network_is_drawn_at_any_size(problem: Problem, size: tuple[int, int], step: int, style: Style) -> None:
    session = screens.of_problem(problem, style, size)
    for _ in ("network", "matrices", "curve"):
        for actions in (["step"] * (step % 60), ["why"], ["escape", "check"], ["escape", "run"], ["escape", "help"]):
            session = screens.pressed(session, *actions)
            lines = screens.lines(session)
            assert len(lines) == size[1] and all(cells(line) <= size[0] for line in lines)
            if style is Style.ASCII:
                assert all(line.replace("한국어", "").isascii() for line in lines), lines
        session = screens.pressed(session, "escape", "view")
        assert session.study is not None


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_count_of_stops_has_a_sign_exactly_where_the_next_one_stands_at_this_step(lesson: str) -> None:
    session = screens.of_lesson(lesson, known=True)
    stops = at_hand(session).lesson.stops  # type: ignore[union-attr]
    for number, stop in enumerate(stops):
        study = at_hand(session)
        assert study.stop == number
        following = stops[number + 1 :][:1]
        more = [next for next in following if next.run == stop.run and study.place_of(next) == study.place]
        count = f"{number + 1} of {len(stops)}"
        found = [line.rpartition(count) for line in screens.lines(session) if count in line]
        assert [rest.strip() for _, _, rest in found] == ["…" if more else ""]
        session = lint.ran(screens.pressed(session, "continue"))


def at_hand(session: Session) -> Study:
    assert session.study is not None
    return session.study


def test_a_problem_without_a_title_is_headed_by_its_name(two_two_two: Problem) -> None:
    session = screens.of_problem(replace(two_two_two, title=" "))
    assert screens.lines(session)[0].startswith(" problem ")


@pytest.mark.parametrize(
    ("run", "width", "shown"),
    [("one neuron (changed)", 80, "E 0.2984"), ("AND", 50, "E 0.2984"), ("", 40, "iteration 1 · step 11/39")],
)
def test_beside_the_name_of_a_run_the_title_is_cut_before_e_goes_and_no_cell_of_it_is_lost(
    run: str, width: int, shown: str
) -> None:
    session = screens.of_lesson("cycle")
    study = at_hand(session)
    trace = study.timeline.to(1, 11).trace
    row = status_row(trace, 11, "One sigmoid neuron learns by itself", run, words.load("en"), width, Look())
    head, gap, *parts = (piece.text for piece in row)
    place = "".join(parts)
    assert place.endswith(shown)
    assert "…" in head and cells(head + gap + place) == width and len(gap) <= (3 if " " in head.strip() else 2)


@pytest.mark.parametrize("last", [60, 100, 2500, 10000])
def test_the_numbers_of_a_lower_axis_do_not_touch(last: int) -> None:
    for width in range(30, 130):
        plot = Plot(width, 10, Look(), Axis("", (1.0, float(last)), whole=True), Axis("", (0.0, 1.0)))
        line = "".join(piece.text for piece in plot.rows()[-1])
        assert set(re.findall(r"\d+", line)) <= {tick.text for tick in plot.below}, line


@pytest.mark.parametrize("value", [0.0, 1e-31, 0.2984])
def test_a_curve_that_stays_where_it_is_has_an_axis_of_numbers_like_its_own(value: float) -> None:
    """Of nothing but 0 it went from −1e-300 to 1e-300."""
    rows = curve_rows(np.full(4, value), 4, 60, 10, Look(), "E", "log")
    read = [float(row[0].text.split()[0].replace("−", "-")) for row in rows[1:-1] if "┤" in row[0].text]
    assert len(read) > 1 and all(0 <= one <= max(1, 2 * value) and (not one or one > value / 2) for one in read), read


@pytest.mark.parametrize("look", [Look(), Look(Style.ASCII)], ids=["unicode", "ascii"])
def test_the_sign_of_a_number_in_a_lower_axis_is_no_dash_of_its_line(look: Look) -> None:
    """−4 to 4 read as 4 to 4 where the line is of the same dashes."""
    for width in range(24, 130):
        plot = Plot(width, 10, look, Axis("w1", (-4.3, 4.0)), Axis("", (0.0, 1.0)))
        line = "".join(piece.text for piece in plot.rows()[-1])
        read = re.findall(r"(?<=[ +└])[-−]\d+|\d+", line.removesuffix("w1"))
        assert read and set(read) <= {tick.text for tick in plot.below}, line
        assert width < 60 or sum(one[0] in "-−" for one in read) > 1, line


def test_beside_the_network_stand_the_steps_and_while_a_run_is_on_its_way_the_curve() -> None:
    session = screens.of_lesson("cycle", size=(120, 40))
    assert side_by_side(at_hand(session)) == ("network", "steps")
    running = screens.pressed(session, "run", "continue")
    assert side_by_side(at_hand(running)) == ("network", "curve")
    assert side_by_side(at_hand(lint.ran(running))) == ("network", "steps")


@pytest.mark.parametrize("size", list(itertools.product((1, 5, 23, 24, 40), (1, 5, 6, 10))))
def test_a_plot_of_several_runs_has_a_line_each_and_a_tick_or_is_not_there(size: tuple[int, int]) -> None:
    runs = [np.array([3.0, 2.0, 1.0]), np.array([3.0, 1.0])]
    rows = text_of(curves_rows(runs, "AB", ("run1", "run2"), 0, *size, Look(), "E", "log"))
    assert bool(rows) == (size[0] >= 24 and size[1] >= 6)
    if rows:
        assert any("┤" in row for row in rows) and all(sum(row.count(mark) for row in rows[1:]) == 1 for mark in "AB")


@share(0.1)
@given(problems(errors=("half-squared", "mse", "bce")))
def test_the_diagram_shows_no_number_from_after_the_place(problem: Problem) -> None:
    place = Timeline.start(problem)
    given = (*place.trace.before.params, *problem.samples.inputs.flat, *problem.samples.targets.flat)
    known = set().union(*(spelled(float(value)) for value in given))
    made = [spelled(place.trace.step(index).value) for index in range(1, len(place.trace) + 1)]
    for index in range(1, len(made) + 1):
        known |= made[index - 1]
        trace = place.to(1, index).trace
        drawn = diagram(trace, trace.step(index), 140, 24, Look())
        if drawn is None:
            return
        shown = {found.lstrip("−+") for found in re.findall(r"[−+]?\d[\d.]*(?:e-?\d+)?", " ".join(text_of(drawn)))}
        later = {text for one in made[index:] for text in one if len(text) > 4}
        assert shown.isdisjoint(later - known), index


def spelled(value: float) -> set[str]:
    """The ways in which a number may stand there, without its sign."""
    return {figure(abs(value), digits) for digits in range(3, 7)}


def test_the_step_is_marked_the_same_in_the_diagram_and_in_the_formula(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two)
    for index in range(1, 40):
        trace = place.to(1, index).trace
        step = trace.step(index)
        drawn = diagram(trace, step, 79, 13, Look())
        assert drawn is not None
        marked = [piece.text for row in drawn for piece in row if piece.style in AT_HAND]
        drawable = [ref for ref in names(step.full) if not ref.kind.startswith("rate_")]
        for ref in drawable:
            if ref.kind in ("unit_error", "grad") or (ref.kind == "weight" and step.phase == "update"):
                continue  # the sum E stands in the first line; an update's weight and gradient share a label
            shown = figure(trace.value(ref), 4, ref.kind == "delta")
            assert any(shown in text and text.startswith("[") for text in marked), (index, ref, marked)


def test_the_diagram_of_the_example_at_the_hidden_delta(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).to(1, 24).trace
    drawn = diagram(trace, trace.step(24), 79, 13, Look())
    assert drawn is not None
    assert text_of(drawn) == [
        " 0.05                      [0.5933]                          0.7514",
        " x1 ⠤⠤⠤⠤⠤⢤⠤⠤⠤⠤w1 0.15⠤⠤⠤⠤⡤▶ h1 ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⢶⡶⠶⠶[w5 0.4]⠶⠶⠶⢶⡶▶ o1       t 0.01",
        "          ⠑⢄           ⡠⠊  [δ +0.008771]   ⠙⢦⡀         ⢀⡴⠋  [δ +0.1385]",
        "          w3 0.25    ⡠⠊    [slope 0.2413] [w7 0.5]   ⢀⡴⠋",
        "              ⠑⢄   ⡠⠊                          ⠙⢦⡀ ⢀⡴⠋",
        "                ⢑⠤⡊                              ⠙⠶⣄",
        "              ⢀⠔⠁ ⠈⠢⡀                          ⣠⠞⠁ ⠈⠳⣄",
        "          w2 0.2    ⠈⠢⡀                    w6 0.45   ⠈⠳⣄",
        " 0.1      ⢀⠔⠁         ⠈⠢⡀   0.5969         ⣠⠞⠁         ⠈⠳⣄   0.7729",
        " x2 ⠤⠤⠤⠤⠤⠶⠷⠶⠶⠶w4 0.3⠶⠶⠶⠶⠾⠶▶ h2 ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠾⠷⠶⠶⠶w8 0.55⠶⠶⠶⠾⠷▶ o2       t 0.99",
        "                            δ ?                             [δ −0.03810]",
        "",
        "",
    ]


def test_targets_that_a_lesson_holds_back_are_shown_from_their_step_on() -> None:
    session = screens.of_lesson("forward", known=True)
    study = session.study
    assert study is not None and study.lesson is not None
    trace, look = study.trace, Look(digits=session.digits)
    ref = trace.find(study.lesson.targets)
    assert ref is not None
    held_until = trace.index_of(ref)
    targets = [f"t {look.figure(target)}" for target in trace.array("target")[0]]
    for iteration, step in itertools.product((1, 2), range(1, len(trace) + 1)):
        here = replace(session, study=moves.to(study, iteration, step))
        shown = [target in "\n".join(screens.lines(here)) for target in targets]
        assert shown == [iteration > 1 or step >= (held_until or 0)] * len(targets), (iteration, step)


def test_a_check_shows_no_gradient_before_it_is_made() -> None:
    session = screens.of_lesson("hidden-delta", known=True)
    study = session.study
    assert study is not None
    shown = 0
    for step in range(1, len(study.trace) + 1):
        here = screens.pressed(replace(session, study=moves.to(study, 1, step)), "check")
        assert here.study is not None
        if not isinstance(here.study.panel, Checking):
            continue
        panel = here.study.panel
        made = study.trace.index_of(panel.ref._replace(kind=GRADIENT[panel.ref.kind]))
        figures = figure(central_difference(study.trace, panel.ref, panel.h).gradient, 12, plus=True)
        assert (figures in " ".join(screens.lines(here))) == (made is not None and made <= step), panel.ref
        shown += made is not None and made <= step
    assert shown


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_why_names_what_the_learner_set_as_that(language: str) -> None:
    said = {name: words.load(language).say(f"why_panel.given_{name}") for name in ("edit", "weight", "input")}
    session = screens.of_lesson("hidden-delta", language, known=True)
    study = session.study
    assert study is not None
    own = edits.edited(study, Ref("weight", 1, 1, 1), 0.7)

    def told(study: at.Study, symbol: str) -> str:
        lines = screens.lines(screens.pressed(replace(session, study=study), "why"))
        return next(line for line in lines if f" {symbol} " in line and "= " in line and line.startswith((" ▸", "   ")))

    assert said["weight"] in told(study, "w1")
    assert said["edit"] in told(own, "w1") and said["weight"] in told(own, "w2") and said["input"] in told(own, "x1")
    edited_input = edits.edited(own, Ref("out", 0, 1, 0, 0), 0.5)
    assert said["edit"] in told(edited_input, "x1") and said["edit"] in told(edited_input, "w1")
    assert said["edit"] not in told(moves.to(own, 2, 1), "w1"), "an update has made it since"


@share(0.5)
@given(problems(optimizers=("sgd", "adam")), st.sampled_from((80, 60)))
def test_the_matrices_show_what_a_step_makes_for_a_weight(problem: Problem, width: int) -> None:
    trace = Timeline.start(problem).trace
    for step in trace:
        if step.ref.kind in ("grad", "new"):
            rows = matrices(trace, step, words.load("en"), width, 12, Look())
            made = [piece.text.strip() for row in rows for piece in row if piece.style == "result"]
            assert made == [f"[{figure(step.value, 4, step.ref.kind == 'grad')}]"], (step.symbol, text_of(rows))


@given(problems(everything_learns=True), st.sampled_from(tuple(MISTAKES)))
def test_of_two_runs_side_by_side_the_first_differing_digit_is_marked(problem: Problem, mistake: str) -> None:
    right, wrong = Timeline.start(problem).trace, Timeline.start(problem, mistake).trace
    _, *rows = columns(right, wrong, len(right), ("right", "wrong"), 80, len(right) + 2, Look())
    assert rows
    for row in rows:
        symbol, one, _, *other = (piece.text for piece in row)
        ref = right.find(symbol.strip(" ▸"))
        assert ref is not None
        first, second = (figure(trace.value(ref), 9, trace.signed(ref)) for trace in (right, wrong))
        assert one.strip() == first
        if first == second:
            assert other == [second]
            continue
        same, marked, rest = other
        digit = marked.removeprefix("[").removesuffix("]")
        assert marked == f"[{digit}]" and same + digit + rest == second
        assert first.startswith(same) and first[len(same) : len(same) + 1] != digit


@share(0.2)
@given(problems(), st.sampled_from((4, 6, 9)))
def test_shown_figures_multiply_to_the_shown_result_or_say_that_they_do_not(problem: Problem, digits: int) -> None:
    trace = Timeline.start(problem).trace
    look = Look(digits=digits)
    for step in trace:
        rows = text_of(formula_rows(trace, step, 400, 6, look))
        result = rows[-1].strip()
        assert result.startswith(f"{result_sign(trace, step, look)} ")
        for operand in step.operands:
            if operand.ref in names(step.full):
                assert operand_figure(operand.value, look) in rows[1] + rows[-1] + "".join(rows)


@pytest.mark.parametrize(
    "errors",
    [[], [np.nan], [np.inf, 1.0], [1e300, 1.0], [0.0, 0.0], [1e307, 2.0, 3.0], [1.0] * 5000, [1e-300, 1.0],
     list(np.linspace(1, 1e-12, 20_000)), [-1.0, 2.0], [5e-324, 1e-323]],
)  # fmt: skip
@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
def test_hostile_errors_are_plotted_or_left_out(errors: list[float], style: Style) -> None:
    for width, height in ((60, 12), (24, 6), (10, 3), (200, 50)):
        rows = curve_rows(np.array(errors), 1, width, height, Look(style), "E", "log")
        assert len(rows) <= height and all(row_cells(row) <= width for row in rows)
        if style is Style.ASCII:
            assert all(line.isascii() for line in text_of(rows))


def test_a_short_formula_in_parentheses_is_not_broken_over_two_lines() -> None:
    text = "Calculus gives 1/(1 + exp(−net)) the slope exp(−net)/(1 + exp(−net))² of out(1 − out)."
    for width in range(28, 80):
        lines = wrapped(text, width)
        assert all(line.count("(") == line.count(")") for line in lines), lines
        assert " ".join(lines) == text


def test_no_line_ends_with_a_sign_or_parts_a_name_from_its_number() -> None:
    text = "Far from there E = 0.25 and E 0.3 → 0.1, so m is divided by 1 − β₁ᵏ and Δ = −η·m̂/(√v̂ + ε) is small."
    for width in range(28, 80):
        lines = wrapped(text, width)
        assert not any(line.split()[-1] in "E=→−+" or line.split()[0] in "=→−+" for line in lines), lines
        assert " ".join(lines) == text


@given(st.lists(st.floats(0.001, 999).map("{:.6g}".format), min_size=2, max_size=6), st.integers(13, 40))
def test_a_product_longer_than_a_line_is_broken_after_a_factor(factors: list[str], width: int) -> None:
    lines = wrapped(f"= {'·'.join(factors)} ≈ 0.5", width)
    assert set(factors) <= set(re.split("[· ]", "\n".join(lines).replace("\n", " "))), lines


@given(st.text(alphabet="ab 은(−)·=", max_size=60), st.integers(4, 20))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert cells(cut(text, width)) <= width


PIECES = st.builds(Piece, st.sampled_from(["a", "bc", "δ", "가", "m\u0302", " ", ""]), st.sampled_from(["", "bold"]))


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=4), st.lists(PIECES, max_size=8), st.integers(0, 8))
def test_outside_of_the_changed_spans_two_rows_are_the_same(
    before: list[Piece], new: list[Piece], other: list[Piece], at: int
) -> None:
    """Of a row in which some pieces are others, and of two rows at all."""
    for after in ([*before[:at], *new, *before[at + len(new) :]], [*new, *before], other):
        old, made = ([*_spread(tuple(row)), *[(" ", "")] * 60][:60] for row in (before, after))
        painted = {cell for start, end in changed_spans(tuple(before), tuple(after)) for cell in range(start, end)}
        assert {cell for cell in range(60) if old[cell] != made[cell]} <= painted


def test_the_changed_spans_of_two_rows_are_the_parts_that_differ() -> None:
    before = (Piece("abc 은 def"),)
    after = (Piece("abc 는 def"),)
    assert changed_spans(before, after) == [(4, 6)]
    assert changed_spans(before, before) == []
    assert changed_spans((Piece("ab"),), (Piece("ab", "bold"),)) == [(0, 2)]
    assert changed_spans((Piece("a은"),), (Piece("a은", "bold"),)) == [(0, 3)]
    assert changed_spans((), (Piece("  x"),)) == [(2, 3)]


def test_parts_that_differ_and_stand_far_apart_are_changed_alone() -> None:
    def row(*letters: str) -> tuple[Piece, ...]:
        return (Piece(f"{letters[0]}은{letters[1]}{'.' * 30}{letters[2]}"),)

    assert changed_spans(row("a", "b", "c"), row("A", "B", "C")) == [(0, 4), (34, 35)]


def test_networks_too_wide_for_a_diagram_get_tables_and_shortened_sums() -> None:
    flowers = builtin.open("flowers")
    random = np.random.default_rng(0)
    from dataclasses import replace

    from nntutor.core.problems.network import Layer, Network, Samples

    layers = (
        Layer("sigmoid", random.random((64, 64)), None),
        Layer("identity", random.random((3, 64)), None),
    )
    wide = replace(
        flowers, network=Network(layers), samples=Samples(random.random((30, 64)), flowers.samples.targets[:30])
    )
    session = screens.of_problem(wide)
    lines = screens.lines(session)
    assert any("more" in line for line in lines)
    assert any("64 → 64" in line for line in lines)


WORDS = st.lists(st.text("ab가(=3.", min_size=1, max_size=9), min_size=1, max_size=6).map(" ".join)
PROSE = st.lists(st.tuples(WORDS, st.booleans()), max_size=4).map(
    lambda parts: " ".join(f"{BOLD}{said}{BOLD}" if bold else said for said, bold in parts)
)


@given(PROSE, st.sampled_from(("", "7/9", "7 of 10 …")), st.integers(1, 12), st.integers(1, 3))
@example("go **against** it. **learning rate**, says", "7 of 10", 5, 1)
def test_a_text_has_so_many_pages_as_its_letters_need_and_loses_none(
    said: str, tail: str, width: int, height: int
) -> None:
    turned = 0

    def counted(text: str, wide: int) -> list[str]:
        nonlocal turned
        turned += 1
        assert turned <= 3 * len(said) + 3, "a page that takes nothing of the text is followed by others without end"
        return wrapped(text, wide)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prose, "_wrapped", counted)
        pages = prose._paged(said, tail, "1/2", width, height)
    letters = "".join("".join(page) for page in pages).replace(BOLD, "").replace(" ", "")
    assert letters == said.replace(BOLD, "").replace(" ", "")
    assert all(len(page) <= height for page in pages)


@pytest.mark.parametrize(("lesson", "run", "velocity"), [("adam", "adam", False), ("momentum", "half", True)])
def test_a_velocity_is_drawn_with_its_sign_and_a_mean_square_without(lesson: str, run: str, velocity: bool) -> None:
    session = screens.of_lesson(lesson)
    study = moves.to(replace(session.study, run=run), 2, 99)
    refs = [study.trace.ref(step) for step in range(1, len(study.trace) + 1)]
    squares = [ref for ref in refs if ref.kind in ("v", "vhat")]
    assert squares and {study.trace.signed(ref) for ref in squares} == {velocity}
    assert any(study.trace.value(ref) > 0 for ref in squares)
    drawn = "\n".join(screens.lines(replace(session, study=replace(study, view="moves"))))
    shown = [f"+{figure(study.trace.value(ref), 4)}" in drawn for ref in squares if study.trace.value(ref) > 0]
    assert any(shown) is velocity


@pytest.mark.parametrize("look", [Look(), Look(Style.ASCII)])
def test_a_curve_that_fills_its_plot_is_quiet_and_the_point_in_it_is_not(look: Look) -> None:
    """E of one sample after the other: as bright as a line it would be what is seen first."""
    line, point = 2.0 ** -np.arange(300), look.line("●")
    for errors, style in ((line, ""), (np.where(np.arange(300) % 2, 1.0, line), "edge")):
        rows = curve_rows(errors, 300, 60, 20, look, "E", "log")
        (drawn,) = (row for row in rows if any(point in piece.text for piece in row))
        assert [piece.style for piece in drawn if point in piece.text] == [""]
        dots = [piece for row in rows[1:-1] for piece in row if re.search("[\u2801-\u28ff*]", piece.text)]
        assert {piece.style for piece in dots} == {style}


def test_a_curve_beside_a_race_says_whose_it_is() -> None:
    def curve(lesson: str) -> str:
        session = screens.of_lesson(lesson)
        study = replace(moves.to(session.study, 12, 1), view="curve")
        return "\n".join(screens.lines(replace(session, study=study)))

    assert "E by iteration, of “plain” alone" in curve("momentum")
    assert "E by iteration" in curve("cycle") and "alone" not in curve("cycle").split("\n")[2]
