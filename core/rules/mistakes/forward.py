"""Mistakes on the way forward and in the error."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.notation.formula import ONE, Call, Div, Expr, Name, Neg, Num, Sub, Sum, bind, call, children, rebuild
from nntutor.core.rules.mistakes.change import At, Change, Slip, layered
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.softmax import Softmax

_NET = Name("net")


def bias_times(sign: int) -> Slip:
    """net with this many times b."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        return replace(rules, net=replace(rules.net, bias=sign)) if at.layer.bias else rules

    return slip


def inputs_swapped(rules: LayerRules, at: At) -> LayerRules:
    """w of row for column, in a square layer."""
    if at.layer.units != at.layer.inputs or at.layer.units == 1:
        return rules
    return replace(rules, net=replace(rules.net, swapped=True))


def net_negated(book: Rulebook, shape: Shape, only: int) -> Rulebook:
    """f(−net), in softmax e^(−net) as well."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        return _with_out(rules, at, bind(rules.out, lambda key: Neg(Name(key)) if key == "net" else Name(key)))

    made = of_outs(slip)(book, shape, only)
    if made.probability is None or only not in (0, shape.last):
        return made
    return _as_printed(replace(made, probability=replace(made.probability, negated=True)))


def activation_left_out(rules: LayerRules, at: At) -> LayerRules:
    return _with_out(rules, at, _NET)


def exp_sign(rules: LayerRules, at: At) -> LayerRules:
    """1/(1 − e^(−net))."""
    if at.layer.activation != "sigmoid":
        return rules
    return _with_out(rules, at, Div(ONE, Sub(ONE, call("exp", Neg(_NET)))))


def _with_out(rules: LayerRules, at: At, out: Expr) -> LayerRules:
    # The last layer's activation under softmax is the softmax.
    return rules if at.last and at.shape.error == "softmax-ce" else replace(rules, out=out)


def of_outs(slip: Slip) -> Change:
    """Another out; where it is the output's, E is made of it."""

    def change(book: Rulebook, shape: Shape, only: int) -> Rulebook:
        made = layered(slip)(book, shape, only)
        return made if made.layers[-1].out == book.layers[-1].out else _as_printed(made)

    return change


def _as_printed(book: Rulebook) -> Rulebook:
    """E in the form that books print: the form that never overflows is made of net, and right whatever out is."""
    return book if book.textbook is None else replace(book, unit_error=book.textbook, textbook=None)


def epsilon_in_log(epsilon: float) -> Change:
    """ln(o + ε) for ln o, so that 0 has a logarithm."""

    def within(tree: Expr) -> Expr:
        parts = tuple(within(part) for part in children(tree))
        if isinstance(tree, Call) and tree.func == "ln":
            return call("ln", Sum((*parts, Num(epsilon))))
        return rebuild(tree, parts)

    def change(book: Rulebook, shape: Shape, only: int) -> Rulebook:
        if book.textbook is None or only not in (0, shape.last):
            return book
        return _as_printed(replace(book, textbook=within(book.textbook)))

    return change


def _other_softmax(made: Softmax, least: int = 1) -> Change:
    """Another softmax, of at least so many samples."""

    def change(book: Rulebook, shape: Shape, only: int) -> Rulebook:
        if book.probability is None or only not in (0, shape.last) or shape.samples < least:
            return book
        return _as_printed(replace(book, probability=made))

    return change


softmax_without_exp = _other_softmax(Softmax(exponential=False))


def softmax_over(axis: str) -> Change:
    """Divided by the sum over the samples of a unit, or over everything."""
    return _other_softmax(Softmax(over=axis), least=2)
