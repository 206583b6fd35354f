"""The plane of inputs and that of two hidden units: where each sample lies, and the lines between 1 and 0."""

from __future__ import annotations

from nntutor.core.analysis.plot_data import params_at, plane_points, right_side
from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import sign
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.views.cycle import cycle, label, older
from nntutor.tui.drawing.views.inequalities import judged
from nntutor.tui.drawing.views.plane import seen_samples
from nntutor.tui.state.study import Study

_UNBOUNDED = 10_000  # cells: a line that is told is not cut


def plane(study: Study, words: Words, look: Look) -> list[str]:
    """Samples one by one or, where they are many, how many are right; the lines; a cycle that has closed."""
    trace = study.trace
    problem = trace.problem
    if problem.network.sizes[0] != 2 or not problem.passes:
        return [words.say("views.not_here")]
    state = params_at(trace, study.timeline.step)
    lines = [*_samples(trace, state, words, look), *_lines(study, state, words, look)]
    told = ("".join(piece.text for piece in row) for row in cycle(study, words, look, _UNBOUNDED))
    return [*lines, *(" ".join(line.split()) for line in told)]


def planes(study: Study, words: Words, look: Look) -> list[str]:
    """The plane of inputs, then where the hidden units put each sample that has been seen, and the line of o1 there."""
    trace, lines = study.trace, plane(study, words, look)
    problem = trace.problem
    if problem.network.sizes[:2] != (2, 2) or not problem.passes:
        return lines
    state = params_at(trace, study.timeline.step)
    hidden = plane_points(problem, state, problem.samples.inputs, 1)
    lines.append(f"{words.say('views.hidden_plane')}:")
    for sample in seen_samples(study):
        first, second = (look.figure(float(value)) for value in hidden[sample])
        facts = {"point": label(problem, sample, look), "target": _target(problem, sample, look)}
        lines.append(words.say("told.hidden", first=first, second=second, **facts))
    return [*lines, _line(trace, state.params, 2, 1, words, look)]


def inequalities(study: Study, words: Words, look: Look) -> list[str]:
    """What each row of the table asks of the weights, and whether they do it now."""
    lines = [f"{words.say('views.inequalities_head')}:"]
    for row in judged(study, look):
        verdict = words.say("views.holds" if row.right else "views.fails")
        asked, live = f"{row.asked} {row.side} 0", f"{row.net} {row.side} 0"
        facts = {"point": row.point, "target": look.figure(row.target), "asked": asked, "live": live}
        lines.append(words.say("told.row", verdict=verdict, **facts))
    return lines


def _samples(trace: Trace, state: State, words: Words, look: Look) -> list[str]:
    """Each sample with its target and its side, and whether it is the row at hand."""
    problem = trace.problem
    right = right_side(problem, state)[:, 0]
    here = trace.samples if len(trace.samples) < len(right) else ()
    if not label(problem, 0, look):
        return [words.say("told.samples", right=int(right.sum()), count=len(right))]
    return [
        words.say(
            "told.sample_here" if sample in here else "told.sample",
            point=label(problem, sample, look),
            target=_target(problem, sample, look),
            side=words.say("told.right" if right[sample] else "told.wrong"),
        )
        for sample in range(len(right))
    ]


def _target(problem: Problem, sample: int, look: Look) -> str:
    return look.figure(float(problem.samples.targets[sample, 0]))


def _lines(study: Study, state: State, words: Words, look: Look) -> list[str]:
    """The line of each unit that sees the inputs; of one that stands alone, also the one before."""
    network = study.trace.problem.network
    lines = [_line(study.trace, state.params, 1, unit, words, look) for unit in range(1, network.layers[0].units + 1)]
    before = older(study) if network.layers[0].units == 1 and len(network.layers) == 1 else None
    if before is not None and any(_coefficients(study.trace, before, 1, 1)[:2]):
        formula = _formula(study.trace, before, 1, 1, look)
        if formula != _formula(study.trace, state.params, 1, 1, look):
            lines.append(words.say("told.line_before", formula=formula))
    return lines


def _line(trace: Trace, params: Array, layer: int, unit: int, words: Words, look: Look) -> str:
    """`w1·x1 + w2·x2 + b = 0` in figures, and towards which side it is above 0."""
    across, up, _ = _coefficients(trace, params, layer, unit)
    name = trace.names.unit(layer, unit, look.style)
    if not (across or up):
        return words.say("told.line_none", unit=name)
    names = [trace.names.unit(layer - 1, source, look.style) for source in (1, 2)]
    steep, weight = (names[0], across) if abs(across) >= abs(up) else (names[1], up)
    side = words.say("told.larger" if weight > 0 else "told.smaller", name=steep)
    return words.say("told.line", unit=name, formula=_formula(trace, params, layer, unit, look), side=side)


def _formula(trace: Trace, params: Array, layer: int, unit: int, look: Look) -> str:
    across, up, shift = _coefficients(trace, params, layer, unit)
    dot, minus = sign("·", look.style), look.line("−")
    names = [trace.names.unit(layer - 1, source, look.style) for source in (1, 2)]
    terms = [(across, f"{dot}{names[0]}"), (up, f"{dot}{names[1]}"), (shift, "")]
    text = ""
    for value, tail in terms:
        if value or not (text or tail):
            joint = f" {minus if value < 0 else '+'} " if text else minus if value < 0 else ""
            text += f"{joint}{look.figure(abs(value))}{tail}"
    return text


def _coefficients(trace: Trace, params: Array, layer: int, unit: int) -> tuple[float, float, float]:
    weights, _ = trace.parameter(params, Ref("weight", layer, unit, 1))
    has_bias = trace.problem.network.layers[layer - 1].bias is not None
    shift = float(trace.parameter(params, Ref("weight", layer, unit, 0))[0][unit - 1]) if has_bias else 0.0
    return float(weights[unit - 1, 0]), float(weights[unit - 1, 1]), shift
