"""Mistakes in what a weight's or a bias's gradient is made of, and in the mean over samples."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.rules.mistakes.slip import At
from nntutor.core.rules.rulebook import LayerRules
from nntutor.core.rules.surfaces import Incline


def transposed(rules: LayerRules, at: At) -> LayerRules:
    layer = at.shape.layers[at.number - 1]
    if layer.units != layer.inputs or layer.units == 1 or isinstance(rules.gradient, Incline):
        return rules
    return replace(rules, gradient=replace(rules.gradient, transposed=True))


def batch_sum(rules: LayerRules, at: At) -> LayerRules:
    if at.shape.over_samples == "sum" or isinstance(rules.gradient, Incline):
        return rules
    gradient, bias = replace(rules.gradient, divisor=1), replace(rules.bias_gradient, divisor=1)
    return replace(rules, gradient=gradient, bias_gradient=bias)
