"""The step at hand as one line: where it stands, what kind of number it makes, its formula with figures, its value."""

from __future__ import annotations

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language import why
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.step.formula import operand_figure, result_sign
from nntutor.tui.drawing.step.yours import own_figure
from nntutor.tui.state.study import Study

_MOST_TERMS = 64
"""Terms of a sum that are all told; of a longer one the first and the last, and how many more there are."""


def step_line(study: Study, words: Words, look: Look) -> str:
    """Everything that the first line and the formula of the screen say."""
    trace, index = study.trace, study.timeline.step
    phase = words.say(f"phase.{trace.plan.phase(index)}")
    place = words.say("plain.place", step=index, steps=len(trace), phase=phase, iteration=trace.iteration)
    error = Ref("error")
    parts = [place, what(study, words, look), formula(study, words, look)]
    if (own := yours(study, study.step.ref, words, look)) is not None:
        parts.append(own)
    if study.step.ref != error and trace.known(error, index):
        parts.append(words.say("plain.error", error=look.figure(trace.error)))
    return " ".join(parts)


def yours(study: Study, ref: Ref, words: Words, look: Look) -> str | None:
    """What the learner has got for a number, and whether it agrees; None where there is nothing to compare."""
    own = study.yours_of(ref)
    if own is None:
        return None
    given = own_figure(study, ref, own, look)
    return words.say("plain.yours_agrees" if own.agrees else "plain.yours_parts", given=given)


def what(study: Study, words: Words, look: Look) -> str:
    """What kind of number it is, and of which unit or weight, in which layer, for which sample."""
    trace, ref = study.trace, study.step.ref
    noun = why.noun(words, trace, study.step)
    if len(trace.samples) > 1 and ref.sample >= 0:
        at = trace.samples.index(ref.sample) + 1
        noun += ", " + words.say("study.sample", at=at, of=len(trace.samples), index=ref.sample)
    if not ref.unit:
        return words.say("plain.other", noun=noun)
    if not trace.problem.passes:
        return words.say("plain.surface", noun=noun, weight=trace.symbol(ref._replace(kind="weight"), look.style))
    unit = trace.names.unit(ref.layer or trace.names.last, ref.unit, look.style)
    layer = layer_name(trace, ref.layer or trace.names.last, words, look)
    if ref.kind not in PER_WEIGHT:
        return words.say("plain.unit", noun=noun, unit=unit, layer=layer)
    if not ref.input:
        return words.say("plain.bias", noun=noun, unit=unit, layer=layer)
    weight = trace.symbol(ref._replace(kind="weight"), look.style)
    source = trace.names.unit(ref.layer - 1, ref.input, look.style)
    return words.say("plain.weight", noun=noun, weight=weight, source=source, unit=unit)


def layer_name(trace: Trace, layer: int, words: Words, look: Look) -> str:
    return Speech(words, look.style).layer(layer, len(trace.problem.network.layers))


def formula(study: Study, words: Words, look: Look) -> str:
    """`δ_h1 = (…)·slope = (0.1385·0.4 + …)·0.2413 = +0.008771`, and how books print it where that is otherwise."""
    trace, step = study.trace, study.step
    speech = Speech(words, look.style)

    def symbol(ref: Ref) -> str:
        return trace.symbol(ref, look.style)

    def amount(ref: Ref) -> str:
        return operand_figure(trace.value(ref), look)

    most = None if len(step.operands) <= _MOST_TERMS else _MOST_TERMS // 2
    spelled = [
        speech.left_out(text(tokens(step.full, leaf, look.style, most, cases=True))) for leaf in (symbol, amount)
    ]
    value = figure(step.value, look.digits, trace.signed(step.ref), look.style)
    equals = result_sign(trace, step, look)
    # A slope that is given outright, as 1 is for identity, has no figures to fill in.
    shown = " = ".join(dict.fromkeys((symbol(step.ref), *spelled)))
    book = ""
    if step.textbook is not None:
        printed = speech.left_out(text(tokens(step.textbook, symbol, look.style, most)))
        book = f" ({words.say('export.textbook', formula=printed)})"
    return f"{shown} {equals} {value}{book}."
