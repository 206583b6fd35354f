"""The kinds of numbers: one row for each, read by everything that tells numbers apart.

Code may name a kind where it means that very number (`Ref("error")`); what holds for several kinds is a column
here. A kind that gets a row has its symbols, can be typed, looked up, stepped to and shown. Knows no values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Per(Enum):
    """What there is one number of a kind for."""

    OPTIMIZER = "optimizer"
    ITERATION = "iteration"
    UNIT = "sample and unit"
    OUTPUT = "sample and output"
    WEIGHT = "weight or bias"


@dataclass(frozen=True)
class Kind:
    """What is known of a kind.

    unicode, ascii, latex: its symbol, in which %s stands for the name of the weight or unit, or for the number of
    the output. word: the contract's word for a step that makes it; none where every such number is given. inputs:
    the inputs (layer 0) have one as well. signed: shown with its + sign. gradient_of: the kind that E is
    differentiated by. before: the kind under which the iteration before made this number.
    phase: the part of an iteration that makes it, one of `PHASES`; none where every such number is given.
    """

    per: Per
    unicode: str
    ascii: str
    latex: str
    word: str = ""
    inputs: bool = False
    signed: bool = False
    gradient_of: str = ""
    before: str = ""
    phase: str = ""


KINDS: dict[str, Kind] = {
    "weight": Kind(Per.WEIGHT, "%s", "%s", "%s", before="new"),
    "net": Kind(Per.UNIT, "net_%s", "net_%s", r"\mathrm{net}_{%s}", "net", phase="forward"),
    "out": Kind(Per.UNIT, "%s", "%s", "%s", "out", inputs=True, phase="forward"),
    "target": Kind(Per.OUTPUT, "t%s", "t%s", "t_{%s}"),
    "prob": Kind(Per.OUTPUT, "p%s", "p%s", "p_{%s}", "probability", phase="error"),
    "unit_error": Kind(Per.OUTPUT, "E_o%s", "E_o%s", "E_{o_{%s}}", "error", phase="error"),
    "error": Kind(Per.ITERATION, "E", "E", "E", "error", phase="error"),
    "slope": Kind(Per.UNIT, "slope_%s", "slope_%s", r"\mathrm{slope}_{%s}", "slope", phase="backward"),
    "out_grad": Kind(
        Per.UNIT,
        "∂E/∂%s",
        "dE/d%s",
        r"\frac{\partial E}{\partial %s}",
        "out-gradient",
        inputs=True,
        signed=True,
        gradient_of="out",
        phase="backward",
    ),
    "delta": Kind(
        Per.UNIT, "δ_%s", "delta_%s", r"\delta_{%s}", "delta", signed=True, gradient_of="net", phase="backward"
    ),
    "grad": Kind(
        Per.WEIGHT,
        "∂E/∂%s",
        "dE/d%s",
        r"\frac{\partial E}{\partial %s}",
        "gradient",
        signed=True,
        gradient_of="weight",
        phase="backward",
    ),
    "v": Kind(Per.WEIGHT, "v_%s", "v_%s", "v_{%s}", "state", signed=True, phase="update"),
    "m": Kind(Per.WEIGHT, "m_%s", "m_%s", "m_{%s}", "state", signed=True, phase="update"),
    "s": Kind(Per.WEIGHT, "s_%s", "s_%s", "s_{%s}", "state", phase="update"),
    "mhat": Kind(Per.WEIGHT, "m̂_%s", "mhat_%s", r"\hat{m}_{%s}", "corrected", signed=True, phase="update"),
    "vhat": Kind(Per.WEIGHT, "v̂_%s", "vhat_%s", r"\hat{v}_{%s}", "corrected", phase="update"),
    "change": Kind(Per.WEIGHT, "Δ%s", "step_%s", r"\Delta %s", "change", signed=True, phase="update"),
    "new": Kind(Per.WEIGHT, "%s⁺", "%s_new", "%s^{+}", "update", phase="update"),
    "rate_eta": Kind(Per.OPTIMIZER, "η", "eta", r"\eta"),
    "rate_mu": Kind(Per.OPTIMIZER, "μ", "mu", r"\mu"),
    "rate_rho": Kind(Per.OPTIMIZER, "ρ", "rho", r"\rho"),
    "rate_decay": Kind(Per.OPTIMIZER, "λ", "lambda", r"\lambda"),
    "rate_l1": Kind(Per.OPTIMIZER, "λ₁", "lambda1", r"\lambda_1"),
    "rate_l2": Kind(Per.OPTIMIZER, "λ₂", "lambda2", r"\lambda_2"),
    "rate_eps": Kind(Per.OPTIMIZER, "ε", "eps", r"\varepsilon"),
    "rate_beta1": Kind(Per.OPTIMIZER, "β₁", "beta1", r"\beta_1"),
    "rate_beta2": Kind(Per.OPTIMIZER, "β₂", "beta2", r"\beta_2"),
    "rate_beta1k": Kind(Per.OPTIMIZER, "β₁ᵏ", "beta1^k", r"\beta_1^k"),
    "rate_beta2k": Kind(Per.OPTIMIZER, "β₂ᵏ", "beta2^k", r"\beta_2^k"),
}

# The state before the update shares its symbol with the state after it, as the books write v ← μv − ηg.
KINDS |= {
    f"{name}_old": replace(kind, word="", signed=False, before=name)
    for name, kind in KINDS.items()
    if kind.word == "state"
}

PER_SAMPLE = frozenset(name for name, kind in KINDS.items() if kind.per in (Per.UNIT, Per.OUTPUT))
PER_WEIGHT = frozenset(name for name, kind in KINDS.items() if kind.per is Per.WEIGHT)
PER_OPTIMIZER = frozenset(name for name, kind in KINDS.items() if kind.per is Per.OPTIMIZER)
SIGNED = frozenset(name for name, kind in KINDS.items() if kind.signed)
GRADIENT = {kind.gradient_of: name for name, kind in KINDS.items() if kind.gradient_of}
"""The gradient that belongs to a number."""
