"""How large each layer's gradient is, bar by bar."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import gradient_sizes, layers_moved
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Name
from nntutor.core.notation.formula import product as chain
from nntutor.core.notation.redoing import equals
from nntutor.core.notation.style import Style, sign
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.drawing.charts.bars import Bar, bars_rows
from nntutor.tui.state.study import Study

_FEW = 6  # slopes, from which on they are multiplied with fewer digits


def layers(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """How large each layer's gradient is, as far as it has been found, and the slopes multiplied on the way."""
    trace, step = study.trace, study.timeline.step
    shape = trace.plan.shape.layers
    sizes = gradient_sizes(trace)
    last = len(shape)
    found = [layer_found(trace, number, step) for number in range(1, last + 1)]
    bars = []
    for number in range(1, last + 1):
        label = trace.names.unit(number, 1).partition("_")[0] if last > 2 else trace.names.unit(number, 1)
        label = words.say("views.out_short") if number == last else label
        beside_it = float(sizes[-1] * 0.25 ** (last - number)) if found[-1] else None
        known = found[number - 1]
        bars.append(
            Bar(
                label,
                float(sizes[number - 1]) if known else float("nan"),
                beside_it,
                study.step.ref.layer == number,
                known,
            )
        )
    moved = None
    if study.timeline.iteration > 1:
        moved = list(layers_moved(trace, study.timeline.trace_of(1)))
    line = product(trace, step, words, look, width)
    power, title = look.line("0.25ⁿ"), f"{words.say('views.gradient_size')} ({words.say('views.log_scale')})"
    gone = words.say("views.moved")
    drawn = bars_rows(bars, width, height - len(line), look, title, power, moved, gone, _begun(study))
    # The rows of the last product are kept from the start: what stands below does not move when a slope is found.
    factors = ("0.250 · " if last <= _FEW else "0.25·") * (last - 1)
    kept = len(wrapped(f"{words.say('views.slopes_product')} {factors}≈ 0.000000", width - 1)) - len(line)
    return [*drawn, *line, *[()] * kept][:height]


def _begun(study: Study) -> list[float]:
    """The sizes with which each run of the lesson begins: runs that are compared share their scale."""
    begun = [timeline.trace_of(1) for timeline in study.timelines.values() if not timeline.problem.surface]
    return [float(size) for trace in begun for size in gradient_sizes(trace)]


def layer_found(trace: Trace, number: int, step: int) -> bool:
    """Whether the gradient of a layer's last weight has been made."""
    layer = trace.plan.shape.layers[number - 1]
    return bool(layer.sources) and trace.known(Ref("grad", number, layer.units, layer.sources[-1]), step)


def product(trace: Trace, step: int, words: Words, look: Look, width: int) -> list[Row]:
    """The slopes along unit 1 of every hidden layer, from the output back, and their product."""
    sample = trace.samples[0] if trace.samples else 0
    factors = []
    for number in range(len(trace.plan.shape.layers) - 1, 0, -1):
        ref = Ref("slope", number, 1, 0, sample)
        if trace.index_of(ref) is None or not trace.known(ref, step):
            break
        factors.append(trace.value(ref))
    if not factors:
        return []
    few = len(factors) < _FEW
    digits = 3 if few else 2
    dot = sign("·", look.style)
    shown = (f" {dot} " if few else dot).join(look.figure(factor, digits=digits) for factor in factors)
    if len(factors) > 1:
        made = float(np.prod(factors))
        *figures, result = (figure(number, digits, style=Style.ASCII) for number in (*factors, made))
        mark = equals(chain(*map(Name, figures)), str, result, look.style)
        shown += f" {mark} {look.figure(made, digits=digits)}"
    said = wrapped(f"{words.say('views.slopes_product')} {shown}", width - 1)
    return [(Piece(f" {line}", "bold"),) for line in said]
