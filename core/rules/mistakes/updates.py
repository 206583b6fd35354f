"""Mistakes in what an optimizer makes of a gradient."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.rules.mistakes.slip import At
from nntutor.core.rules.optimizers import rule
from nntutor.core.rules.rulebook import LayerRules


def no_correction(rules: LayerRules, at: At) -> LayerRules:
    method = replace(at.shape.optimizer, correct=False)
    if method.name != "adam":
        return rules
    return replace(rules, update=rule(method), bias_update=rule(replace(method, decays=False)))
