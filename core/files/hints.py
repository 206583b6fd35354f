"""What people mean by words that a problem file does not have: those of other books and libraries, another case, a key
in another table.

Nothing of it is accepted; a hint says what the file's own word is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nntutor.core.errors import nearest
from nntutor.core.foreign import LONGEST
from nntutor.core.rules.optimizers import KEYS


class Hint(NamedTuple):
    """word: the file's own; code: a sentence about it that the words have; place: where it belongs. Some are empty."""

    word: str = ""
    code: str = ""
    place: str = ""


_KEYS = {
    "learning_rate": "lr eta η alpha α rate learnrate stepsize 학습률",
    "momentum": "mu μ gamma mom 모멘텀",
    "rho": "ρ alpha α decayrate",
    "beta1": "β1 β₁",
    "beta2": "β2 β₂",
    "epsilon": "eps ε",
    "name": "type kind method rule algorithm",
    "optimizer": "optimiser solver 옵티마이저",
    "error": "loss lossfunction cost costfunction criterion objective errorfunction 오차 손실",
    "batch": "batchsize minibatch minibatchsize",
    "seed": "randomseed randomstate rng",
    "l2": "λ2 λ₂ lambda2 ridge l2reg l2regularization weightdecay alphal2",
    "l1": "λ1 λ₁ lambda1 lasso l1reg l1regularization",
    "over_outputs": "reduction reduceoutputs outputs_reduction",
    "over_samples": "reducesamples batchreduction",
    "inputs_first": "transposed transpose",
    "decay": "weightdecay wd λ lambda decoupled decoupledweightdecay",
    "form": "variant style dampening",
    "epsilon_at": "epsilonplace epsat epsilonin",
    "correct": "biascorrection correction",
    "layer": "layers hidden network",
    "sample": "samples examples rows",
    "data": "csv file dataset",
    "activation": "act f function nonlinearity activationfunction 활성화 활성화함수",
    "weights": "w weight kernel matrix 가중치",
    "bias": "b biases usebias 편향",
    "units": "neurons nodes size width n outfeatures",
    "initial": "init initializer initialization kernelinitializer",
    "slope": "alpha α negativeslope leak",
    "learn": "trainable train",
    "input": "x inputs in 입력",
    "target": "y t d targets output outputs label expected desired 정답",
}
"""Each key of a file, and what it is called elsewhere: in small letters, without signs and spaces between them."""

_VALUES = {
    "error": {
        "half-squared": "quadratic squared halfmse halfsse",
        "mse": "l2 l2loss meansquare meansquared meansquarederror mseloss squareerror squarederror 평균제곱오차",
        "bce": "bceloss binary binarycrossentropy bcewithlogits bcewithlogitsloss logloss logistic 이진교차엔트로피",
        "softmax-ce": (
            "softmax softmaxcrossentropy softmaxcrossentropywithlogits categorical categoricalcrossentropy "
            "sparsecategoricalcrossentropy crossentropyloss nll nllloss 소프트맥스"
        ),
        "perceptron": "rosenblatt zeroone 01 퍼셉트론",
    },
    "activation": {
        "sigmoid": "logistic sigm logsig sigmoidal expit σ 시그모이드",
        "tanh": "tansig hyperbolictangent htan 하이퍼볼릭탄젠트",
        "relu": "rectifier rectified rectifiedlinear ramp 렐루",
        "leaky-relu": "lrelu leaky prelu 리키렐루",
        "step": "heaviside threshold hardlim binary perceptron 계단",
        "identity": "linear lin purelin none id 선형 항등",
        "softplus": "smoothrelu 소프트플러스",
        "elu": "exponentiallinear 엘루",
        "silu": "swish swish1 sil 스위시",
        "gelu": "gelutanh gelunew geluapproximate 겔루",
    },
    "name": {
        "sgd": "gd gradientdescent gradient stochasticgradientdescent vanilla plain batch 경사하강법 확률적경사하강법",
        "momentum": "sgdmomentum sgdm heavyball 모멘텀",
        "nesterov": "nag nesterovmomentum acceleratedgradient",
        "rmsprop": "rms",
        "adam": "아담",
    },
    "initial": {
        "xavier": "glorot glorotuniform xavieruniform",
        "he": "kaiming heuniform kaiminguniform",
        "uniform": "random rand",
        "zeros": "zero 0 constant",
    },
    "batch": {"full": "all batch fullbatch whole 전체", "online": "sgd stochastic single one each"},
    "over_outputs": {"sum": "total none 합", "mean": "average avg 평균"},
    "over_samples": {"sum": "total 합", "mean": "average avg 평균"},
    "form": {"velocity": "classic classical sutskever", "torch": "pytorch sum", "average": "ema mean dampened"},
    "epsilon_at": {"outside": "out after pytorch torch", "inside": "in root sqrt before", "hat": "keras paper"},
}
"""The same of values, by their key."""

_SAID = {
    "error": {
        "sse": "sse ss sumsquarederror sumofsquarederrors sumofsquares rss 제곱합",
        "mae": "mae l1 l1loss absolute meanabsoluteerror",
        "cross_entropy": "ce xe xent crossentropy 교차엔트로피 크로스엔트로피",
    },
    "activation": {"softmax": "softmax logsoftmax 소프트맥스"},
    "batch": {"mini_batch": "mini minibatch 미니배치"},
}
"""Values that no single word of the file is; what there is instead is a sentence."""

_EPOCHS = "epochs epoch iterations iteration maxiter steps niter 에포크 반복"

_NOTHING = "selu celu mish softsign hinge huber adamw nadam adamax adadelta"
"""Things that a file may not have, whose names look like those of others."""

_PLACES = {
    "": (
        "format", "title", "source", "error", "batch", "shuffle", "seed", "over_outputs", "over_samples", "l1", "l2",
        "input_gradient", "data",
    ),
    "optimizer": ("learning_rate", *dict.fromkeys(key for keys in KEYS.values() for key in keys)),
    "layer": ("activation", "weights", "inputs_first", "bias", "units", "initial", "learn_bias", "learn"),
    "sample": ("input", "target"),
}  # fmt: skip
"""Keys that belong to one table alone, by its name."""
_HEADINGS = {"optimizer": "[optimizer]", "layer": "[[layer]]", "sample": "[[sample]]"}


def of_value(key: str, value: str, allowed: Sequence[str]) -> Hint:
    """What is meant by a value that its key cannot have."""
    bare = _bare(value)
    said = next((code for code, names in _SAID.get(key, {}).items() if bare in names.split()), "")
    if key == "batch" and bare.isdecimal():
        said = "mini_batch"
    return Hint(code=said) if said else Hint(_meant(value, _VALUES.get(key, {}), allowed))


def of_key(key: str, table: str, allowed: Sequence[str]) -> Hint:
    """What is meant by a key that a table (by its name, "" for the top of the file) cannot have."""
    if _bare(key) in _EPOCHS.split():
        return Hint(code="epochs")
    if here := _called(key, _KEYS, allowed):
        return Hint(here)
    for other, keys in _PLACES.items():
        if word := _called(key, _KEYS, keys):
            return _elsewhere(word, other, table)
    return Hint(nearest(key, allowed))


def _elsewhere(word: str, place: str, table: str) -> Hint:
    """A key that belongs to another table, or to another optimizer."""
    if place != table:
        return Hint(word, "under" if place else "at_the_top", _HEADINGS.get(place, ""))
    rules = [rule for rule, keys in KEYS.items() if word in keys]
    return Hint(word, "of_rule", ", ".join(rules)) if rules else Hint(word)


def _meant(name: str, words: Mapping[str, str], allowed: Sequence[str]) -> str:
    """The allowed word that is meant by a name, or empty."""
    return _called(name, words, allowed) or ("" if _bare(name) in _NOTHING.split() else nearest(name, allowed))


def _called(name: str, words: Mapping[str, str], allowed: Sequence[str]) -> str:
    """The allowed word that is the name but for case and signs, or is called so elsewhere; or empty."""
    bare = _bare(name)
    same = [word for word in allowed if bare == _bare(word)]
    return next(iter(same or [word for word in allowed if bare in words.get(word, "").split()]), "") if bare else ""


def _bare(name: str) -> str:
    """A name without what people write differently: case, signs and spaces between its parts."""
    return re.sub(r"[\W_]+", "", name[:LONGEST].casefold())
