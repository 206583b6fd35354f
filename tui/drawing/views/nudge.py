"""A weight nudged by hand, and what that does along the way to E."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from nntutor.core.analysis.plot_data import activation_curve
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import at_right, padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.hues import MADE
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, kept, shortened, squeezed, wrapped
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study

NUDGE = 0.001
_HEAD = 15
_RATIO_DIGITS = 4


def nudge(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """A weight moved by 0.001 and what follows, one cell a step; below each ratio the factor of the chain rule."""
    trace = study.trace
    layers = trace.problem.network.layers
    if len(layers) != 1 or layers[0].units != 1 or len(trace.samples) != 1:
        return nothing(words, width)
    chain = Chain.of(study)
    column = max(10, min(18, (width - 16) // 4))
    digits = max(6, look.digits + 2)

    def row(head: str, texts: Sequence[str], style: str = "", made: Sequence[Ref | None] = ()) -> Row:
        """made: the numbers behind the texts, of which the one at hand stands in brackets."""
        cells_of: list[Piece] = []
        for text, ref in zip_longest(texts, made):
            here = ref == study.step.ref and text != "?"
            cells_of.append(Piece(at_right(f"[{text}]" if here else f"{text} ", column), MADE if here else style))
        return (Piece(padded(f" {head}", _HEAD), "dim"), *cells_of)

    def figures(values: Sequence[float]) -> list[str]:
        return [look.figure(v, digits=digits) if k else "?" for v, k in zip(values, chain.known, strict=True)]

    links = [link(study, chain, place, look) for place in (1, 2, 3)]
    rows = [
        row("", [trace.symbol(ref, look.style) for ref in chain.refs], "bold"),
        row(words.say("nudge.now"), figures(chain.before), made=chain.refs),
        row(words.say("nudge.moved"), figures(chain.after), "operand"),
        (),
        row(words.say("nudge.ratio"), ["", *(ratio for ratio, _, _ in links)], "bold"),
        row(words.say("nudge.factor"), ["", *(name for _, name, _ in links)]),
        row("", ["", *(amount for _, _, amount in links)], made=(None, None, *chain.factors[1:])),
    ]
    if said := whole(study, chain, words, look):
        rows += [(), *[(Piece(f" {line}"),) for line in wrapped(said, width - 1)]]
    return [shortened(squeezed(one, width), width, look) for one in kept(rows, height, look)]


@dataclass(frozen=True)
class Chain:
    """The numbers from a weight to E, as they are and with the weight moved, and which of them are known here."""

    refs: tuple[Ref, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    known: tuple[bool, ...]

    @property
    def factors(self) -> tuple[Ref, Ref, Ref]:
        """What is made of each link on the way back."""
        weight, net, out, _ = self.refs
        return weight._replace(kind="grad"), net._replace(kind="slope"), out._replace(kind="out_grad")

    @classmethod
    def of(cls, study: Study) -> Chain:
        trace, here = study.trace, study.step.ref
        layer, sample = trace.problem.network.layers[0], trace.samples[0]
        weight = Ref("weight", 1, 1, here.input if here.input and here.layer == 1 else 1)
        refs = (weight, Ref("net", 1, 1, 0, sample), Ref("out", 1, 1, 0, sample), Ref("error"))
        before = tuple(trace.value(ref) for ref in refs)
        net = before[1] + NUDGE * trace.value(Ref("out", 0, weight.input, 0, sample))
        out = float(activation_curve(layer.activation, layer.slope, np.array([net]))[0][0])
        after = (before[0] + NUDGE, net, out, _error(trace, weight))
        known = (True, *(trace.known(ref, study.timeline.step) for ref in refs[1:]))
        return cls(refs, before, after, known)


def _error(trace: Trace, weight: Ref) -> float:
    """E with the weight moved."""
    params = trace.before.params.copy()
    view, place = trace.parameter(params, weight)
    view[place] += NUDGE
    return trace.error_at(State(trace.before.done, params, trace.before.slots))


def link(study: Study, chain: Chain, place: int, look: Look) -> tuple[str, str, str]:
    """How far a number moved beside the one before it, and the factor of the chain rule that says the same."""
    trace, (weight, net, *_) = study.trace, chain.refs
    made = chain.factors[place - 1]
    if not _is_known(study, made):
        return "?", "?", "?"
    factor = Ref("out", 0, weight.input, 0, net.sample) if place == 1 else made
    named = factor._replace(sample=-1) if place == 1 else factor
    change = chain.after[place - 1] - chain.before[place - 1]
    shown = look.figure(trace.value(factor), digits=_RATIO_DIGITS)
    if not change:
        return "0/0", trace.symbol(named, look.style), shown
    ratio = (chain.after[place] - chain.before[place]) / change
    return look.figure(ratio, digits=_RATIO_DIGITS), trace.symbol(named, look.style), shown


def whole(study: Study, chain: Chain, words: Words, look: Look) -> str:
    """All factors together: the gradient, once it has been made; else nothing."""
    gradient = chain.refs[0]._replace(kind="grad")
    if not _is_known(study, gradient):
        return ""
    ratio = (chain.after[-1] - chain.before[-1]) / NUDGE
    figures = [look.figure(value, digits=_RATIO_DIGITS) for value in (ratio, study.trace.value(gradient))]
    symbol = study.trace.symbol(gradient, look.style)
    return words.say("nudge.whole", ratio=figures[0], symbol=symbol, value=figures[1])


def _is_known(study: Study, ref: Ref) -> bool:
    return study.trace.index_of(ref) is not None and study.trace.known(ref, study.timeline.step)
