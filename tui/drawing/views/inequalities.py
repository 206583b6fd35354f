"""What a unit's weights must satisfy for each row of a truth table."""

from __future__ import annotations

from typing import NamedTuple

from nntutor.core.analysis.plot_data import params_at
from nntutor.core.notation.style import sign
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells, padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, kept, shortened
from nntutor.tui.drawing.views.cycle import point
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study


class Judged(NamedTuple):
    """A row of the table: the net in symbols and as a figure, on which side of 0 it should be, and whether it is."""

    point: str
    target: float
    asked: str
    net: str
    side: str
    right: bool


def judged(study: Study, look: Look) -> list[Judged]:
    """For each row what w1, w2 and b would have to satisfy, and whether they do now."""
    trace = study.trace
    problem = trace.problem
    inputs, targets = problem.samples.inputs, problem.samples.targets
    state = params_at(trace, study.timeline.step)
    weights, _ = trace.parameter(state.params, Ref("weight", 1, 1, 1))
    bias = (
        trace.parameter(state.params, Ref("weight", 1, 1, 0))[0][0] if problem.network.layers[0].bias is not None else 0
    )
    less, more = "<", look.line("≥")
    rows = []
    for row, target in zip(inputs, targets, strict=True):
        names = [_term(trace.symbol(Ref("weight", 1, 1, place), look.style), x, look) for place, x in enumerate(row, 1)]
        asked = " + ".join([name for name in names if name] + ["b"])
        net = float(row @ weights[0] + bias)
        side = more if target[0] >= 0.5 else less
        right = (net >= 0) == (target[0] >= 0.5)
        rows.append(Judged(point(row, look), float(target[0]), asked, look.figure(net), side, right))
    return rows


def inequalities(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """The rows of the table, one below the other."""
    found = judged(study, look)
    if not found:
        return nothing(words, width)
    wide = max(cells(one.asked) for one in found) + 6
    rows: list[Row] = [(Piece(f" {words.say('views.inequalities_head')}", "bold"),)]
    for place, target, asked, net, side, right in found:
        verdict = words.say("views.holds" if right else "views.fails")
        rows.append(
            (
                Piece(f" {place:<8} t {look.figure(target)}   "),
                Piece(padded(f"{asked} {side} 0", wide), "operand"),
                Piece(f"   {f'{net} {side} 0':<14}"),
                Piece(verdict, "" if right else "warning"),
            )
        )
    return [shortened(row, width, look) for row in kept(rows, height, look)]


def _term(symbol: str, x: float, look: Look) -> str:
    """w1 times x, as people write it where x is 0 or 1."""
    if x == 0:
        return ""
    return symbol if x == 1 else f"{look.figure(float(x))}{sign('·', look.style)}{symbol}"
