"""Which kind of step this is to a learner: the key under which `words` has its noun and its why.

The contract's words name what a step makes; these are finer where teaching needs it: a delta of an output and
of a hidden unit, a slope by activation, a change by optimizer.
"""

from __future__ import annotations

from nntutor.core.analysis.by_hand import by_hand
from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.kinds import KINDS
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.mistakes.spelling import made_in
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.words import Words

_ERROR = {"softmax-ce": "softmax"}
_DIGITS = 4


def kind(trace: Trace, step: Step) -> str:
    """The key of a step's kind, as in `kind.delta_hidden` and `why.delta_hidden`."""
    return kind_of(trace.problem, step.ref, len(trace.samples) > 1, trace.mistake)


def kind_of(problem: Problem, ref: Ref, several: bool, mistake: str) -> str:
    """The same for the step that makes a number, in an iteration of one sample or of several."""
    last = len(problem.network.layers)
    where = "output" if ref.layer == last else "hidden"
    many = ("_summed" if problem.over_samples == "sum" else "_many") if several else ""
    optimizer = problem.optimizer.name
    error = _ERROR.get(problem.error, problem.error).replace("-", "_")
    # The forms of momentum have one name and several meanings: v is a velocity, a sum of gradients or their mean.
    form = f"_{problem.optimizer.form}" if optimizer == "momentum" and problem.optimizer.form != "velocity" else ""
    # Rosenblatt's rule is no derivative, so nothing of it says how E moves.
    rule = "_rosenblatt" if problem.error == "perceptron" else ""
    word = KINDS[ref.kind].word
    match word:
        case "net":
            return f"net_{where if last > 1 else 'hidden'}"
        case "out" | "slope":
            activation = problem.network.layers[ref.layer - 1].activation.replace("-", "_")
            return f"{word}_{activation}"
        case "probability":
            return "probability"
        case "error" if ref.unit:
            return f"error_{error}"
        case "error":
            return "error_surface" if problem.surface else f"error{many}"
        case "out-gradient" if not ref.layer:
            return "out_gradient_input"
        case "out-gradient":
            wrong = where == "hidden" and "updated-weights" in made_in(mistake, ref.layer)
            return "out_gradient_wrong" if wrong else f"out_gradient_{where}"
        case "delta":
            merged = where == "output" and LOSSES[problem.error].delta is not None
            return f"delta_{error}" if merged else f"delta_{where}"
        case "gradient" if problem.surface:
            return "gradient_surface"
        case "gradient":
            return f"gradient_{'weight' if ref.input else 'bias'}{rule}{many}"
        case "state":
            of_several = f"_{ref.kind}" if len(problem.optimizer.rule.states) > 1 else ""
            return f"state_{optimizer}{form}{of_several}"
        case "corrected":
            return f"corrected_{ref.kind.removesuffix('hat')}"
        case "change":
            without = "no-correction" in made_in(mistake, ref.layer) or not problem.optimizer.correct
            return "change_no_correction" if optimizer == "adam" and without else f"change_{optimizer}{form}"
        case "update":
            plain = rule if optimizer == "sgd" else "_other"
            decays = "_decay" if problem.optimizer.decay and ref.input else ""
            return f"update{plain}{decays}" if ref.input else f"update_bias{plain}"
    raise KeyError(word)


def noun(words: Words, trace: Trace, step: Step) -> str:
    """What a step makes, in a word or two: "hidden delta"."""
    return words.say(f"kind.{kind(trace, step)}")


def sentence(words: Words, trace: Trace, step: Step, style: Style = Style.UNICODE) -> str:
    """Why this step is taken, in one or two sentences."""
    names, ref = trace.names, step.ref
    facts = {"symbol": names.symbol(ref, style)}
    if ref.unit and ref.kind != "target":
        for fact, kind_of in (("unit", "out"), ("net", "net"), ("delta", "delta")):
            facts[fact] = names.symbol(Ref(kind_of, ref.layer, ref.unit, 0, ref.sample), style)
        facts["weight"] = names.symbol(Ref("weight", ref.layer, ref.unit, ref.input), style)
        facts["input"] = names.symbol(Ref("out", ref.layer - 1, ref.input), style) if ref.input else "1"
    key = kind(trace, step)
    said = words.say(f"why.{key}", **facts)
    if key == "net_hidden" and trace.problem.network.layers[ref.layer - 1].bias is not None:
        said += " " + words.say("why_more.bias")
    if trace.plan.shape.penalty and ref.kind == "error":
        said += " " + words.say("why_more.error_penalty")
    if trace.plan.shape.penalty and ref.kind == "grad" and ref.input:
        said += " " + words.say("why_more.gradient_penalty", **facts)
    if (hand := by_hand(trace, ref)) is not None:
        said += " " + words.say("why_more.by_hand", **{**facts, "value": figure(hand.value, _DIGITS, style=style)})
    return ascii_look(said) if style is Style.ASCII else said
