"""Iterations as people read them: one walk over an iteration, which says what stands in which order.

How a step is spelled is `steps`, how it is set down a `sheet`. JSON is the format that leaves out nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.latex import Tex
from nntutor.lessons.export.markdown import Markdown
from nntutor.lessons.export.sheet import Sheet
from nntutor.lessons.export.steps import DIGITS, Matrix, Shown
from nntutor.lessons.export.text import Text
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words

COMPACT = 400
"""An iteration of more steps than this gets one line a step."""


def pieces(
    format: str, problem: Problem, traces: Iterable[Trace], words: Words, style: Style, steps: bool
) -> Iterator[str]:
    """The report in "text", "md" or "tex", piece by piece."""
    speech = Speech(words, Style.LATEX if format == "tex" else style)
    kinds: dict[str, Callable[[Speech], Sheet]] = {"text": Text, "md": Markdown, "tex": Tex}
    sheet = kinds[format](speech)
    yield from sheet.head(problem)
    if remark := speech.remark(problem):
        yield from sheet.note(remark)
    for trace in traces:
        yield from sheet.iteration(trace)
        yield from _steps(sheet, speech, trace) if steps else _whole(sheet, speech, trace)
        if problem.given is None:
            after = figure(trace.error_after, DIGITS, style=speech.style)
            yield from sheet.result("E", after, speech.say("cli.error_after"))
        if trace.diverged:
            yield from sheet.note(speech.say("cli.diverged", iteration=trace.iteration))
    yield from sheet.foot()


def _steps(sheet: Sheet, speech: Speech, trace: Trace) -> Iterator[str]:
    phase = ""
    compact = len(trace) > COMPACT
    for step in trace:
        if step.phase != phase:
            if phase:
                yield from sheet.close()
            phase = step.phase
            yield from sheet.phase(speech.say(f"phase.{phase}"))
        yield from sheet.step(Shown(speech, trace, step, compact))
    yield from sheet.close()


def _whole(sheet: Sheet, speech: Speech, trace: Trace) -> Iterator[str]:
    last = len(trace.problem.network.layers)
    for layer in range(1, last + 1):
        yield from sheet.phase(speech.layer(layer, last))
        for kind, bias, word in _WHOLE:
            try:
                array = trace.array(kind, layer, bias)
            except KeyError:
                continue
            if not array.size:  # a surface passes nothing forward
                continue
            yield from sheet.matrix(Matrix.of(speech, array), speech.say(word))
        yield from sheet.close()
    if trace.problem.input_gradient:
        yield from sheet.matrix(Matrix.of(speech, trace.array("out_grad")), speech.say("export.input_gradients"))
    if trace.problem.error == "softmax-ce":
        yield from sheet.matrix(Matrix.of(speech, trace.array("prob")), speech.say("kind.probability"))
    if trace.problem.given is None:
        yield from sheet.result("E", figure(trace.error, DIGITS, style=speech.style), speech.say("kind.error"))


# What of a layer is shown as a whole: the kind, whether of the biases, and what it is called.
_WHOLE = (
    ("weight", False, "views.weights"), ("weight", True, "views.bias"), ("net", False, "views.net"),
    ("out", False, "views.out"), ("delta", False, "views.delta"), ("grad", False, "views.gradients"),
    ("grad", True, "export.bias_gradients"), ("new", False, "views.new_weights"), ("new", True, "export.new_bias"),
)  # fmt: skip
