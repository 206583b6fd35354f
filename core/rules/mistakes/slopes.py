"""Mistakes at one unit: what goes back through its activation, and the error at the output."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.notation.formula import ONE, Expr, Sub, children, rebuild
from nntutor.core.rules.mistakes.slip import At
from nntutor.core.rules.rulebook import LayerRules
from nntutor.core.rules.sums import MatrixProduct


def sign(rules: LayerRules, at: At) -> LayerRules:
    """t − o in place of o − t."""
    if not at.last:
        return rules
    if isinstance(rules.out_grad, Expr):
        return replace(rules, out_grad=turned(rules.out_grad))
    return replace(rules, delta=turned(rules.delta)) if isinstance(rules.delta, Expr) else rules


def turned(tree: Expr) -> Expr:
    """The tree with its differences taken the other way round."""
    if isinstance(tree, Sub):
        return Sub(tree.b, tree.a)
    return rebuild(tree, tuple(turned(part) for part in children(tree)))


def no_hidden_slope(rules: LayerRules, at: At) -> LayerRules:
    return rules if at.last else replace(rules, slope=ONE)


def product_for_elementwise(rules: LayerRules, at: At) -> LayerRules:
    fits = at.shape.samples in (1, at.shape.layers[at.number - 1].units)
    return replace(rules, delta=MatrixProduct()) if fits and rules.out_grad is not None else rules
