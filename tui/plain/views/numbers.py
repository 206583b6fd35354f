"""Views that are numbers already: two runs, what an optimizer makes, a nudge, the size of gradients, slopes, seeds."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nntutor.core.analysis.plot_data import activation_curve, gradient_sizes, layers_moved
from nntutor.core.notation.kinds import KINDS
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import first_around
from nntutor.tui.drawing.views.layers import layer_found, product
from nntutor.tui.drawing.views.nudge import NUDGE, Chain, link, whole
from nntutor.tui.drawing.views.runs import beside
from nntutor.tui.drawing.views.slopes import is_shown
from nntutor.tui.plain.step import layer_name
from nntutor.tui.state.study import Study

_DIGITS = 9
_ROWS = 12
"""Rows of a table that are told, the newest ones or those around the weight at hand."""
_UNBOUNDED = 10_000


def runs(study: Study, words: Words, look: Look) -> list[str]:
    """The same numbers made in two ways, the newest last."""
    others = [timeline for name, timeline in study.timelines.items() if name != study.run]
    if not others:
        return [words.say("views.not_here")]
    right, wrong = study.trace, beside(others[0], study)
    if wrong is None or (right.problem.network.sizes, right.samples) != (wrong.problem.network.sizes, wrong.samples):
        return [words.say("views.not_here")]
    refs = [right.step(at).ref for at in range(1, study.timeline.step + 1)]
    told = [ref for ref in refs if KINDS[ref.kind].gradient_of or ref.kind in ("new", "error") or ref == refs[-1]]
    heads = {"first": words.say("views.run_right"), "second": words.say("views.run_wrong")}
    lines = []
    for ref in told[-_ROWS:]:
        one, other = (look.figure(trace.value(ref), trace.signed(ref), _DIGITS) for trace in (right, wrong))
        facts = {"symbol": right.symbol(ref, look.style), "right": one, "wrong": other, **heads}
        lines.append(words.say("told.both" if one == other else "told.differs", **facts))
    return lines


def moves(study: Study, words: Words, look: Look) -> list[str]:
    """Weight by weight: before the move, the gradient, what the optimizer keeps, the move, after it, the move in η."""
    trace, step = study.trace, study.timeline.step
    shape = enumerate(trace.plan.shape.layers, 1)
    refs = [Ref("weight", n, unit, s) for n, one in shape for unit in range(1, one.units + 1) for s in one.sources]
    if not refs:
        return [words.say("run.none")]
    kinds = ("weight", "grad", *(name for name in trace.plan.book.made if name not in ("new", "change")))
    here = next((at for at, ref in enumerate(refs) if ref[1:4] == study.step.ref[1:4]), 0)
    first = first_around(here, _ROWS, len(refs))
    delta, eta = short("change", look.style), short("rate_eta", look.style)
    lines = []
    for ref in refs[first : first + _ROWS]:
        made = [one for one in (ref._replace(kind=kind) for kind in kinds) if trace.known(one, step)]
        parts = [f"{trace.symbol(one, look.style)} {look.figure(trace.value(one), trace.signed(one))}" for one in made]
        new, rate = ref._replace(kind="new"), trace.problem.optimizer.learning_rate
        if trace.known(new, step):
            move = trace.value(new) - trace.value(ref)
            parts.append(f"{delta} {look.figure(move, True)}")
            parts.append(f"{trace.symbol(new, look.style)} {look.figure(trace.value(new))}")
            parts += [f"{delta}/{eta} {look.figure(move / rate, True)}"] if rate else []
        lines.append(f"{', '.join(parts)}.")
    left_out = len(refs) - _ROWS
    return [*lines, *([f"{words.say('told.more', count=left_out)}."] if left_out > 0 else [])]


def nudge(study: Study, words: Words, look: Look) -> list[str]:
    """A weight moved a little, and what that does along the way to E, factor by factor."""
    trace = study.trace
    layers = trace.problem.network.layers
    if len(layers) != 1 or layers[0].units != 1 or len(trace.samples) != 1:
        return [words.say("views.not_here")]
    chain = Chain.of(study)
    digits, symbols = max(6, look.digits + 2), [trace.symbol(ref, look.style) for ref in chain.refs]
    lines = []
    for place, (before, after) in enumerate(zip(chain.before, chain.after, strict=True)):
        if not chain.known[place]:
            continue
        old, new = look.figure(before, digits=digits), look.figure(after, digits=digits)
        facts = {"symbol": symbols[place], "before": old, "after": new, "by": look.figure(NUDGE)}
        lines.append(words.say("told.nudged", **facts))
        ratio, name, value = link(study, chain, place, look) if place else ("?", "", "")
        if ratio != "?":
            facts = {"source": symbols[place - 1], "symbol": symbols[place], "ratio": ratio}
            lines.append(words.say("told.factor", name=name, value=value, **facts))
    said = whole(study, chain, words, look)
    return [*lines, said] if said else lines


def layers(study: Study, words: Words, look: Look) -> list[str]:
    """How large each layer's gradient is, what 0.25 a layer would leave, how far it has moved."""
    trace, step = study.trace, study.timeline.step
    sizes, last = gradient_sizes(trace), trace.names.last
    found = [layer_found(trace, number, step) for number in range(1, last + 1)]
    moved = layers_moved(trace, study.timeline.trace_of(1)).tolist()
    lines = []
    for number in range(1, last + 1):
        facts = {"layer": layer_name(trace, number, words, look)}
        if not found[number - 1]:
            text = words.say("told.layer_unknown", **facts)
        elif not found[-1] or number == last:
            text = words.say("told.layer", size=look.figure(float(sizes[number - 1])), **facts)
        else:
            beside = look.figure(float(sizes[-1] * 0.25 ** (last - number)))
            text = words.say("told.layer_beside", size=look.figure(float(sizes[number - 1])), beside=beside, **facts)
        if study.timeline.iteration > 1:
            text = words.say("told.layer_moved", text=text, moved=look.figure(moved[number - 1]))
        lines.append(text)
    told = ("".join(piece.text for piece in row).strip() for row in product(trace, step, words, look, _UNBOUNDED))
    return [words.say("told.sizes", layers="; ".join(lines)), *(f"{line}." for line in told)]


def slopes(study: Study, words: Words, look: Look) -> list[str]:
    """The activation of the unit at hand and its slope there, and where the slope is largest."""
    trace, ref = study.trace, study.step.ref
    if not trace.problem.passes:
        return [words.say("views.not_here")]
    number = ref.layer if ref.unit and ref.layer else trace.names.last
    unit, layer = ref.unit or 1, trace.problem.network.layers[number - 1]
    net = Ref("net", number, unit, 0, ref.sample if ref.sample >= 0 else trace.samples[0])
    name = words.say(f"activation_name.{layer.activation}")
    facts: dict[str, object] = {"activation": name, "unit": trace.names.unit(number, unit, look.style)}

    def at(place: float) -> tuple[float, float]:
        out, slope = activation_curve(layer.activation, layer.slope, np.array([place]))
        return float(out[0]), float(slope[0])

    if is_shown(study, net):
        out, slope = at(trace.value(net))
        figures = {"net": look.figure(trace.value(net)), "out": look.figure(out), "slope": look.figure(slope)}
        first = words.say("told.slopes", **facts, **figures)
    else:
        first = words.say("told.slopes_unknown", **facts)
    nets = np.linspace(-6.0, 6.0, 601)
    sizes = activation_curve(layer.activation, layer.slope, nets)[1]
    top = int(np.argmax(sizes))
    found = {"slope": look.figure(float(sizes[top])), "net": look.figure(round(float(nets[top]), 9))}
    steepest = int((sizes == sizes[top]).sum())
    key = "told.flat" if steepest == len(sizes) else "told.at_most" if steepest > 1 else "told.steepest"
    return [first, words.say(key, **found)]


def seeds(study: Study, words: Words, look: Look) -> list[str]:
    """How many of the seeds are solved, and at which errors the others wait."""
    found = study.seeds_here
    if found is None:
        return [words.say("seeds.ask")]
    solved = found.solved.astype(bool)
    facts = {"count": int(solved.sum()), "of": len(solved), "iterations": found.state.done}
    lines = [words.say("seeds.done", **facts)]
    waiting = Counter(f"{error:.3f}" for error in found.errors[~solved] if np.isfinite(error)).most_common(_ROWS)
    if waiting:
        groups = ", ".join(words.say("told.waiting", count=count, error=error) for error, count in waiting)
        lines.append(words.say("told.waits", groups=groups))
    return lines
