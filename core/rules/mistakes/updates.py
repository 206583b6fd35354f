"""Mistakes in what an optimizer makes of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from nntutor.core.notation.formula import (
    ONE,
    Div,
    Expr,
    Mul,
    Name,
    Neg,
    Square,
    Sub,
    Sum,
    bind,
    call,
    children,
    keys,
    product,
    rebuild,
)  # fmt: skip
from nntutor.core.rules.mistakes.change import At, Change, Slip, replaced
from nntutor.core.rules.optimizers import Method, Rule, rule
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape

_g, _w, _move, _v, _v_old = Name("grad"), Name("weight"), Name("change"), Name("v"), Name("v_old")
_eta, _mu, _eps = Name("rate_eta"), Name("rate_mu"), Name("rate_eps")
_SQUARES = (Name("s"), Name("v"), Name("vhat"))
Made = Callable[[Rule, Method], Rule]


def update(change: Made) -> Slip:
    """Another move of the weights and biases; a decay beside the move stays as it is."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        weights, biases = (_beside_decay(one, change, at) for one in (rules.update, rules.bias_update))
        return replace(rules, update=weights, bias_update=biases)

    return slip


def _beside_decay(found: Rule, change: Made, at: At) -> Rule:
    decays = isinstance(found.update, Sub) and "rate_decay" in keys(found.update.b)
    if not decays or not isinstance(found.update, Sub):
        return change(found, at.shape.optimizer)
    made = change(replace(found, update=found.update.a), at.shape.optimizer)
    return replace(made, update=Sub(made.update, found.update.b))


def _everywhere(found: Rule, change: Callable[[Expr], Expr]) -> Rule:
    """The rule with each of its trees changed."""
    return replace(
        found,
        states=tuple((name, change(tree)) for name, tree in found.states),
        corrected=tuple((name, change(tree)) for name, tree in found.corrected),
        change=None if found.change is None else change(found.change),
        update=change(found.update),
    )


def _state(found: Rule, change: Callable[[Expr], Expr]) -> Rule:
    return replace(found, states=tuple((name, change(tree)) for name, tree in found.states))


def _with_change(found: Rule, change: Callable[[Expr], Expr]) -> Rule:
    return found if found.change is None else replace(found, change=change(found.change))


def _has_velocity(method: Method) -> bool:
    return method.name in ("momentum", "nesterov")


# --- the sign and the rate -----------------------------------------------------------------------------


def _other_way(tree: Expr) -> Expr:
    """A sum for a difference, and a difference for a sum."""
    match tree:
        case Sub(a, b):
            return Sum((a, b))
        case Sum((a, b)):
            return Sub(a, b)
    return tree


@update
def added(found: Rule, method: Method) -> Rule:
    """w + ηg; of a velocity it is its sign."""
    return found if _has_velocity(method) else replace(found, update=_other_way(found.update))


@update
def no_rate(found: Rule, method: Method) -> Rule:
    return _everywhere(found, _without_rate)


def _without_rate(tree: Expr) -> Expr:
    match tree:
        case Mul(Neg(a), b) if a == _eta:
            return Neg(_without_rate(b))
        case Mul(a, b) if _eta in (a, b):
            return _without_rate(b if a == _eta else a)
    return rebuild(tree, tuple(_without_rate(part) for part in children(tree)))


@update
def rate_twice(found: Rule, method: Method) -> Rule:
    return _everywhere(found, lambda tree: replaced(tree, _eta, Square(_eta)))


# --- momentum ------------------------------------------------------------------------------------------


@update
def averaged(found: Rule, method: Method) -> Rule:
    """v ← μv − (1 − μ)ηg, where v is no mean by the rule."""
    return _state(found, _averaged) if _has_velocity(method) and method.form != "average" else found


def _averaged(tree: Expr) -> Expr:
    match tree:
        case Sub(a, Mul(b, c)):
            return Sub(a, product(Sub(ONE, _mu), b, c))
        case Sub(a, b):
            return Sub(a, Mul(Sub(ONE, _mu), b))
        case Sum((a, b)):
            return Sum((a, Mul(Sub(ONE, _mu), b)))
    return tree


@update
def velocity_times_rate(found: Rule, method: Method) -> Rule:
    """w + ηv; where the move is −ηv by the rule, that is the rate twice."""
    if not _has_velocity(method) or method.form != "velocity":
        return found
    return _with_change(found, _v_times_rate)


def _v_times_rate(tree: Expr) -> Expr:
    return replaced(tree, Mul(_mu, _v), product(_eta, _mu, _v)) if isinstance(tree, Sub) else Mul(_eta, tree)


@update
def share_times_rate(found: Rule, method: Method) -> Rule:
    """v ← ημv − ηg."""
    return _state(found, lambda tree: replaced(tree, Mul(_mu, _v_old), product(_eta, _mu, _v_old)))


@update
def late(found: Rule, method: Method) -> Rule:
    """w + v, with v as it was before."""
    if not _has_velocity(method):
        return found
    made = _with_change(found, lambda tree: replaced(tree, _v, _v_old))
    return replace(made, late=True)


def late_average(rules: LayerRules, at: At) -> LayerRules:
    """The same with 1 − μ."""
    made = averaged(rules, at)
    return rules if made == rules else late(made, at)


@update
def velocity_subtracted(found: Rule, method: Method) -> Rule:
    """w − v."""
    return replace(found, update=_other_way(found.update)) if _has_velocity(method) else found


@update
def gradient_added(found: Rule, method: Method) -> Rule:
    """v ← μv + ηg."""
    return _state(found, _other_way) if _has_velocity(method) else found


# --- Adam, and what is divided by a root ---------------------------------------------------------------


def no_correction(rules: LayerRules, at: At) -> LayerRules:
    """m and v as they are."""
    plain = replace(at.shape.optimizer, correct=False)
    if plain.name != "adam" or not at.shape.optimizer.correct:
        return rules
    if plain.epsilon_at == "hat":
        return replace(rules, update=rule(plain), bias_update=rule(replace(plain, decays=False)))
    return update(_uncorrected)(rules, at)


def _uncorrected(found: Rule, method: Method) -> Rule:
    made = _with_change(found, lambda tree: bind(tree, lambda key: Name(str(key).removesuffix("hat"))))
    return replace(made, corrected=())


def uncorrected(name: str) -> Slip:
    """One of the two, "mhat" or "vhat", as it is."""

    @update
    def change(found: Rule, method: Method) -> Rule:
        made = _with_change(found, lambda tree: replaced(tree, Name(name), Name(name.removesuffix("hat"))))
        return replace(made, corrected=tuple(pair for pair in found.corrected if pair[0] != name))

    return change


@update
def correction_kept(found: Rule, method: Method) -> Rule:
    """m and v are themselves divided, and go so into the next iteration."""
    by = {name.removesuffix("hat"): tree.b for name, tree in found.corrected if isinstance(tree, Div)}
    states = tuple((name, Div(tree, by[name]) if name in by else tree) for name, tree in found.states)
    return replace(_uncorrected(found, method), states=states) if by else found


@update
def state_not_kept(found: Rule, method: Method) -> Rule:
    """What is remembered begins at 0 in each iteration."""
    return _state(found, _fresh)


def _fresh(tree: Expr) -> Expr:
    """The state without what there was of it before."""
    match tree:
        case Sub(_, Mul(a, b)):
            return Mul(Neg(a), b)
        case Sum((_, made)):
            return made
    return tree


@update
def correction_without_power(found: Rule, method: Method) -> Rule:
    """Divided by 1 − β for 1 − βᵏ."""
    return _everywhere(found, lambda tree: bind(tree, lambda key: Name(_POWERS.get(str(key), key))))


_POWERS = {"rate_beta1k": "rate_beta1", "rate_beta2k": "rate_beta2"}


def count(by: int) -> Change:
    """β to the power of k − 1, of k + 1."""

    def change(book: Rulebook, shape: Shape, only: int) -> Rulebook:
        return replace(book, count=book.count + by) if book.counts else book

    return change


def counted_on(each: str) -> Slip:
    """k moved on at every layer, or at every array of weights or biases, in the order of the layers: of n the j-th has
    n·(k − 1) + j for k.
    """

    def slip(rules: LayerRules, at: At) -> LayerRules:
        arrays = [
            (number, bias)
            for number, layer in enumerate(at.shape.layers, 1)
            for bias in (False, True)[: 1 + layer.bias]
        ]
        steps = arrays if each == "arrays" else [(number, False) for number in range(1, at.shape.last + 1)]
        if not 1 < len(steps) <= _MOST_STEPS:
            return rules
        own, bias = (steps.index((at.number, of and each == "arrays")) for of in (False, at.layer.bias))
        weights, biases = (partial(_counted, of=len(steps), less=len(steps) - 1 - one) for one in (own, bias))
        return replace(
            rules, update=_everywhere(rules.update, weights), bias_update=_everywhere(rules.bias_update, biases)
        )

    return slip


def _counted(tree: Expr, of: int, less: int) -> Expr:
    """β to the power of n·k − less for βᵏ."""

    def power(key: object) -> Expr:
        name = str(key)
        if name not in _POWERS:
            return Name(name)
        made: Expr = product(*[Name(name)] * of)
        for _ in range(less):
            made = Div(made, Name(_POWERS[name]))
        return made

    return bind(tree, power)


@update
def betas_swapped(found: Rule, method: Method) -> Rule:
    """β₁ for β₂ and β₂ for β₁."""
    return _everywhere(found, lambda tree: bind(tree, lambda key: Name(str(key).translate(_OTHER))))


_OTHER = str.maketrans("12", "21")
_MOST_STEPS = 8  # layers or arrays; the power of more makes a formula that nobody reads


@update
def no_square(found: Rule, method: Method) -> Rule:
    """g for g²."""
    return _state(found, lambda tree: replaced(tree, Square(_g), _g))


@update
def no_root(found: Rule, method: Method) -> Rule:
    """v for √v."""
    return _with_change(found, _without_root)


def _without_root(tree: Expr) -> Expr:
    for mean in _SQUARES:
        for under in (mean, Sum((mean, _eps))):
            tree = replaced(tree, call("√", under), under)
    return tree


@update
def epsilon_inside(found: Rule, method: Method) -> Rule:
    """√(v + ε) for √v + ε."""
    return _with_change(found, _epsilon_inside)


def _epsilon_inside(tree: Expr) -> Expr:
    for mean in _SQUARES:
        tree = replaced(tree, Sum((call("√", mean), _eps)), call("√", Sum((mean, _eps))))
    return tree
