"""A weight nudged by hand, and what that does along the way to E."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import activation_curve
from nntutor.core.engine.program import State
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut, fitted
from nntutor.tui.state.study import Study

_NUDGE = 0.001


def nudge(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """A weight moved by 0.001 and what follows, one cell a step; below each ratio the factor of the chain rule."""
    trace, step = study.trace, study.timeline.step
    last = len(trace.problem.network.layers)
    ref = study.step.ref
    source = ref.input if ref.input and ref.layer == 1 else 1
    weight = Ref("weight", 1, 1, source)
    sample = trace.samples[0] if trace.samples else 0
    net, out, error = Ref("net", 1, 1, 0, sample), Ref("out", 1, 1, 0, sample), Ref("error")
    if last != 1 or trace.problem.network.layers[0].units != 1 or len(trace.samples) != 1:
        return [(), (Piece(cut(f"  {words.say('views.not_here')}", width), "dim"),)]
    layer = trace.problem.network.layers[0]
    before = [trace.value(one) for one in (weight, net, out, error)]
    x = trace.value(Ref("out", 0, source, 0, sample))
    moved_net = before[1] + _NUDGE * x
    moved_out = float(activation_curve(layer.activation, layer.slope, np.array([moved_net]))[0][0])
    params = trace.before.params.copy()
    view, place = trace.parameter(params, weight)
    view[place] += _NUDGE
    after = [
        before[0] + _NUDGE,
        moved_net,
        moved_out,
        trace.error_with(State(trace.before.done, params, trace.before.slots)),
    ]
    known = [True, *(trace.known(one, step) for one in (net, out, error))]
    symbols = [trace.symbol(one, look.style) for one in (weight, net, out, error)]
    column = max(12, min(18, (width - 16) // 4))
    digits = max(6, look.digits + 2)

    def row(head: str, cells_of: list[str], style: str = "") -> Row:
        return (Piece(padded(f" {cut(head, 14)}", 15), "dim"), *(Piece(one.rjust(column), style) for one in cells_of))

    def figures(values: list[float]) -> list[str]:
        return [look.figure(v, digits=digits) if k else "?" for v, k in zip(values, known, strict=True)]

    rows = [
        row("", symbols, "bold"),
        row(
            words.say("nudge.now"),
            [look.figure(v, digits=digits) if k else "?" for v, k in zip(before, known, strict=True)],
        ),
        row(
            words.say("nudge.moved"),
            [look.figure(v, digits=digits) if k else "?" for v, k in zip(after, known, strict=True)],
            "operand",
        ),
        (),
    ]
    slope = Ref("slope", 1, 1, 0, sample)
    out_grad = Ref("out_grad", 1, 1, 0, sample)
    grad = weight._replace(kind="grad")
    ratios, factors, amounts = [""], [""], [""]
    for place_of, factor, name, value in (
        (1, grad, trace.symbol(Ref("out", 0, source), look.style), x),
        (2, slope, trace.symbol(slope, look.style), None),
        (3, out_grad, trace.symbol(out_grad, look.style), None),
    ):
        shown = trace.index_of(factor) is not None and trace.known(factor, step)
        change = after[place_of - 1] - before[place_of - 1]
        ratio = (after[place_of] - before[place_of]) / change if change else float("nan")
        ratios.append(look.figure(ratio, digits=4) if shown else "?")
        known_value = trace.value(factor) if value is None and trace.index_of(factor) is not None else value
        factors.append(name if shown else "?")
        amounts.append(look.figure(float(known_value or 0.0), digits=4) if shown else "?")
    rows += [
        row(words.say("nudge.ratio"), ratios, "result"),
        row(words.say("nudge.factor"), factors),
        row("", amounts),
    ]
    if trace.index_of(grad) is not None and trace.known(grad, step):
        whole = (after[3] - before[3]) / _NUDGE
        gradient = trace.symbol(grad, look.style)
        told = words.say("nudge.whole", ratio=look.figure(whole, digits=4), symbol=gradient,
                         value=look.figure(trace.value(grad), digits=4))  # fmt: skip
        rows += [(), (Piece(f" {told}"),)]
    return [fitted(one, width) for one in rows[:height]]
