"""What the views tell, held to the record: figures, signs, sides, counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import screens
from test_following import typed

from nntutor.core.files.problem import parse
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.course import load
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.views import paths
from nntutor.tui.plain import extents, panels, telling
from nntutor.tui.plain.spoken import words_of
from nntutor.tui.plain.step import layer_name
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Why
from nntutor.tui.state.session import Press, Session
from nntutor.tui.state.study import Study
from nntutor.tui.state.update import update

_NUMBER = r"[+−]?\d+(?:\.\d+)?(?:e-?\d+)?"


def at(lesson: str, view: str, stop: int | None = None, *symbol: str) -> Session:
    """A lesson with this view, at the first stop that asks for it or at another, or at the step of a symbol."""
    session = screens.of_lesson(lesson)
    assert session.study is not None and session.study.lesson is not None
    stops = session.study.lesson.stops
    stop = next(n for n, one in enumerate(stops) if one.view == view) if stop is None else stop
    for _ in range(2):  # one that is far takes a run to it, and then one of its own
        session = lint.ran(screens.replace(session, study=moves.at_stop(study_of(session), stop)))
    for one in symbol:
        study = moves.go_to(study_of(session), one)
        session = screens.replace(session, study=study)
    while study_of(session).view != view:
        session = update(session, Press("view"), extents)
    return session


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def said(session: Session) -> str:
    return "\n".join(telling.view(session))


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_a_stop_is_told_with_the_view_that_it_speaks_of_and_this_only_once() -> None:
    first = screens.of_lesson("wall")
    lines = telling.told(None, first)
    assert lines[lines.index("View: plane.") - 2].startswith("Stop 1 of 17: ")
    second = update(first, Press("continue"), extents)
    assert [line.partition(":")[0] for line in telling.told(first, second)] == ["Stop 2 of 17"]
    moved = telling.told(second, update(second, Press("continue"), extents))
    assert moved[0].startswith("Step 5 of 11") and "View: plane." not in moved  # nothing on the plane is another yet


@pytest.mark.parametrize("stop", range(17))
def test_every_point_of_the_plane_is_on_the_side_that_its_answer_says(stop: int) -> None:
    session = at("wall", "plane", stop, "1")
    study = study_of(session)
    weights = study.trace.array("weight", 1)[0]
    bias = study.trace.array("weight", 1, bias=True)[0]
    samples = study.trace.problem.samples
    for point, (target,) in zip(samples.inputs, samples.targets, strict=True):
        right = (float(point @ weights + bias) >= 0) == bool(target)
        side = "right" if right else "wrong"
        line = rf"\({point[0]:g},{point[1]:g}\), target {target:g}(, the row at hand)?: on the {side} side\."
        assert re.search(line, said(session))
    x, y = samples.inputs[study.trace.samples[0]]
    assert f"({x:g},{y:g}), target {samples.targets[study.trace.samples[0]][0]:g}, the row at hand: " in said(session)
    if not weights.any():
        assert "Line of o1: there is none" in said(session)
        return
    steep = 0 if abs(weights[0]) >= abs(weights[1]) else 1
    assert f"towards {'larger' if weights[steep] > 0 else 'smaller'} x{steep + 1}." in said(session)


def test_of_a_large_network_what_is_near_the_number_at_hand_is_told_and_how_much_is_not() -> None:
    source = f"[[layer]]\nunits = 40\n[[layer]]\nunits = 3\n[[sample]]\ninput = {[0.5] * 64}\ntarget = [1, 0, 0]\n"
    study = moves.opened("x", None, {"main": parse(source, "x", Path())}, {})
    session = screens.replace(screens.of_lesson("cycle"), study=moves.go_to(study, "w2555"))
    step = study_of(session).step.ref
    lines = telling.view(session)
    units = [line for line in lines if re.match("[ho][0-9]+, ", line)]
    assert len(units) == 24 and lines[-1] == "and 19 more."
    here = next(line for line in units if line.startswith(f"h{step.unit}, "))
    weight, source_unit = study_of(session).trace.symbol(step._replace(kind="weight")), f"x{step.input}"
    assert re.search(f"{weight} {_NUMBER} from {source_unit}", here) and "and 41 more" in here
    assert f"net_h{step.unit} " in here and f"δ_h{step.unit} " in here and "goes to o1 along" in here


def test_a_cycle_that_has_closed_is_told() -> None:
    assert "The same weights, the same row: from here it repeats for ever" in said(at("wall", "plane", 12))


def test_the_table_of_inequalities_says_which_hold() -> None:
    rows = [line for line in said(at("wall", "inequalities")).splitlines() if " asks " in line and "; now " in line]
    assert len(rows) == 4
    for row in rows:
        asked, net, sign, verdict = re.search("asks (.+?) [<≥] 0; now (.+?) ([<≥]) 0, (holds|fails)", row).groups()  # type: ignore[union-attr]
        assert ((number(net) < 0) == (sign == "<")) == (verdict == "holds") and "b" in asked


def test_hidden_units_are_told_for_every_sample_that_has_been_seen() -> None:
    session = at("by-hand", "planes", None, "E")
    trace, text = study_of(session).trace, said(session)
    for sample in trace.samples:
        h1, h2 = (f"{trace.value(Ref('out', 1, unit, 0, sample)):.4g}" for unit in (1, 2))
        assert re.search(rf"^Sample .+: h1 {h1}0*, h2 {h2}0*\.$", text, re.MULTILINE)
    assert "hidden plane:" in text and text.splitlines()[-1].startswith("Line of o1: ")


def test_two_runs_are_alike_where_their_figures_are_and_told_apart_where_not() -> None:
    session = at("old-weights", "runs", None, "w1")
    study = study_of(session)
    right, wrong = (study.timelines[run].trace_of(study.place.iteration) for run in study.timelines)
    if study.run != next(iter(study.timelines)):
        right, wrong = wrong, right
    lines = telling.view(session)[1:]
    assert {line.endswith("alike.") for line in lines} == {True, False}
    for line in lines:
        symbol = line.split(":")[0]
        ref = right.find(symbol)
        assert ref is not None
        values = [right.value(ref), *([] if line.endswith("alike.") else [wrong.value(ref)])]
        assert (right.value(ref) == wrong.value(ref)) == line.endswith("alike.")
        for value in values:
            assert any(number(one) == pytest.approx(value, rel=1e-8) for one in re.findall(r"[+−]?\d+\.\d+", line))


def test_a_move_is_told_as_the_new_weight_less_the_old_one() -> None:
    session = at("momentum", "moves", None, "w1")
    trace = study_of(session).trace
    line = telling.view(session)[1]
    found = re.search(rf"Δ ({_NUMBER}), w1⁺ ({_NUMBER}), Δ/η ({_NUMBER})", line)
    assert found is not None and line.startswith("w1 ")
    move = trace["w1_new"] - trace["w1"]
    assert number(found[1]) == pytest.approx(move, rel=5e-3)
    assert number(found[2]) == pytest.approx(trace["w1_new"], rel=5e-3)
    assert number(found[3]) == pytest.approx(move / trace["eta"], rel=5e-3)


@pytest.mark.parametrize("lesson", ["sgd", "momentum", "adam"])
def test_racers_have_made_as_many_moves_as_their_samples_allow(lesson: str) -> None:
    found = load.find(lesson)
    assert found is not None
    session = at(lesson, "race", max(n for n, stop in enumerate(found.stops) if stop.view == "race"))
    study = study_of(session)
    lines = [line for line in telling.view(session) if re.match("[A-Z] ", line)]
    names = moves.compared_runs(study)
    assert len(lines) == len(names) and sum("run at hand" in line for line in lines) == 1
    seen = int(re.search(r"(?:touched|moves made): (\d+)\.", said(session))[1])  # type: ignore[index]
    for line, name in zip(lines, names, strict=True):
        made = int(re.search(r"after (\d+) moves", line)[1])  # type: ignore[index]
        assert made == seen // max(1, study.timelines[name].problem.batch_size)


def test_the_way_down_is_told_move_by_move_with_the_heights_of_the_record() -> None:
    session = at("descent", "parabola", 6)
    study = study_of(session)
    weights, errors = study.timeline.path((Ref("weight", 1, 1, 1),), study.place.iteration), study.timeline.errors
    told = re.findall(rf"move (\d+): w1 ({_NUMBER}), E ({_NUMBER})", said(session))
    assert int(told[-1][0]) == len(paths.path(study, (Ref("weight", 1, 1, 1),))) - 1 > 0
    for move, weight, error in told:
        if int(move) < min(len(weights), study.place.iteration):
            assert number(weight) == pytest.approx(weights[int(move), 0], rel=1e-3)
            assert number(error) == pytest.approx(errors[int(move)], rel=1e-3)


@pytest.mark.parametrize(
    ("line", "told"), [("w1 = 2", "start of iteration 2: w1 2, E 0"), ("η = 1/4", "move 1: w1 2,")]
)
def test_a_weight_that_was_typed_on_the_way_is_not_told_as_where_a_move_led(line: str, told: str) -> None:
    """“move 1: w1 2” stood there of a move that had led to 1.25."""
    session = typed(at("descent", "parabola", 4), line)
    assert study_of(session).place.iteration == 2 and told in said(session)
    assert ("move" in said(session)) == line.startswith("η")


FAR = 10_500


def far(lesson: str, run: str, view: str, symbol: str) -> Session:
    session = screens.of_lesson(lesson)
    study = moves.to(screens.replace(study_of(session), run=run), FAR, 1)
    session = lint.ran(screens.replace(session, study=study))
    return screens.replace(session, study=screens.replace(moves.go_to(study_of(session), symbol), view=view))


@pytest.mark.parametrize("symbol", ["E", "∂E/∂w2", "w2"])
def test_after_ten_thousand_moves_the_way_ends_where_we_are(symbol: str) -> None:
    """It ended at the 10000th, which was told as the place at hand, with its E."""
    session = far("adam", "rosenbrock-sgd", "contours", symbol)
    study, look = study_of(session), look_of(session)
    trace = study.timeline.trace_of(FAR + (symbol == "w2"))
    told = said(session)
    point = ", ".join(f"{name} {look.figure(trace.value(trace.find(name)))}" for name in ("w1", "w2"))  # type: ignore[arg-type]
    assert f"Now at {point}, E {look.figure(trace.error)}." in told
    assert f"; move {trace.iteration - 1}: {point}, E {look.figure(trace.error)}." in told
    signs = re.search("Signs of .* so far: ([+−0 ]+)", told)
    assert signs is not None
    last = FAR - (symbol == "E")
    expected = [study.timeline.trace_of(one).value(Ref("grad", 1, 1, 2)) for one in range(last - 39, last + 1)]
    assert signs[1].split() == ["+" if slope > 0 else "−" for slope in expected]


def test_a_start_far_on_its_way_runs_nothing_again_to_show_it(tmp_path: Path) -> None:
    session = far("adam", "rosenbrock-sgd", "contours", "∂E/∂w2")
    again = screens.resumed(tmp_path, session)
    timeline = study_of(again).timeline
    here, told = timeline.trace_of(FAR), said(again)
    assert f"; move {FAR - 1}: " in told and f", E {look_of(again).figure(here.error)}." in told
    assert re.findall("Signs of .* so far: ([+−0 ]+)", told) == ["+" if here["dE/dw2"] > 0 else "−"]
    earlier = timeline.histories[0].earlier
    assert earlier is not None and earlier.newest <= 10_000


@pytest.mark.parametrize(("lesson", "run"), [("momentum", "plain"), ("sgd", "full"), ("adam", "xor-adam")])
def test_a_race_says_after_how_many_moves_its_ways_end_and_runs_nobody_further(lesson: str, run: str) -> None:
    """“Moves made: 99999” stood over what 9999 had made; where E was all, every racer ran on, for minutes."""
    session = far(lesson, run, "race", "1")
    study = study_of(session)
    before = {name: one.newest for name, one in study.timelines.items()}
    head = said(session).splitlines()[1]
    assert head.endswith("; none goes past 9999 moves.") and (
        head.startswith("moves made: 9999;") == (lesson == "momentum")
    )
    assert head[:-1] in " ".join(screens.lines(session))
    for name in moves.compared_runs(study):
        assert study.timelines[name].newest <= max(before[name], 10_000)


def test_the_signs_of_the_steep_slope_are_those_of_its_gradients() -> None:
    session = at("momentum", "contours", 2)
    study = study_of(session)
    signs = re.search("so far: ([+−0 ]+)", said(session))
    assert signs is not None
    for iteration, sign in enumerate(signs[1].split(), 1):
        assert (study.timeline.trace_of(iteration)["dE/dw2"] > 0) == (sign == "+")


def test_layers_are_told_with_the_mean_size_of_their_gradients() -> None:
    session = at("vanishing", "layers", None, "dE/dw1")
    trace = study_of(session).trace
    words, look, last = words_of(session), look_of(session), trace.names.last
    for layer in range(2, last + 1):  # of the first one a single weight has its gradient yet
        told = re.search(f"{layer_name(trace, layer, words, look)}: ({_NUMBER})", said(session))
        assert told is not None
        assert number(told[1]) == pytest.approx(float(np.mean(np.abs(trace.array("grad", layer)))), rel=1e-3)
        beside = float(np.mean(np.abs(trace.array("grad", last)))) * 0.25 ** (last - layer)
        tail = said(session).split(told[0])[1].split(";")[0]
        assert layer == last or number(re.findall(_NUMBER, tail)[0]) == pytest.approx(beside, rel=1e-3)
    assert f"{layer_name(trace, 1, words, look)}: not made yet" in said(session)


def test_slope_and_nudge_are_those_of_the_unit_at_hand() -> None:
    assert "The slope is 0 everywhere." in said(at("neuron", "slopes"))
    session = at("neuron", "slopes", 4, "slope_o1")
    trace = study_of(session).trace
    found = re.search(rf"out is ({_NUMBER}) and its slope ({_NUMBER}) at net ({_NUMBER})", said(session))
    assert found is not None
    assert [number(one) for one in found.groups()] == pytest.approx(
        [trace["o1"], trace["slope_o1"], trace["net_o1"]], rel=1e-3
    )
    assert "largest, 0.25, at net 0." in said(session)
    chain = said(at("neuron", "nudge", None, "w1"))
    factors = re.findall(rf"ratio ({_NUMBER}), factor (.+?) = ({_NUMBER})", chain)
    assert len(factors) == 3
    assert all(number(ratio) == pytest.approx(number(value), rel=2e-2) for ratio, _, value in factors)


def test_seeds_are_counted_as_solved_or_by_where_they_wait() -> None:
    session = at("xor", "seeds")
    seeds = study_of(session).seeds
    assert seeds is not None
    told = said(session)
    assert f"Solved by {int(seeds.solved.sum())} of {len(seeds.solved)} seeds" in told
    waiting = sum(int(count) for count in re.findall(r"(\d+) wait at", told))
    assert waiting == len(seeds.solved) - int(seeds.solved.sum())


def test_the_steps_are_told_as_far_as_they_are_made() -> None:
    session = at("hidden-delta", "steps", 0, "δ_o1")
    study, told = study_of(session), said(session)
    here = study.timeline.step
    lines = dict(re.findall(r"(\d+): (.+)", told))
    assert len(lines) == 24 and str(here) in lines
    for index, line in lines.items():
        step = study.trace.step(int(index))
        assert line.startswith(step.symbol)
        assert ("not yet" in line) == (int(index) > here)
        if int(index) <= here:
            assert number(line.partition(" = ")[2].rstrip(".")) == pytest.approx(step.value, rel=1e-3)
    assert f"and {len(study.trace) - 24} more" in told


def test_operands_are_told_from_1_on_with_what_made_each() -> None:
    session = screens.of_lesson("hidden-delta")
    study = moves.go_to(study_of(session), "delta_h1")
    session = screens.replace(session, study=screens.replace(study, panel=Why()))
    look = look_of(session)
    lines = panels.panel_lines(session, study_of(session), Why(), words_of(session), look)
    assert lines[1] == "1: ∂E/∂h1 = 0.0363503, made in step 22."
    assert [line.split(":")[0] for line in lines[1:-1]] == ["1", "2"]
