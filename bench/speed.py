"""Training at full speed beside the fastest NumPy loop that was written by hand for each network, and libraries.

`python bench/speed.py [runs]` prints only these rows: one thread, medians of paired runs, all in turn. The
hand-written loops do the same arithmetic in the same order, keep the error of every iteration and notice
values that are not finite; their buffers are made once, nothing is made in the loop. Libraries: bench/peers.py.
"""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import table
from peers import AGREES, PEERS, Peer
from table import Row, microseconds, paired

from nntutor.core.engine.program import Engine
from nntutor.core.engine.training import Runner
from nntutor.core.problems.datasets import two_moons, xor
from nntutor.core.problems.network import Layer, Network, Problem, Samples, draw
from nntutor.core.rules.optimizers import Optimizer

ONE, HALF = np.array(1.0), np.array(0.5)


@dataclass(frozen=True)
class Race:
    """A problem, how many iterations, and the loop written by hand for it."""

    name: str
    problem: Problem
    iterations: int
    hand: Callable[[Problem, int], np.ndarray]
    allowed: float


def _network(sizes: tuple[int, ...], hidden: str, last: str, initial: str) -> Network:
    return Network(
        tuple(
            Layer(last if n == len(sizes) - 1 else hidden, draw(initial, b, a, 3, n), np.zeros(b))
            for n, (a, b) in enumerate(zip(sizes, sizes[1:], strict=False), 1)
        )
    )


class Flat:
    """All weights, and their gradients, as views of flat vectors: what each hand-written loop starts with."""

    def __init__(self, problem: Problem) -> None:
        layers = problem.network.layers
        size = sum(layer.weights.size + layer.units for layer in layers)
        self.w, self.g = np.empty(size), np.empty(size)
        self.W, self.b, self.gW, self.gb = [], [], [], []
        at = 0
        for layer in layers:
            for array, views, gradients in (
                (layer.weights, self.W, self.gW),
                (layer.bias, self.b, self.gb),
            ):
                end = at + array.size
                self.w[at:end] = array.ravel()
                views.append(self.w[at:end].reshape(array.shape))
                gradients.append(self.g[at:end].reshape(array.shape))
                at = end


def hand_xor(problem: Problem, count: int) -> np.ndarray:
    """2-2-1, sigmoid, half the squared error, full batch, gradient descent."""
    flat = Flat(problem)
    w, g, (W1, W2), (b1, b2), (gW1, gW2), (gb1, gb2) = flat.w, flat.g, flat.W, flat.b, flat.gW, flat.gb
    X, T = problem.samples.inputs, problem.samples.targets
    n1, h, og1, s1, d1 = (np.empty((4, 2)) for _ in range(5))
    n2, o, e, og2, s2, d2 = (np.empty((4, 1)) for _ in range(6))
    tmp, E, four, eta = np.empty_like(w), np.empty(()), np.array(4.0), np.array(problem.optimizer.learning_rate)
    errors = np.empty(count)
    W1T, W2T, d1T, d2T, flat_e = W1.T, W2.T, d1.T, d2.T, e.ravel()
    add, mul, sub, div, mm, exp, neg = np.add, np.multiply, np.subtract, np.divide, np.matmul, np.exp, np.negative
    total = np.add.reduce
    for i in range(count):
        mm(X, W1T, n1)
        add(n1, b1, n1)
        neg(n1, h)
        exp(h, h)
        add(ONE, h, h)
        div(ONE, h, h)
        mm(h, W2T, n2)
        add(n2, b2, n2)
        neg(n2, o)
        exp(o, o)
        add(ONE, o, o)
        div(ONE, o, o)
        sub(T, o, e)
        mul(e, e, e)
        mul(HALF, e, e)
        total(flat_e, -1, None, E)
        div(E, four, E)
        sub(o, T, og2)
        sub(ONE, o, s2)
        mul(o, s2, s2)
        mul(og2, s2, d2)
        mm(d2T, h, gW2)
        total(d2, -2, None, gb2)
        mul(d2, W2, og1)
        sub(ONE, h, s1)
        mul(h, s1, s1)
        mul(og1, s1, d1)
        mm(d1T, X, gW1)
        total(d1, -2, None, gb1)
        div(g, four, g)
        mul(eta, g, tmp)
        sub(w, tmp, w)
        errors[i] = E
    assert np.isfinite(errors).all() and np.isfinite(w).all()
    return errors


def hand_moons(problem: Problem, count: int) -> np.ndarray:
    """2-16-16-1, sigmoid, half the squared error, batches of 32, Adam."""
    flat = Flat(problem)
    w, g, W, b, gW, gb = flat.w, flat.g, flat.W, flat.b, flat.gW, flat.gb
    X, T, size = problem.samples.inputs, problem.samples.targets, problem.batch_size
    batches = len(X) // size
    units = [layer.units for layer in problem.network.layers]
    net, out, og, s, d = ([np.empty((size, u)) for u in units] for _ in range(5))
    WT, dT = [one.T for one in W], [one.T for one in d]
    e, E, n = np.empty((size, 1)), np.empty(()), np.array(float(size))
    flat_e = e.ravel()
    o = problem.optimizer
    m, v, mh, vh, move, tmp = (np.zeros_like(w) for _ in range(6))
    b1, b2, c1, c2 = np.array(o.beta1), np.array(o.beta2), np.array(1 - o.beta1), np.array(1 - o.beta2)
    minus_eta, eps, k1, k2 = np.array(-o.learning_rate), np.array(o.epsilon), np.empty(()), np.empty(())
    errors = np.empty(count)
    add, mul, sub, div, mm, exp, neg = np.add, np.multiply, np.subtract, np.divide, np.matmul, np.exp, np.negative
    root, total = np.sqrt, np.add.reduce
    x, t = np.empty((size, 2)), np.empty((size, 1))
    for i in range(count):
        at = i % batches * size
        x[...] = X[at : at + size]
        t[...] = T[at : at + size]
        a = x
        for L in range(3):
            mm(a, WT[L], net[L])
            add(net[L], b[L], net[L])
            a = out[L]
            neg(net[L], a)
            exp(a, a)
            add(ONE, a, a)
            div(ONE, a, a)
        sub(t, a, e)
        mul(e, e, e)
        mul(HALF, e, e)
        total(flat_e, -1, None, E)
        div(E, n, E)
        sub(a, t, og[2])
        for L in (2, 1, 0):
            if L < 2:
                (mul if L == 1 else mm)(d[L + 1], W[L + 1], og[L])
            sub(ONE, out[L], s[L])
            mul(out[L], s[L], s[L])
            mul(og[L], s[L], d[L])
            mm(dT[L], out[L - 1] if L else x, gW[L])
            total(d[L], -2, None, gb[L])
        div(g, n, g)
        k1[()] = o.beta1 ** (i + 1)
        k2[()] = o.beta2 ** (i + 1)
        mul(b1, m, m)
        mul(c1, g, tmp)
        add(m, tmp, m)
        mul(b2, v, v)
        mul(g, g, tmp)
        mul(c2, tmp, tmp)
        add(v, tmp, v)
        sub(ONE, k1, k1)
        div(m, k1, mh)
        sub(ONE, k2, k2)
        div(v, k2, vh)
        mul(minus_eta, mh, move)
        root(vh, tmp)
        add(tmp, eps, tmp)
        div(move, tmp, move)
        add(w, move, w)
        errors[i] = E
    assert np.isfinite(errors).all() and np.isfinite(w).all()
    return errors


def hand_digits(problem: Problem, count: int) -> np.ndarray:
    """64-64-10, sigmoid and softmax, batches of 32, momentum."""
    flat = Flat(problem)
    w, g, (W1, W2), (b1, b2), (gW1, gW2), (gb1, gb2) = flat.w, flat.g, flat.W, flat.b, flat.gW, flat.gb
    X, T, size = problem.samples.inputs, problem.samples.targets, problem.batch_size
    batches = len(X) // size
    n1, h, og1, s1, d1 = (np.empty((size, 64)) for _ in range(5))
    n2, p, d2, e = (np.empty((size, 10)) for _ in range(4))
    apart, top_n, top_p = np.empty((size, 10, 10)), np.empty((size, 1)), np.empty((size, 1))
    log_p = np.empty((size, 1))
    rows, columns = n2[:, None, :], n2[:, :, None]
    v, tmp, E, n = np.zeros_like(w), np.empty_like(w), np.empty(()), np.array(float(size))
    eta, mu = np.array(problem.optimizer.learning_rate), np.array(problem.optimizer.momentum)
    errors = np.empty(count)
    W1T, W2T, d1T, d2T, flat_e = W1.T, W2.T, d1.T, d2.T, e.ravel()
    add, mul, sub, div, mm, exp, neg = np.add, np.multiply, np.subtract, np.divide, np.matmul, np.exp, np.negative
    total, largest, log = np.add.reduce, np.maximum.reduce, np.log
    x, t = np.empty((size, 64)), np.empty((size, 10))
    for i in range(count):
        at = i % batches * size
        x[...] = X[at : at + size]
        t[...] = T[at : at + size]
        mm(x, W1T, n1)
        add(n1, b1, n1)
        neg(n1, h)
        exp(h, h)
        add(ONE, h, h)
        div(ONE, h, h)
        mm(h, W2T, n2)
        add(n2, b2, n2)
        sub(rows, columns, apart)
        exp(apart, apart)
        total(apart, -1, None, p)
        div(ONE, p, p)
        largest(n2, -1, None, top_n, True)
        largest(p, -1, None, top_p, True)
        sub(top_n, n2, e)
        log(top_p, log_p)
        sub(e, log_p, e)
        mul(t, e, e)
        total(flat_e, -1, None, E)
        div(E, n, E)
        sub(p, t, d2)
        mm(d2T, h, gW2)
        total(d2, -2, None, gb2)
        mm(d2, W2, og1)
        sub(ONE, h, s1)
        mul(h, s1, s1)
        mul(og1, s1, d1)
        mm(d1T, x, gW1)
        total(d1, -2, None, gb1)
        div(g, n, g)
        mul(mu, v, v)
        mul(eta, g, tmp)
        sub(v, tmp, v)
        add(w, v, w)
        errors[i] = E
    assert np.isfinite(errors).all() and np.isfinite(w).all()
    return errors


def hand_deep(problem: Problem, count: int) -> np.ndarray:
    """50 layers of 32, tanh, half the squared error, batches of 32, gradient descent."""
    flat = Flat(problem)
    w, g, W, b, gW, gb = flat.w, flat.g, flat.W, flat.b, flat.gW, flat.gb
    X, T, size = problem.samples.inputs, problem.samples.targets, problem.batch_size
    batches, depth = len(X) // size, len(W)
    net, out, og, s, d = ([np.empty((size, 32)) for _ in W] for _ in range(5))
    x, t = np.empty((size, 32)), np.empty((size, 32))
    below = [x, *out[:-1]]
    ahead = list(zip(below, [one.T for one in W], b, net, out, strict=True))
    back = list(zip(og, out, s, d, [one.T for one in d], below, gW, gb, strict=True))[::-1]
    above = [None, *zip(d[1:], W[1:], strict=True)][1:][::-1]
    e, E, n = np.empty((size, 32)), np.empty(()), np.array(float(size))
    flat_e, tmp, eta, errors = e.ravel(), np.empty_like(w), np.array(problem.optimizer.learning_rate), np.empty(count)
    add, mul, sub, div, mm, tanh = np.add, np.multiply, np.subtract, np.divide, np.matmul, np.tanh
    total = np.add.reduce
    sends = [None, *above]
    for i in range(count):
        at = i % batches * size
        x[...] = X[at : at + size]
        t[...] = T[at : at + size]
        for a, weights, bias, its_net, its_out in ahead:
            mm(a, weights, its_net)
            add(its_net, bias, its_net)
            tanh(its_net, its_out)
        last = out[depth - 1]
        sub(t, last, e)
        mul(e, e, e)
        mul(HALF, e, e)
        total(flat_e, -1, None, E)
        div(E, n, E)
        for (its_og, its_out, its_s, its_d, its_dT, a, its_gW, its_gb), send in zip(back, sends, strict=True):
            if send is None:
                sub(its_out, t, its_og)
            else:
                mm(send[0], send[1], its_og)
            mul(its_out, its_out, its_s)
            sub(ONE, its_s, its_s)
            mul(its_og, its_s, its_d)
            mm(its_dT, a, its_gW)
            total(its_d, -2, None, its_gb)
        div(g, n, g)
        mul(eta, g, tmp)
        sub(w, tmp, w)
        errors[i] = E
    assert np.isfinite(errors).all() and np.isfinite(w).all()
    return errors


def races() -> list[Race]:
    random = np.random.default_rng(0)
    digits = Samples(random.random((320, 64)), np.eye(10)[random.integers(0, 10, 320)])
    deep = Samples(random.uniform(-1, 1, (320, 32)), random.uniform(-0.5, 0.5, (320, 32)))
    return [
        Race(
            "XOR 2-2-1, full batch",
            Problem(_network((2, 2, 1), "sigmoid", "sigmoid", "uniform"), xor(), Optimizer("sgd", 4.0), batch="full"),
            10_000, hand_xor, 1.5,
        ),
        Race(
            "moons 2-16-16-1, Adam, batch 32",
            Problem(_network((2, 16, 16, 1), "sigmoid", "sigmoid", "xavier"), two_moons(320),
                    Optimizer("adam", 0.01), batch=32),
            5_000, hand_moons, 1.5,
        ),
        Race(
            "64-64-10 softmax, momentum, batch 32",
            Problem(_network((64, 64, 10), "sigmoid", "identity", "xavier"), digits,
                    Optimizer("momentum", 0.1), "softmax-ce", batch=32),
            2_000, hand_digits, 1.3,
        ),
        Race(
            "50 layers of 32, tanh, batch 32",
            Problem(_network((32,) * 51, "tanh", "tanh", "xavier"), deep, Optimizer("sgd", 0.01), batch=32),
            150, hand_deep, 1.3,
        ),
    ]  # fmt: skip


def ours(problem: Problem, count: int) -> np.ndarray:
    engine = Engine(problem)
    return Runner(engine, engine.start()).chunk(count).errors


def rows(runs: int) -> Iterator[Row]:
    for race in races():
        yield _by_hand(race, runs)
        for peer in PEERS:
            yield _beside(race, peer, runs)


def _by_hand(race: Race, runs: int) -> Row:
    # Both work out the same errors, bit for bit, before either is timed.
    assert (ours(race.problem, 100) == race.hand(race.problem, 100)).all(), race.name
    mine, theirs = [], []
    for _ in range(runs):
        for work, times in ((ours, mine), (race.hand, theirs)):
            times.append(_timed(lambda work=work: work(race.problem, race.iterations)) / race.iterations)
    return _row(race.name, mine, f"NumPy by hand, ≤ {race.allowed}", theirs)


def _beside(race: Race, peer: Peer, runs: int) -> Row:
    problem = peer.trains(race.problem)
    if not peer.here:
        return Row(race.name, (), peer.name, ["not installed"])
    if problem is None:
        return Row(race.name, (), peer.name, ["too large for it"])
    whole = problem.epoch_iterations if peer.epochs else 1
    count = max(1, int(race.iterations * peer.share(problem)) // whole) * whole
    loop, few = peer.loop(problem), min(count, 10 * problem.epoch_iterations)
    expected, found = peer.errors(problem, ours(problem, few)), loop(few)
    apart = float(np.max(np.abs(found - expected) / expected))
    assert apart <= AGREES, f"{race.name}, {peer.name}: the errors are {apart:.1e} apart"
    mine, theirs = [], []
    for _ in range(runs):
        mine.append(_timed(lambda: ours(problem, race.iterations)) / race.iterations)
        theirs.append(_timed(lambda: loop(count)) / count)
    return _row(race.name, mine, f"{peer.name} {peer.version}", theirs)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _row(name: str, mine: list[float], beside: str, theirs: list[float]) -> Row:
    told = ([microseconds(statistics.median(times))] for times in (mine, theirs))
    return Row(name, next(told), beside, next(told), [paired(mine, theirs)])


if __name__ == "__main__":
    table.heading()
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 9):
        table.show(row)
