"""What is remarked on a problem that can be learned all the same."""

from __future__ import annotations

from math import isinf

import numpy as np

from nntutor.core.problems.network import Problem
from nntutor.core.problems.targets import out_of_range
from nntutor.core.rules.activations import activation
from nntutor.lessons.language.words import Note


def remark(problem: Problem) -> Note | None:
    """That there are targets which the last activation cannot give."""
    found = out_of_range(problem)
    if found is None:
        return None
    more: Note | str = ("remark.more_targets", {"count": found.all - 1}) if found.all > 1 else ""
    first = {"target": found.target, "output": found.output, "sample": found.sample}
    return "remark.target_out_of_range", {**first, "more": more, **_gives(problem)}


def of_target(problem: Problem, value: float) -> Note | None:
    """That the last activation cannot give this target, where it is so."""
    layer = problem.network.layers[-1]
    given = activation(layer.activation, layer.slope).gives(np.array(value))
    return None if given else ("remark.out_of_range", _gives(problem))


def _gives(problem: Problem) -> dict[str, Note]:
    """What the last activation is called, and what it gives."""
    layer = problem.network.layers[-1]
    rule = activation(layer.activation, layer.slope)
    key = "above" if isinf(rule.most) else "between" if rule.between else "only"
    ends = {"least": float(rule.least), "most": float(rule.most)}
    return {"activation": (f"activation_name.{layer.activation}", {}), "gives": (f"remark.gives_{key}", ends)}
