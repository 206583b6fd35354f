"""Optimizers: what becomes of a gradient g, as one table of formulas, simplest first.

Each entry says how the state is updated, what is corrected, how far the weight moves and where it
lands. `weight`, `grad`, the states and the rates are the names in the trees; the state on the right of
its own formula is the one from before (`v_old`), everywhere else it is the new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial

from nntutor.core import expected
from nntutor.core.notation.formula import ONE, Div, Expr, Mul, Name, Neg, Square, Sub, Sum, call, product

_g, _w, _move = Name("grad"), Name("weight"), Name("change")
_eta, _mu, _rho, _eps = Name("rate_eta"), Name("rate_mu"), Name("rate_rho"), Name("rate_eps")
_beta1, _beta2 = Name("rate_beta1"), Name("rate_beta2")
_beta1k, _beta2k, _decay = Name("rate_beta1k"), Name("rate_beta2k"), Name("rate_decay")


@dataclass(frozen=True)
class Rule:
    """One optimizer: trees by the name of the number that they make, in the order of the steps.

    change is None where the move is folded into the update, as in plain descent. late: the move is made before the
    state, of what the state was.
    """

    states: tuple[tuple[str, Expr], ...]
    corrected: tuple[tuple[str, Expr], ...]
    change: Expr | None
    update: Expr
    rates: tuple[str, ...]
    late: bool = False

    @property
    def made(self) -> tuple[tuple[str, Expr], ...]:
        """Every number that this rule makes for one weight, in order, the new weight last."""
        change = () if self.change is None else (("change", self.change),)
        first, then = (change, self.states) if self.late else (self.states, change)
        return (*first, *self.corrected, *then, ("new", self.update))


def _decaying(state: str, rate: Expr, value: Expr) -> Expr:
    """rate·state + (1 − rate)·value: the average that forgets."""
    return Sum((Mul(rate, Name(f"{state}_old")), Mul(Sub(ONE, rate), value)))


_moved = Sum((_w, _move))
_velocity = Sub(Mul(_mu, Name("v_old")), Mul(_eta, _g))


@dataclass(frozen=True)
class Method:
    """An optimizer as far as its formulas go, without the values of its rates.

    form (momentum): "velocity" v ← μv − ηg, w ← w + v; "torch" v ← μv + g, w ← w − ηv; "average"
    v ← μv + (1 − μ)g, w ← w − ηv. epsilon_at: "outside" √s + ε, "inside" √(s + ε), "hat" (adam) ε beside √v before
    the correction, as Keras documents it. correct (adam): with m̂ and v̂. decays: w ← w − η·λ·w besides the move.
    """

    name: str = "sgd"
    form: str = "velocity"
    epsilon_at: str = "outside"
    correct: bool = True
    decays: bool = False


FORMS = ("velocity", "torch", "average")
EPSILON_AT = ("outside", "inside", "hat")


def _root(mean_square: str, epsilon_at: str) -> Expr:
    if epsilon_at == "inside":
        return call("√", Sum((Name(mean_square), _eps)))
    return Sum((call("√", Name(mean_square)), _eps))


def _scaled(numerator: Expr, mean_square: str, epsilon_at: str) -> Expr:
    """−η·numerator/(√mean_square + ε)."""
    return Div(product(Neg(_eta), numerator), _root(mean_square, epsilon_at))


def _momentum(form: str) -> Rule:
    rates = ("learning_rate", "momentum")
    if form == "velocity":
        return Rule((("v", _velocity),), (), Name("v"), _moved, rates)
    state = Sum((Mul(_mu, Name("v_old")), _g)) if form == "torch" else _decaying("v", _mu, _g)
    return Rule((("v", state),), (), product(Neg(_eta), Name("v")), _moved, rates)


def _adam(method: Method) -> Rule:
    states = (("m", _decaying("m", _beta1, _g)), ("v", _decaying("v", _beta2, Square(_g))))
    rates = ("learning_rate", "beta1", "beta2", "epsilon")
    one, two = Sub(ONE, _beta1k), Sub(ONE, _beta2k)
    if not method.correct:
        return Rule(states, (), _scaled(Name("m"), "v", method.epsilon_at), _moved, rates)
    if method.epsilon_at == "hat":
        # Kingma and Ba 2015, end of section 2: the same order of computation with another ε.
        change = Div(product(Neg(_eta), call("√", two), Name("m")), Mul(one, _root("v", "outside")))
        return Rule(states, (), change, _moved, rates)
    corrected = (("mhat", Div(Name("m"), one)), ("vhat", Div(Name("v"), two)))
    return Rule(states, corrected, _scaled(Name("mhat"), "vhat", method.epsilon_at), _moved, rates)


@cache
def rule(method: Method) -> Rule:
    """The formulas of an optimizer. KeyError for a name that there is not."""
    state: Expr
    change: Expr
    match method.name:
        case "sgd":
            # Cauchy 1847; w ← w − ηg.
            found = Rule((), (), None, Sub(_w, Mul(_eta, _g)), ("learning_rate",))
        case "momentum":
            # Polyak 1964; v ← μv − ηg, w ← w + v.
            found = _momentum(method.form)
        case "nesterov":
            # Nesterov 1983 in the form of Bengio et al. 2012: w is the looked-ahead point.
            change = Sub(Mul(_mu, Name("v")), Mul(_eta, _g))
            found = Rule((("v", _velocity),), (), change, _moved, ("learning_rate", "momentum"))
        case "adagrad":
            # Duchi, Hazan and Singer 2011.
            state = Sum((Name("s_old"), Square(_g)))
            change = _scaled(_g, "s", method.epsilon_at)
            found = Rule((("s", state),), (), change, _moved, ("learning_rate", "epsilon"))
        case "rmsprop":
            # Tieleman and Hinton 2012, lecture 6e.
            state = _decaying("s", _rho, Square(_g))
            change = _scaled(_g, "s", method.epsilon_at)
            found = Rule((("s", state),), (), change, _moved, ("learning_rate", "rho", "epsilon"))
        case "adam":
            # Kingma and Ba 2015, algorithm 1.
            found = _adam(method)
        case _:
            raise KeyError(method.name)
    if method.decays:
        # Loshchilov and Hutter 2019, algorithm 2.
        return replace(found, update=Sub(found.update, product(_eta, _decay, _w)), rates=(*found.rates, "decay"))
    return found


OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
RATES: dict[str, tuple[str, ...]] = {name: rule(Method(name)).rates for name in OPTIMIZERS}
KEYS: dict[str, tuple[str, ...]] = {
    name: (
        *rates, *(("form",) if name == "momentum" else ()), *(("epsilon_at",) if "epsilon" in rates else ()),
        *(("correct",) if name == "adam" else ()), "decay",
    )
    for name, rates in RATES.items()
}  # fmt: skip
"""What may be said of each optimizer: its rates and its forms."""
DEFAULT_RATE = {
    "sgd": 0.5, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.01, "rmsprop": 0.01, "adam": 0.01,
}  # fmt: skip
DEFAULT_EPSILON = {"adagrad": 1e-10, "rmsprop": 1e-8, "adam": 1e-8}


@dataclass(frozen=True)
class Optimizer:
    """An optimizer with its rates; those that its rule does not use are ignored. The last four choose its form.

    ValueError for a name, a form or a rate that there cannot be.
    """

    name: str = "sgd"
    learning_rate: float = 0.5
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.99
    epsilon: float = 1e-8
    form: str = "velocity"
    epsilon_at: str = "outside"
    correct: bool = True
    decay: float = 0.0

    def __post_init__(self) -> None:
        expected.one_of("name", self.name, OPTIMIZERS)
        expected.one_of("form", self.form, FORMS)
        expected.one_of("epsilon_at", self.epsilon_at, EPSILON_AT if self.name == "adam" else EPSILON_AT[:2])
        object.__setattr__(self, "correct", expected.flag("correct", self.correct))
        for kind, field in RATE_FIELDS.items():
            if field in KEYS[self.name]:
                rate = expected.number(field, getattr(self, field), partial(in_range, kind), RANGES[kind])
                object.__setattr__(self, field, rate)

    @property
    def method(self) -> Method:
        return Method(self.name, self.form, self.epsilon_at, self.correct, self.decay > 0)

    @property
    def rule(self) -> Rule:
        return rule(self.method)

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
    "rate_rho": "rho", "rate_eps": "epsilon", "rate_decay": "decay",
}  # fmt: skip


_FROM_0, _SHARE = "from 0", "from 0 to below 1"
RANGES = {
    **dict.fromkeys(("rate_eta", "rate_decay", "rate_l1", "rate_l2"), _FROM_0), "rate_eps": "above 0",
    **dict.fromkeys(("rate_mu", "rate_beta1", "rate_beta2", "rate_rho"), _SHARE),
}  # fmt: skip


def in_range(kind: str, value: float) -> bool:
    """Whether a rate, by its address, may have this value: what a problem file allows as well."""
    if RANGES[kind] == _FROM_0:
        return value >= 0
    return value > 0 if kind == "rate_eps" else 0 <= value < 1
