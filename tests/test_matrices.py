"""The matrices never hide a number that the step uses, and nothing in them moves where they fit."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from screens import marked
from strategies import share
from test_diagram import is_shown, lines, plain

from nntutor.core.engine.step import Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import builtin
from nntutor.lessons.language import words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import row_cells
from nntutor.tui.drawing.step import formula, grid
from nntutor.tui.drawing.step import matrices as tables
from nntutor.tui.drawing.step.diagram import diagram
from nntutor.tui.drawing.step.grid import Grid
from nntutor.tui.drawing.step.matrices import matrices
from nntutor.tui.drawing.step.wording import Wording

EN = words.load("en")
COUNTED = re.compile(r"(?:…|\.\.\.) (\d+)")


def many(sizes: tuple[int, ...], samples: int, optimizer: str, error: str = "mse") -> Problem:
    """A mini-batch of several samples, other numbers in each."""
    random = np.random.default_rng(sum(sizes))
    last = "identity" if error == "softmax-ce" else "sigmoid"
    layers = tuple(
        Layer(last if b == len(sizes) - 1 else "tanh", random.normal(size=(sizes[b], sizes[b - 1])),
              random.normal(size=sizes[b]) if b % 2 else None)
        for b in range(1, len(sizes))
    )  # fmt: skip
    targets = np.eye(sizes[-1])[random.integers(0, sizes[-1], samples)]
    data = Samples(random.random((samples, sizes[0])), targets)
    return Problem(Network(layers), data, Optimizer(optimizer, 0.01), error=error, batch="full")


def entries(step: Step) -> list[Ref]:
    """The numbers of a step that stand in a matrix."""
    every = dict.fromkeys((step.ref, *names(step.full)))
    return [ref for ref in every if ref.kind in PER_SAMPLE | PER_WEIGHT]


def left_out(trace: Trace, step: Step, rows: list, look: Look) -> list[Ref]:  # type: ignore[type-arg]
    return [ref for ref in entries(step) if not is_shown(trace, ref, marked(rows), look)]


def hold(trace: Trace, step: Step, width: int, height: int, look: Look) -> None:
    rows = matrices(trace, step, EN, width, height, look)
    assert len(rows) <= height and all(row_cells(row) <= width for row in rows), lines(rows)
    missing = left_out(trace, step, rows, look)
    found = COUNTED.search(lines(rows)[0])
    counted = int(found[1]) if found else 0
    alike = len(entries(step)) - len({f"{abs(trace.value(ref)):.2e}" for ref in entries(step)})
    assert len(missing) <= counted <= len(missing) + alike, (step.symbol, missing, lines(rows))


SMALL = [(1, 1), (2, 2, 2), (4, 5, 3), (3, 1, 4, 2)]


@pytest.mark.parametrize("sizes", SMALL)
def test_at_every_step_each_number_of_it_is_shown_or_counted(sizes: tuple[int, ...]) -> None:
    widths = (20, 39, 60, 79, 119, 250)
    for problem, look in ((plain(sizes), Look(digits=6)), (many(sizes, 3, "adam"), Look(Style.ASCII, 6))):
        trace = Timeline.start(problem).trace
        for index in range(1, len(trace) + 1, 1 + len(trace) // 40):
            hold(trace, trace.step(index), widths[index % len(widths)], 13, look)


@share(0.5)
@given(
    st.sampled_from([(64, 64, 10), (12, 9, 7), (1, 30, 1), (40, 2)]),
    st.integers(1, 6),
    st.sampled_from(["sgd", "momentum", "adam"]),
    st.sampled_from(["mse", "softmax-ce"]),
    st.integers(20, 250),
    st.integers(5, 60),
    st.floats(0.0, 1.0),
)
def test_of_large_networks_too(
    sizes: tuple[int, ...], samples: int, optimizer: str, error: str, width: int, height: int, share_of: float
) -> None:
    if error == "softmax-ce" and sizes[-1] == 1:
        error = "mse"
    trace = Timeline.start(many(sizes, samples, optimizer, error)).trace
    hold(trace, trace.step(1 + round(share_of * (len(trace) - 1))), width, height, Look(digits=6))


@pytest.mark.parametrize(("width", "height"), [(110, 13), (110, 30), (200, 40)])
def test_no_number_moves_when_a_step_does_where_the_tables_fit(two_two_two: Problem, width: int, height: int) -> None:
    trace = Timeline.start(two_two_two).trace
    steps = [step for step in trace if step.ref.layer == 1 and step.phase == "forward"]
    tables = [lines(matrices(trace, step, EN, width, height, Look())) for step in steps]
    for before, after in pairwise(tables):
        for one, other in zip(before, after, strict=True):
            ends = {found.end(1): found[1] for found in re.finditer(r"(?<![\w.])([−+]?\d[\d.]*)[\] ]", one)}
            for end, text in ends.items():
                assert other[:end].endswith(text), (one, other)


def test_unknown_columns_make_room_for_those_that_the_step_uses() -> None:
    trace = Timeline.start(plain((4, 5, 3))).trace
    rows = lines(matrices(trace, trace.step(1), EN, 80, 13, Look()))
    assert all(name in rows[1] for name in ("x1", "x2", "x3", "x4", "b", "net"))
    assert rows[3].count("[") == 6 and rows[2].count("[") == 4


def test_the_hidden_delta_stands_below_what_it_is_made_of(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    step = trace.step(24)
    rows = matrices(trace, step, EN, 40, 13, Look())
    assert step.symbol == "δ_h1" and not left_out(trace, step, rows, Look())


def test_a_hidden_number_is_in_no_table(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).to(1, 30).trace
    for step in trace:
        asked = trace.hiding(frozenset(entries(step)))
        rows = matrices(asked, step, EN, 110, 30, Look())
        assert {"?"} <= set("".join(marked(rows))) <= set("[?] ")


def test_a_row_of_a_sample_is_called_as_the_symbols_call_it() -> None:
    trace = Timeline.start(builtin.open("xor")).to(3).trace
    index = next(step for step in range(1, len(trace) + 1) if trace.ref(step).kind == "grad")
    rows = ["".join(piece.text for piece in row) for row in matrices(trace, trace.step(index), EN, 80, 40, Look())]
    found = [row for row in rows if re.match(r" \[\d\] ", row)]
    deltas = [ref for ref in names(trace.step(index).full) if ref.kind == "delta"]
    assert len(found) == len(deltas) > 1
    for ref in deltas:
        (row,) = [one for one in found if f" [{ref.sample}] " in one]
        assert figure(trace.value(ref), 4, plus=True) in row, trace.symbol(ref)


def test_each_table_is_made_and_fitted_once_however_many_numbers_a_step_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline.start(many((30, 40, 40), 1, "sgd"))
    made: list[object] = []
    fitted: list[object] = []
    monkeypatch.setattr(tables, "Grid", lambda *parts: made.append(parts[0]) or Grid(*parts))
    gaps = grid._with_gaps
    monkeypatch.setattr(grid, "_with_gaps", lambda *given: fitted.append(given) or gaps(*given))
    step = next(step for step in timeline.trace if step.symbol == "net_o40")
    matrices(timeline.trace, step, EN, 80, 16, Look(Style.UNICODE, 4))
    # Of a layer its table stands once among those that are needed and once among all; each has rows and columns.
    assert len(made) <= 2 * len(set(made)) and len(fitted) <= 8 * len(set(made))


def test_a_sample_is_not_looked_for_through_the_whole_batch() -> None:
    class Batch(tuple[int, ...]):
        def index(self, *_: object) -> int:
            raise AssertionError

        __contains__ = index  # type: ignore[assignment]

    for samples in ((0, 1, 2, 3), (2, 0, 3, 1)):
        trace = Timeline.start(many((2, 2), 4, "sgd")).trace
        shuffled = replace(trace, samples=Batch(samples))
        plain = replace(trace, samples=samples)
        assert [shuffled.step(at).value for at in range(1, len(trace) + 1)] == [step.value for step in plain]
        assert [shuffled.row(sample) for sample in samples] == [0, 1, 2, 3]
        assert shuffled.index_of(Ref("out", 1, 1, 0, 4)) is None
        with pytest.raises(KeyError):
            shuffled.value(Ref("out", 1, 1, 0, 4))


def test_of_a_sum_over_a_large_batch_no_more_is_spelled_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = Timeline.start(many((1, 1), 1500, "sgd")).trace
    step = next(step for step in map(trace.step, range(len(trace), 0, -1)) if step.ref.kind == "grad")
    spelled: list[object] = []
    figured, alone = formula.operand_figure, Wording.alone
    monkeypatch.setattr(formula, "operand_figure", lambda *given: spelled.append(given) or figured(*given))
    monkeypatch.setattr(Wording, "alone", lambda *given: spelled.append(given) or alone(*given))
    look = Look(Style.UNICODE, 4)
    assert "1494 more" in lines(formula.formula_rows(trace, step, 80, 6, look))[0]
    assert diagram(trace, step, 80, 14, look) is not None
    # Each once for whether the figures give the result; what is shown are few more.
    assert len(names(step.full)) == 1500 and len(spelled) <= 1500 + 80
