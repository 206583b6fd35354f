"""Mistakes on the way forward and in the error."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.rules.mistakes.slip import At
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.softmax import Softmax


def bias_left_out(rules: LayerRules, at: At) -> LayerRules:
    return replace(rules, net=replace(rules.net, bias=0))


def softmax_without_exp(book: Rulebook, shape: Shape) -> Rulebook:
    if book.probability is None or book.textbook is None:
        return book
    return replace(book, probability=Softmax(exponential=False), unit_error=book.textbook, textbook=None)
