"""Pictures made of words and figures: what each row asks, a nudge, the moves of an optimizer, seeds, racers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from nntutor.core.analysis.plot_data import activation_curve, params_at
from nntutor.core.engine.program import State
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.cells import padded as filled
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut, fitted
from nntutor.tui.drawing.step.formula import SIGNED
from nntutor.tui.state.study import Study

_NUDGE = 0.001


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
    less, more = ("<", ">=") if look.ascii else ("<", "≥")
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
                Piece(filled(asked, wide), "operand"),
                Piece(f"   {live:<14}"),
                Piece(verdict, "" if right else "result"),
            )
        )
    return [fitted(row, width) for row in rows[:height]]


def _term(symbol: str, x: float, look: Look) -> str:
    """w1 times x, as people write it where x is 0 or 1."""
    if x == 0:
        return ""
    return symbol if x == 1 else f"{look.figure(float(x))}{'*' if look.ascii else '·'}{symbol}"


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
        return (Piece(filled(f" {cut(head, 14)}", 15), "dim"), *(Piece(one.rjust(column), style) for one in cells_of))

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


def moves(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """Weight by weight: the gradient, what the optimizer keeps, the move, and the move as a multiple of η."""
    trace, step = study.trace, study.timeline.step
    made = [name for name, _ in trace.plan.shape.made if name not in ("new", "change")]
    kinds = ["weight", "grad", *made]
    refs = [
        Ref("weight", number, unit, source)
        for number, layer in enumerate(trace.plan.shape.layers, 1)
        for unit in range(1, layer.units + 1)
        for source in layer.sources
    ]
    if not refs:
        return [(), (Piece(cut(f"  {words.say('run.none')}", width), "dim"),)]
    heads = {"weight": "w", "grad": "g", "mhat": "mhat" if look.ascii else "m̂", "vhat": "vhat" if look.ascii else "v̂"}
    delta = "step" if look.ascii else "Δ"
    eta = "eta" if look.ascii else "η"
    names = [*(heads.get(kind, kind) for kind in kinds), delta, f"{delta}/{eta}"]
    column = max(9, min(13, (width - 6) // len(names)))
    digits = min(look.digits, 3 if column < 11 else 6)
    rows: list[Row] = [(Piece(" " * 5), *(Piece(_right(name, column), "dim") for name in names))]
    here = study.step.ref
    first = max(0, next((n for n, ref in enumerate(refs) if ref[1:4] == here[1:4]), 0) - height + 3)
    rate = trace.problem.optimizer.learning_rate
    for ref in refs[first : first + height - 1]:
        cells_of = []
        for kind in kinds:
            one = ref._replace(kind=kind)
            cells_of.append((one, trace.value(one) if trace.known(one, step) else None))
        new = ref._replace(kind="new")
        moved = trace.value(new) - trace.value(ref) if trace.known(new, step) else None
        symbol = f"{trace.symbol(ref, look.style):<4}"
        at_hand = ref[1:4] == here[1:4]
        row = [Piece(f"{look.line('▸')}{symbol}", "bold") if at_hand else Piece(f" {symbol}")]
        for one, value in cells_of:
            text = "?" if value is None else look.figure(value, one.kind in SIGNED, digits)
            style = "result" if one == here else ""
            row.append(Piece(_right(f"[{text}]" if style else text, column), style))
        for value in (moved, None if moved is None or not rate else moved / rate):
            text = "?" if value is None else look.figure(value, True, 3)
            row.append(Piece(_right(text, column), "operand" if value is not None else ""))
        rows.append(tuple(row))
    return [fitted(row, width) for row in rows[:height]]


def _right(text: str, width: int) -> str:
    return " " * max(1, width - cells(text)) + text


def seeds(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """One mark for each seed: solved or not yet; and at which errors the others wait."""
    found = study.seeds
    if found is None:
        return [(), (Piece(cut(f"  {words.say('seeds.ask')}", width), "dim"),)]
    full, empty = ("#", ".") if look.ascii else ("●", "·")
    solved = found.solved.astype(bool)
    facts = {"count": int(solved.sum()), "of": len(solved), "iterations": found.state.done}
    across = max(1, min(64, width - 4))
    rows: list[Row] = [(Piece(f" {words.say('seeds.done', **facts)}", "bold"),), ()]
    for start in range(0, len(solved), across):
        marks = "".join(full if one else empty for one in solved[start : start + across])
        rows.append((Piece(f"  {marks}"),))
    waiting = Counter(f"{error:.3f}" for error in found.errors[~solved] if np.isfinite(error))
    if waiting:
        told = f" {words.say('seeds.waiting')}"
        for error, count in waiting.most_common():
            longer = f"{told}  E {error}: {count}"
            told = longer if cells(longer) <= width else told
        rows += [(), (Piece(told),)]
    rows.append((Piece(f" {full} {words.say('seeds.solved')}   {empty} {words.say('seeds.unsolved')}", "dim"),))
    return [fitted(row, width) for row in rows[:height]]


@dataclass(frozen=True)
class Racer:
    """One run of a race: its mark, name and rate, how many moves it has made, and E there."""

    mark: str
    name: str
    rate: str
    moves: int
    error: float
    here: bool


def racer_rows(lines: list[Racer], touched: int, words: Words, width: int, look: Look, samples: bool) -> list[Row]:
    """The legend of a race, two racers a row where they fit; the one at hand in brackets."""
    eta = "eta" if look.ascii else "η"
    parts = []
    for line in lines:
        text = f"{line.mark} {line.name} {eta} {line.rate} E {look.figure(line.error, digits=3)}"
        if samples:
            text += f" {words.say('race.moves', count=line.moves)}"
        parts.append((f"[{text}]" if line.here else f" {text} ", line.here))
    wide = max(cells(text) for text, _ in parts) + 1
    each = max(1, (width - 1) // wide)
    head = words.say("race.touched", count=touched) if samples else words.say("race.iterations", count=touched)
    rows: list[Row] = [(Piece(f" {head}", "bold"),)]
    for start in range(0, len(parts), each):
        rows.append(
            tuple(Piece(filled(text, wide), "result" if here else "") for text, here in parts[start : start + each])
        )
    return [fitted(row, width) for row in rows]
