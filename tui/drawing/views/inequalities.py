"""What a unit's weights must satisfy for each row of a truth table."""

from __future__ import annotations

from nntutor.core.analysis.plot_data import params_at
from nntutor.core.notation.spelling import sign
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells, padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, kept, shortened
from nntutor.tui.state.study import Study


def inequalities(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
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
    rows: list[Row] = [(Piece(f" {words.say('views.inequalities_head')}", "bold"),)]
    wide = 0
    lines = []
    for row, target in zip(inputs, targets, strict=True):
        names = [_term(trace.symbol(Ref("weight", 1, 1, place), look.style), x, look) for place, x in enumerate(row, 1)]
        asked = " + ".join([name for name in names if name] + ["b"])
        net = float(row @ weights[0] + bias)
        sign = more if target[0] >= 0.5 else less
        right = (net >= 0) == (target[0] >= 0.5)
        point = "(" + ",".join(f"{x:g}" for x in row) + ")"
        lines.append((f" {point:<8} t {target[0]:g}   ", f"{asked} {sign} 0", f"{look.figure(net)} {sign} 0", right))
        wide = max(wide, cells(asked) + 6)
    for head, asked, live, right in lines:
        verdict = words.say("views.holds" if right else "views.fails")
        rows.append(
            (
                Piece(head),
                Piece(padded(asked, wide), "operand"),
                Piece(f"   {live:<14}"),
                Piece(verdict, "" if right else "result"),
            )
        )
    return [shortened(row, width, look) for row in kept(rows, height, look)]


def _term(symbol: str, x: float, look: Look) -> str:
    """w1 times x, as people write it where x is 0 or 1."""
    if x == 0:
        return ""
    return symbol if x == 1 else f"{look.figure(float(x))}{sign('·', look.style)}{symbol}"
