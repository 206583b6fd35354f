"""Optimizers: what becomes of a gradient g, as one table of formulas, simplest first.

Each entry says how the state is updated, what is corrected, how far the weight moves and where it
lands. `weight`, `grad`, the states and the rates are the names in the trees; the state on the right of
its own formula is the one from before (`v_old`), everywhere else it is the new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nntutor.core.notation.formula import ONE, Div, Expr, Mul, Name, Neg, Square, Sub, Sum, call, product

_g, _w, _move = Name("grad"), Name("weight"), Name("change")
_eta, _mu, _rho, _eps = Name("rate_eta"), Name("rate_mu"), Name("rate_rho"), Name("rate_eps")
_beta1, _beta2 = Name("rate_beta1"), Name("rate_beta2")
_beta1k, _beta2k = Name("rate_beta1k"), Name("rate_beta2k")


@dataclass(frozen=True)
class Rule:
    """One optimizer: trees by the name of the number that they make, in the order of the steps.

    change is None where the move is folded into the update, as in plain descent.
    """

    states: tuple[tuple[str, Expr], ...]
    corrected: tuple[tuple[str, Expr], ...]
    change: Expr | None
    update: Expr
    rates: tuple[str, ...]

    @property
    def made(self) -> tuple[tuple[str, Expr], ...]:
        """Every number that this rule makes for one weight, in order, the new weight last."""
        change = () if self.change is None else (("change", self.change),)
        return (*self.states, *self.corrected, *change, ("new", self.update))


def _decaying(state: str, rate: Expr, value: Expr) -> Expr:
    """rate·state + (1 − rate)·value: the average that forgets."""
    return Sum((Mul(rate, Name(f"{state}_old")), Mul(Sub(ONE, rate), value)))


def _scaled(numerator: Expr, mean_square: str) -> Expr:
    """−η·numerator/(√mean_square + ε)."""
    return Div(product(Neg(_eta), numerator), Sum((call("√", Name(mean_square)), _eps)))


_moved = Sum((_w, _move))
_velocity = Sub(Mul(_mu, Name("v_old")), Mul(_eta, _g))

OPTIMIZERS: dict[str, Rule] = {
    # Cauchy 1847; w ← w − ηg.
    "sgd": Rule((), (), None, Sub(_w, Mul(_eta, _g)), ("learning_rate",)),
    # Polyak 1964; v ← μv − ηg, w ← w + v.
    "momentum": Rule((("v", _velocity),), (), Name("v"), _moved, ("learning_rate", "momentum")),
    # Nesterov 1983 in the form of Bengio et al. 2012: w is the looked-ahead point.
    "nesterov": Rule(
        (("v", _velocity),),
        (),
        Sub(Mul(_mu, Name("v")), Mul(_eta, _g)),
        _moved,
        ("learning_rate", "momentum"),
    ),
    # Duchi, Hazan and Singer 2011.
    "adagrad": Rule(
        (("s", Sum((Name("s_old"), Square(_g)))),),
        (),
        _scaled(_g, "s"),
        _moved,
        ("learning_rate", "epsilon"),
    ),
    # Tieleman and Hinton 2012, lecture 6e.
    "rmsprop": Rule(
        (("s", _decaying("s", _rho, Square(_g))),),
        (),
        _scaled(_g, "s"),
        _moved,
        ("learning_rate", "rho", "epsilon"),
    ),
    # Kingma and Ba 2015, algorithm 1.
    "adam": Rule(
        (("m", _decaying("m", _beta1, _g)), ("v", _decaying("v", _beta2, Square(_g)))),
        (("mhat", Div(Name("m"), Sub(ONE, _beta1k))), ("vhat", Div(Name("v"), Sub(ONE, _beta2k)))),
        _scaled(Name("mhat"), "vhat"),
        _moved,
        ("learning_rate", "beta1", "beta2", "epsilon"),
    ),
}


def made(name: str, uncorrected: bool = False) -> tuple[tuple[str, Expr], ...]:
    """What the optimizer called `name` makes for one weight, in order; `uncorrected`: Adam without m̂ and v̂."""
    rule = OPTIMIZERS[name]
    if not (uncorrected and rule.corrected):
        return rule.made
    change = _scaled(Name("m"), "v")
    return replace(rule, corrected=(), change=change).made


RATES: dict[str, tuple[str, ...]] = {name: rule.rates for name, rule in OPTIMIZERS.items()}
DEFAULT_RATE = {
    "sgd": 0.5, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.01, "rmsprop": 0.01, "adam": 0.01,
}  # fmt: skip
DEFAULT_EPSILON = {"adagrad": 1e-10, "rmsprop": 1e-8, "adam": 1e-8}


@dataclass(frozen=True)
class Optimizer:
    """An optimizer with its rates; those that its rule does not use are ignored."""

    name: str = "sgd"
    learning_rate: float = 0.5
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.99
    epsilon: float = 1e-8

    @property
    def rule(self) -> Rule:
        return OPTIMIZERS[self.name]

    def with_rate(self, field: str, value: float) -> Optimizer:
        """The same with one rate, by the name of its field, replaced."""
        return replace(self, **{field: value})  # type: ignore[arg-type]

    def rate(self, kind: str, iteration: int) -> float:
        """The value behind a rate's address ("rate_eta", …) in iteration `iteration`."""
        if kind == "rate_beta1k":
            return float(self.beta1**iteration)
        if kind == "rate_beta2k":
            return float(self.beta2**iteration)
        return float(getattr(self, RATE_FIELDS[kind]))


RATE_FIELDS = {
    "rate_eta": "learning_rate", "rate_mu": "momentum", "rate_beta1": "beta1", "rate_beta2": "beta2",
    "rate_rho": "rho", "rate_eps": "epsilon",
}  # fmt: skip


def in_range(kind: str, value: float) -> bool:
    """Whether a rate, by its address, may have this value: what a problem file allows as well."""
    if kind == "rate_eta":
        return value >= 0
    return value > 0 if kind == "rate_eps" else 0 <= value < 1
