"""An activation and its slope, with the unit's working point."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import activation_curve
from nntutor.core.arrays import Array
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.hues import MADE, hue
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.charts.functions import activation_rows
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study


def is_shown(study: Study, net: Ref) -> bool:
    """Whether the working point at a net may be seen: it is known, and nothing that it gives is asked for."""
    gives = {net._replace(kind="out"), net._replace(kind="slope")}
    return study.trace.known(net, study.timeline.step) and not gives & study.hidden


def slopes(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """The activation of the unit at hand and its slope, with the working point."""
    trace, ref = study.trace, study.step.ref
    if not trace.problem.passes:
        return nothing(words, width)
    number = ref.layer if ref.unit and ref.layer else len(trace.problem.network.layers)
    unit = ref.unit or 1
    layer = trace.problem.network.layers[number - 1]
    sample = ref.sample if ref.sample >= 0 else trace.samples[0] if trace.samples else 0
    net = Ref("net", number, unit, 0, sample)
    at_net = trace.value(net) if is_shown(study, net) else None

    def out(x: Array) -> Array:
        return activation_curve(layer.activation, layer.slope, x)[0]

    def slope(x: Array) -> Array:
        return activation_curve(layer.activation, layer.slope, x)[1]

    reach = 6.0 if at_net is None or not np.isfinite(at_net) else min(60.0, max(6.0, 1.2 * abs(at_net)))
    nets = np.linspace(-reach, reach, 601)
    sizes = slope(nets)
    top = int(np.argmax(sizes))
    name = trace.names.unit(number, unit)
    shown = net._replace(kind="out"), net._replace(kind="slope")
    styles = [MADE if one == study.at_hand.ref else hue(one) for one in shown]
    title = words.say(f"activation_name.{layer.activation}")
    return activation_rows(
        out, slope, at_net, (name, trace.symbol(Ref("slope", number, unit), look.style)), width, height, look, title,
        (-reach, reach), (float(nets[top]), float(sizes[top])), words.say("views.largest"),
        (styles[0], styles[1]),
    )  # fmt: skip
