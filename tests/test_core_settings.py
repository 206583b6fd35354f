"""The same problem with another setting: what changes is that setting, and many seeds are many single runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.engine.program import Engine
from nntutor.core.engine.seeds import from_seeds, solved
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Runner
from nntutor.core.files.problem import parse
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import MOST_LAYERS, setting, varied
from nntutor.lessons.course import builtin

DRAWN = """
batch = "full"
[optimizer]
learning_rate = 4.0
[[layer]]
units = 2
[[layer]]
units = 1
[[sample]]
input = [0, 0]
target = [0]
[[sample]]
input = [0, 1]
target = [1]
[[sample]]
input = [1, 0]
target = [1]
[[sample]]
input = [1, 1]
target = [0]
"""


@pytest.fixture
def drawn() -> Problem:
    return parse(DRAWN, "drawn.toml")


@given(st.integers(0, 1000))
def test_another_seed_is_the_file_with_that_seed(seed: int) -> None:
    one = varied(parse(DRAWN, "drawn.toml"), {"seed": seed})
    other = parse(f"seed = {seed}\n{DRAWN}", "drawn.toml")
    for a, b in zip(one.network.layers, other.network.layers, strict=True):
        assert a.weights.tobytes() == b.weights.tobytes()


@given(st.integers(1, MOST_LAYERS))
def test_a_depth_is_that_many_hidden_layers_that_chain(depth: int) -> None:
    deep = varied(parse(DRAWN, "drawn.toml"), {"depth": depth, "activation": "relu"})
    assert setting(deep, "set_depth") == depth
    assert deep.network.sizes == (2, *[2] * depth, 1)
    assert [layer.activation for layer in deep.network.layers] == ["relu"] * depth + ["sigmoid"]
    file = DRAWN.replace("units = 2\n", "units = 2\n[[layer]]\n" * 0 + "units = 2\n")
    listed = parse(file.replace("[[layer]]\nunits = 2\n", "[[layer]]\nunits = 2\n" * depth), "deep.toml")
    for a, b in zip(deep.network.layers, listed.network.layers, strict=True):
        assert a.weights.tobytes() == b.weights.tobytes()


@pytest.mark.parametrize("changes", [{"depth": 0}, {"depth": 51}, {"depth": 1.5}, {"seed": -1}, {"batch": 0}])
def test_a_setting_that_cannot_be_is_refused(drawn: Problem, changes: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        varied(drawn, changes)


def test_an_unknown_setting_is_refused(drawn: Problem) -> None:
    with pytest.raises(KeyError):
        varied(drawn, {"colour": 1})


def test_an_optimizer_comes_with_its_usual_rates(drawn: Problem) -> None:
    changed = varied(drawn, {"optimizer": "adam", "beta1": 0.8})
    assert (changed.optimizer.name, changed.optimizer.learning_rate, changed.optimizer.beta1) == ("adam", 0.01, 0.8)


def test_many_seeds_are_many_single_runs_bit_for_bit(drawn: Problem) -> None:
    engine, start = from_seeds(drawn, range(7))
    together = Runner(engine, start).chunk(300)
    for seed in range(7):
        alone = Engine(varied(drawn, {"seed": seed}))
        run = Runner(alone, alone.start()).chunk(300)
        np.testing.assert_array_equal(together.state.params[seed], run.state.params)
        np.testing.assert_array_equal(together.errors[:, seed], run.errors)


def test_solved_is_every_answer_on_its_side_of_a_half(drawn: Problem) -> None:
    engine, start = from_seeds(drawn, range(20))
    end = Runner(engine, start).chunk(2000).state
    for seed, verdict in enumerate(solved(engine, end)):
        timeline = Timeline.start(varied(drawn, {"seed": seed}))
        outputs = timeline.trace_of(2001).array("out", 2).ravel()
        assert bool(verdict) == bool(((outputs >= 0.5) == np.array([0, 1, 1, 0], dtype=bool)).all())


@given(st.sampled_from(("set_depth", "set_seed", "set_batch")), st.integers(1, 4), st.integers(1, 30))
def test_a_setting_counts_from_the_first_iteration_and_undo_brings_the_old_one_back(
    kind: str, value: int, at: int
) -> None:
    problem = parse(DRAWN, "drawn.toml")
    before = Timeline.start(problem).to(at)
    changed = before.edit(Ref(kind), value)
    assert setting(changed.problem, kind) == value
    other = Timeline.start(varied(problem, {kind.removeprefix("set_"): value})).to(at)
    assert changed.trace.before.params.tobytes() == other.trace.before.params.tobytes()
    back = changed.undo()
    assert back.trace.before.params.tobytes() == before.trace.before.params.tobytes()
    again = back.redo()
    assert again.trace.before.params.tobytes() == other.trace.before.params.tobytes()


def test_a_weight_that_was_set_stays_where_a_setting_does_not_change_it() -> None:
    begun = Timeline.start(parse(DRAWN, "drawn.toml"))
    depth = len(begun.problem.network.layers)
    first, last, bias = Ref("weight", 1, 1, 1), Ref("weight", depth, 1, 1), Ref("weight", 1, 1)
    there = begun.edit(first, 0.125).edit(last, 0.25).edit(bias, 0.375)
    batch = there.edit(Ref("set_batch"), 2).trace
    assert [batch.value(ref) for ref in (first, last, bias)] == [0.125, 0.25, 0.375]
    deeper = there.edit(Ref("set_depth"), depth + 1)
    assert [deeper.trace.value(ref) for ref in (first, bias)] == [0.125, 0.375]
    seed = there.edit(Ref("set_seed"), 3)
    drawn = begun.edit(Ref("set_seed"), 3).trace
    assert [seed.trace.value(ref) for ref in (first, last)] == [drawn.value(first), drawn.value(last)]
    assert seed.trace.value(bias) == 0.375, "what is not drawn is not drawn anew"


@pytest.mark.parametrize("name", ["two-paths", "deep"])
def test_a_depth_that_is_set_back_brings_the_network_back(name: str) -> None:
    """Layers that were listed too, and with another seed and batch in between."""
    begun = Timeline.start(builtin.open(name))
    depth = len(begun.problem.network.layers) - 1
    for other in (depth - 1, depth + 2):
        changed = begun.edit(Ref("set_depth"), other).edit(Ref("set_batch"), 2).edit(Ref("set_seed"), 5)
        back = changed.edit(Ref("set_seed"), begun.problem.seed).edit(Ref("set_depth"), depth)
        assert back.trace.before.params.tobytes() == begun.trace.before.params.tobytes()
        again = Timeline.resumed(begun.original, "", back.edits, 2, 1, back.to(2).trace.before)
        assert again.to(1).trace.before.params.tobytes() == begun.trace.before.params.tobytes()
        assert [one.activation for one in again.problem.network.layers] == [
            one.activation for one in begun.problem.network.layers
        ]


def test_a_weight_can_be_edited_after_a_setting() -> None:
    timeline = Timeline.start(parse(DRAWN, "drawn.toml")).edit(Ref("set_depth"), 3).edit(Ref("weight", 3, 1, 1), 0.25)
    assert timeline.trace.value(Ref("weight", 3, 1, 1)) == 0.25
    assert len(timeline.problem.network.layers) == 4
