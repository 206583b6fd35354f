"""What a change does is what the screen says of it: shown values are those of a training from nothing with the shown
settings, in every lesson, after every change that it allows."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import screens
from test_following import at, screen, typed
from test_session import typed as gone

from nntutor.core.analysis.gradient_check import check
from nntutor.core.arrays import frozen
from nntutor.core.engine import history
from nntutor.core.engine.edits import MOST_EDITS, Edit, effective, given, with_given
from nntutor.core.engine.history import History
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.training import run
from nntutor.core.files.problem import parse
from nntutor.core.notation.figures import figure
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS, bounds
from nntutor.core.rules.optimizers import RATE_FIELDS, in_range
from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.model import Lesson, Stop
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.views import table
from nntutor.tui.state import edit_line, edits, moves
from nntutor.tui.state.session import Resized, Session, Typed
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.study import Seeds, Study

LESSONS = load.lessons()
FAR = 150  # iterations; further on the same holds, and takes longer


@dataclass(frozen=True)
class Set:
    """A number set to a value from an iteration on."""

    since: int
    ref: Ref
    value: float


def trained(problem: Problem, mistake: str, change: Set, last: int) -> tuple[list[float], np.ndarray | None]:
    """E of iterations 1 to `last` and the weights before `last`, from nothing; no weights where it diverges before."""
    engine = Engine(problem, mistake)
    begun = run(engine, engine.start(), change.since - 1)
    state, errors = begun.state, list(begun.errors)
    if change.ref.kind == "weight":
        params = state.params.copy()
        array, place = engine.layout.parameter(params, change.ref)
        array[place] = change.value
        state = State(state.done, frozen(params), state.slots)
    else:
        engine = Engine(with_given(problem, change.ref, change.value), mistake)
        state = engine.start() if change.since == 1 else state
    before = run(engine, state, last - change.since)
    errors += [*before.errors]
    if before.diverged is not None:
        return errors, None
    return [*errors, *run(engine, before.state, 1).errors], before.state.params


def main_of(lesson: Lesson, problem: Problem, how: str) -> Set | None:
    """What + and − are to do by the lesson's own file."""
    main = lesson.main
    if main is None or main.runs:
        return None
    if main.setting:
        kind = next(kind for kind, name in NUMBERS.items() if name == main.setting)
        return Set(1, Ref(kind), given(problem, Ref(kind)) + (1 if how == "more" else -1))
    ref = moves.opened("", None, {"main": problem}, {}).trace.find(main.symbol)
    assert ref is not None
    now = given(problem, ref)
    return Set(1, ref, main.up(now) if how == "more" else main.down(now))


def keyed(lesson: Lesson, study: Study, how: str) -> Set | None:
    """What a key is to do."""
    problem = study.timeline.original
    if how in ("more", "less"):
        return main_of(lesson, problem, how)
    eta = Ref("rate_eta")
    return Set(1, eta, given(problem, eta) * (2.0 if how == "double" else 0.5))


def near_stops(lesson: Lesson) -> list[Stop]:
    """A stop for every run of a lesson: the first, and the last that is not far."""
    found: dict[tuple[str, bool], Stop] = {}
    for stop in lesson.stops:
        if stop.iteration <= FAR:
            found.setdefault((stop.run, False), stop)
            found[stop.run, True] = stop
    return list(dict.fromkeys(found.values()))


def is_as_said(before: Study, after: Session, change: Set) -> None:
    """The run at hand is one from nothing, and the status line has told what was changed and what came of it."""
    study = after.study
    assert study is not None
    timeline, mistake = study.timeline, study.timeline.mistake
    errors, params = trained(timeline.original, mistake, change, before.place.iteration)
    assert timeline.errors_until(timeline.iteration).tolist() == pytest.approx(
        errors[: timeline.iteration], nan_ok=True, rel=0
    )
    assert study.note is not None
    facts = study.note[1]
    ((_, was, now),) = facts["what"]
    assert (facts["since"], now) == (change.since, change.value)
    assert was == edits.given_value(before.timeline, change.ref, change.since)
    if params is not None:
        assert timeline.trace.before.params.tolist() == params.tolist()
        assert study.place.iteration == before.place.iteration
        for symbol, _, then in facts["came"] if not isinstance(facts["came"][0], str) else ():
            assert then == timeline.trace[symbol] or then != then
            assert symbol != "E" or then == errors[-1] or then != then
    if "race" in study.lesson.views:
        races(after)


_RACER = re.compile(r"[\[ ][A-Z] (.+?) η (\S+) E ([^\s\]]+)(?: moves (\d+))?")


def races(session: Session) -> None:
    """Beside each racer's name stand the rate and the moves that lead to its E, and whether it has been changed."""
    study = session.study
    assert study is not None
    words, look = words_with_keys(session), replace(look_of(session), digits=17)
    head, *rows = table.drawn("race", study, words, 400, 40, look)
    racers = [found for row in rows for found in _RACER.finditer("".join(piece.text for piece in row))]
    counted = re.search(r"[\d ,]+", head[0].text.strip().replace(" ", ""))
    assert counted is not None
    for name, racer in zip(moves.compared_runs(study), racers, strict=True):
        timeline = study.timelines[name]
        other = any(edit.value != given(timeline.original, edit.ref) for edit in timeline.edits)
        assert racer[1].endswith("(changed)") == other
        problem = timeline.original
        for edit in timeline.edits:
            if edit.ref.kind == "weight":
                return
            problem = with_given(problem, edit.ref, edit.value)
        rated = Set(1, Ref("rate_eta"), float(racer[2]))
        made = int(racer[4] or counted[0])
        _, params = trained(problem, timeline.mistake, rated, made + 1)
        if params is None:
            continue
        whole = Engine(replace(problem, batch="full"), timeline.mistake)
        error = run(whole, State(0, params, whole.start().slots), 1).errors[0]
        assert racer[3].replace("−", "-") == look.figure(float(error), digits=3)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_key_changes_what_the_screen_says_from_the_first_iteration_on(lesson: Lesson) -> None:
    for stop, keys in zip(near_stops(lesson), itertools.cycle([("more", "halve"), ("double", "less")])):
        session = at(screens.of_lesson(lesson.id, size=(120, 40), known=True), stop.id)
        study = session.study
        assert study is not None
        for how in keys:
            change, after = keyed(lesson, study, how), lint.ran(screens.pressed(session, how))
            assert after.study is not None
            if after.study.run != study.run:
                continue
            if change is None or not after.study.timeline.edits:
                assert after.study.note is not None, "a key that does nothing says why"
                assert not any(one.edits for one in after.study.timelines.values())
                continue
            is_as_said(study, after, change)
            back = lint.ran(screens.pressed(after, "undo")).study
            assert back is not None
            assert back.timeline.trace.before.params.tolist() == study.trace.before.params.tolist()
            assert back.note is not None
            assert back.note[1]["what"] == tuple((s, b, a) for s, a, b in after.study.note[1]["what"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_typed_number_counts_from_where_the_screen_says_and_its_preview_is_what_follows(lesson: Lesson) -> None:
    for turn, stop in enumerate(near_stops(lesson)):
        session = at(screens.of_lesson(lesson.id, size=(120, 40), known=True), stop.id)
        study = session.study
        assert study is not None
        main = keyed(lesson, study, "more")
        for ref in edits.editable(study)[turn % 2 :: 2]:
            now = edits.value_now(study, ref)
            value = round(0.75 * now + 0.123, 6) if ref.kind not in NUMBERS else now + 1
            if ref.kind in RATE_FIELDS and not in_range(ref.kind, value):
                continue
            line = f"{edits.symbol_of(study, ref)} = {value}"
            asked = screens.update(screens.pressed(session, "edit"), Typed(line))
            after = lint.ran(screens.pressed(asked, "continue"))
            whole = ref.kind in RATE_FIELDS or ref.kind in NUMBERS or (main is not None and ref == main.ref)
            is_as_said(study, after, Set(1 if whole else stop.iteration, ref, value))
            assert asked.study is not None
            assert edit_line.preview(asked.study, edit_line.Change(ref, value)) == after.study.note  # type: ignore[union-attr]


def test_at_every_step_of_a_unit_a_weight_into_it_can_be_edited() -> None:
    session = screens.of_lesson("hidden-delta", known=True)
    while (study := session.study) is not None and study.timeline.iteration == 1:
        unit = study.step.ref
        into = [ref for ref in edits.editable(study) if ref.kind == "weight" and ref[1:3] == (unit.layer, unit.unit)]
        assert len(into) >= 2 or not unit.unit, unit
        session = screens.pressed(session, "step")


SIZES = [(30, 10), (40, 12), (40, 24), (56, 17), (80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize(("lesson", "language"), list(zip(LESSONS, itertools.cycle(LANGUAGES))))
def test_what_is_told_of_a_change_is_cut_by_no_edge(lesson: Lesson, language: str) -> None:
    turn = itertools.cycle(SIZES)
    for stop in near_stops(lesson)[-1:]:
        session = at(screens.of_lesson(lesson.id, language, known=True), stop.id)
        study = session.study
        assert study is not None
        line = f"{study.trace.symbol(Ref('weight', 1, 1, 1))} = 0.123456"
        for keys in (("double",), ("double", "undo"), ("double", "undo", "redo"), ("double", "reset"), ()):
            after = session
            for key in keys:
                after = lint.ran(screens.pressed(after, key))
            after = after if keys else typed(after, line)
            assert after.study is not None
            note = after.study.note
            for _ in range(3) if note is not None and "what" in note[1] else ():
                width, height = next(turn)
                after = screens.update(after, Resized(width, height))
                shown = screen(after)
                came = note[1]["came"]
                for one in (*note[1]["what"], *(() if isinstance(came[0], str) else came)):
                    assert is_told(shown, *one), (width, height, one, shown)


def is_told(shown: str, symbol: str, before: float, then: float) -> bool:
    """Whether the screen says that a number went from one value to the other, whole and told apart."""
    if before == then:
        return re.search(rf"{re.escape(symbol)}( stays \S|[은는] \S+ 그대로)", shown) is not None
    for found in re.finditer(rf"{re.escape(symbol)} ([−\d]\S*) → ([−\d][^\s,;:\]]*)", shown):
        said = [float(one.replace("−", "-")) for one in found.groups()]
        if said == pytest.approx([before, then], rel=1e-3) and said[0] != said[1]:
            return True
    return False


def test_a_change_that_takes_a_run_is_told_at_its_end() -> None:
    session = at(screens.of_lesson("cycle", known=True), "curve")
    before = session.study
    assert before is not None
    running = screens.pressed(session, "more")
    assert running.study is not None
    assert running.study.running is not None
    study = lint.ran(running).study
    assert study is not None
    assert study.note is not None
    assert study.place == before.place
    came = {symbol: (was, now) for symbol, was, now in study.note[1]["came"]}
    assert came["E"] == (before.trace.error, study.trace.error)
    stopped = screens.pressed(running, "escape").study
    assert stopped is not None
    assert stopped.note is not None
    assert stopped.note[1]["came"][0] == "run.stopped"


def test_a_change_by_which_training_diverges_says_where() -> None:
    session = at(screens.of_lesson("descent", known=True), "creeping")
    for _ in range(12):
        session = screens.pressed(session, "double")
    for _ in range(200):
        session = screens.pressed(session, "iteration_next")
    session = lint.ran(screens.pressed(session, "double"))
    assert session.study is not None
    assert session.study.note is not None
    diverged = session.study.timeline.diverged
    assert diverged is not None
    assert "from iteration 1 on, in “η 1/8”: With these new weights E is no longer finite" in screen(session)
    assert f"in iteration {diverged}." in screen(session)


def test_the_trained_weight_is_not_taken_for_the_one_of_iteration_one() -> None:
    session = at(screens.of_lesson("xor", known=True), "wall")
    assert session.study is not None
    own = session.study.timeline.trace_of(1)["w4"]
    changed = lint.ran(screens.pressed(session, "more")).study
    assert changed is not None
    assert changed.timeline.trace_of(1)["w4"] == own + 0.1


def test_a_small_change_of_a_large_number_is_told_in_as_many_digits_as_show_it() -> None:
    session = at(typed(screens.of_lesson("start", size=(120, 40), known=True), "w1 = 1000"), "nudge")
    raised = screens.pressed(session, "more")
    assert "w1 1000 → 1000.001 (+0.001)" in screen(raised) and "With w1 at 1000.001 it is" in screen(raised)
    assert "Raise w1 from 1000.001 to 1000.002" in screen(at(raised, "slope"))


def test_a_later_edit_that_no_longer_counts_is_said_to() -> None:
    session = typed(at(screens.of_lesson("wall", known=True), "by-key"), "w1 = 1")
    assert "no longer counts" not in screen(session)
    assert "no longer counts" in screen(screens.pressed(session, "double"))


def test_a_run_holds_so_many_changes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that something lies on: every change is made again at each further one, and at every start."""
    session = screens.of_lesson("deeper", known=True)
    assert session.study is not None
    many = tuple(Edit(1, Ref("rate_eta"), 1.0 + number) for number in range(MOST_EDITS))
    timelines = {name: one.edited(many) for name, one in session.study.timelines.items()}
    full = replace(session, study=replace(session.study, timelines=MappingProxyType(timelines)))
    refused = screens.pressed(full, "double")
    assert refused.study is not None and refused.study.timeline.edits == many
    assert f"A run holds no more than {MOST_EDITS} changes" in screen(refused)
    made: list[History] = []
    plain = History.__init__
    monkeypatch.setattr(History, "__init__", lambda self, *given: (made.append(self), plain(self, *given))[1])
    own = screens.pressed(full, "reset").study
    assert own is not None and own.timeline.is_original and own.timeline.undone == many[::-1]
    assert len(made) <= 2 * len(timelines)  # at once, not one after the other


def test_edits_in_force_are_those_that_no_earlier_one_has_forgotten() -> None:
    class Counted(Edit):
        asked = 0

        def __getattribute__(self, name: str) -> object:
            Counted.asked += name == "iteration"
            return super().__getattribute__(name)

    order = np.random.default_rng(0).integers(1, 60, 900)
    listed = tuple(Counted(int(at), Ref("rate_eta"), float(number)) for number, at in enumerate(order))
    standing = effective(listed)
    assert Counted.asked < 5 * len(listed)
    after = [min(order[place:]) for place in range(len(order))]
    assert standing == tuple(one for one, least in zip(listed, after, strict=True) if one.iteration == least)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["start", "deeper", "sgd", "xor", "vanishing", "momentum"])
def test_of_a_setting_that_is_refused_it_is_said_which_values_it_can_have(name: str, language: str) -> None:
    say, first = words.load(language).say, screens.of_lesson(name, language, size=(120, 40))
    assert first.study is not None
    problem = first.study.timeline.problem
    for kind, setting in NUMBERS.items():
        found, called = bounds(problem, kind), say(f"setting_name.{setting}")
        if found is None:
            assert say("edit.no_setting", symbol=called) in screen(typed(first, f"{setting} = 2"))
            continue
        assert all(edits.can_be(problem, Ref(kind), value) for value in found)
        for value in (found[0] - 1, found[1] + 1, found[0] + 0.5):
            assert not edits.can_be(problem, Ref(kind), value)
            told = say("edit.not_a_setting", text=f"{value}", symbol=called, least=found[0], most=found[1])
            assert told in screen(typed(first, f"{setting} = {value}"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_to_be_undone_it_says_what_else_is(language: str) -> None:
    say, session = words.load(language).say, screens.of_lesson("adam", language)
    name = say("run_name.plain")

    def told(*keys: str) -> str:
        return " ".join(" ".join(screens.lines(screens.pressed(session, *keys))[-2:]).split())

    assert say("edit.nothing_to_undo", more="") in told("undo") and name not in told("undo")
    one = say("edit.another_has", run=name)
    session = typed(session, "w1 = 0.3")
    assert one in told("more", "undo") and one not in told("undo", "undo")
    assert one in told("undo", "more", "redo") and one not in told("more", "redo")
    for keys in (("reset", "undo"), ("undo", "undo")):
        assert words_with_keys(session).say("edit.to_redo").strip() in told(*keys)
    session = typed(screens.pressed(session, "more"), "w1 = 0.3")
    assert say("edit.others_have", count=2) in told("more", "undo")


def test_undo_takes_back_what_was_changed_in_the_run_at_hand() -> None:
    first = screens.pressed(at(screens.of_lesson("adam", known=True), "race-one"), "double")
    assert first.study is not None
    other = screens.pressed(first, "more", "halve", "undo").study
    assert other is not None
    assert other.run != first.study.run
    assert not other.timeline.edits
    assert other.timelines[first.study.run].edits
    assert not any(one.edits for one in screens.pressed(first, "more", "halve", "reset").study.timelines.values())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lesson", "stop", "line", "ref"),
    [
        ("wall", "by-key", "b = -0.5", Ref("weight", 1, 1, 0)),
        ("wall", "by-key", "b1 = -0.5", Ref("weight", 1, 1, 0)),
        ("wall", "by-key", "W1 = -0.5", Ref("weight", 1, 1, 1)),
        ("wall", "by-key", "w_1 = -0.5", Ref("weight", 1, 1, 1)),
        ("wall", "by-key", "w₁ = -0.5", Ref("weight", 1, 1, 1)),
        ("momentum", "why", "eta = 0.11", Ref("rate_eta")),
        ("momentum", "why", "mu = 0.25", Ref("rate_mu")),
        ("momentum", "why", "learning_rate = 0.11", Ref("rate_eta")),
        ("momentum", "ravine", "0,3", Ref("rate_mu")),
        ("output-delta", "update", "0.3", Ref("weight", 2, 1, 1)),
        ("deeper", "count", "3", Ref("set_depth")),
    ],
)
def test_a_typed_line_sets_what_it_names_or_what_is_at_hand(lesson: str, stop: str, line: str, ref: Ref) -> None:
    study = typed(at(screens.of_lesson(lesson, known=True), stop), line).study
    assert study is not None
    assert [edit.ref for edit in study.timeline.edits] == [ref]


@pytest.mark.parametrize(
    ("symbol", "now", "told"),
    [("δ_o1", "δ_o1", True), ("δ_h2", "δ_h1_2", True), ("w7⁺", "w15⁺", False), ("∂E/∂w5", "∂E/∂w13", False)],
)
def test_of_another_depth_a_number_is_told_as_what_it_was_before_and_is_after(
    symbol: str, now: str, told: bool
) -> None:
    """Layer 2 has another role then: δ_o1 was told as the delta of a hidden unit. An output's weight has another number
    then, so that nothing is told of it."""
    session = screens.of_lesson("hidden-delta", known=True)
    assert session.study is not None
    ref = session.study.trace.find(symbol)
    assert ref is not None
    index = session.study.trace.index_of(ref)
    assert index is not None
    before = replace(session, study=moves.to(session.study, 1, index))
    after = typed(before, "depth = 3")
    back = screens.pressed(after, "undo")
    for one, name in ((before, symbol), (after, now), (back, symbol)):
        assert one.study is not None
        assert one.study.step.symbol == name
    values = [figure(one.study.step.value) for one in (before, after) if one.study is not None]
    for one, name, pair in ((after, now, values), (back, symbol, values[::-1])):
        assert (f"{name} {' → '.join(pair)}, E " in screen(one)) == told
        assert "on: E " in screen(one) or told


@pytest.mark.parametrize(
    ("lesson", "line", "told"),
    [
        ("by-hand", "0.3", "“0.3” for which number?"),
        ("by-hand", "0x10", "“0x10” is not a number."),
        ("by-hand", "1/0", "“1/0” is not a number."),
        ("by-hand", "w99", "“w99” is not a number."),
        ("by-hand", "b = 1", "more than one bias: b_h1 to b_o1"),
        ("by-hand", "b2 = 1", "more than one bias: b_h1 to b_o1"),
        ("by-hand", "W_99 = 1", "no “W_99” in this network"),
        ("start", "mu = 0.5", "μ is not used by the rule of this run"),
    ],
)
def test_a_typed_line_that_could_mean_anything_asks(lesson: str, line: str, told: str) -> None:
    session = typed(screens.of_lesson(lesson, known=True), line)
    assert told in screen(session)
    assert session.study is not None
    assert not session.study.timeline.edits


@pytest.mark.parametrize("lesson", load.lessons(), ids=lambda lesson: lesson.id)
def test_what_a_line_shows_as_an_example_can_be_typed_in_every_run(lesson: Lesson) -> None:
    """It was w5, which a network of one unit does not have: who followed “Type w5 = 0.3” was refused."""
    keys = ("edit.how", "edit.which", "plain.edit_ask", "plain.edit_now", "plain.edit_then")
    said = [words.load(language).entries[key].replace("{text}", "0.3") for language in LANGUAGES for key in keys]
    examples = {found[0] for one in said if (found := re.search(r"\w+ = [\d.]+\d", one))}
    assert len(examples) == 2
    for one, example in itertools.product(lesson.runs, examples):
        after = typed(screens.of_problem(builtin.of_run(one)), example)
        assert after.study is not None and after.study.timeline.edits, (one.id, example)


@pytest.mark.parametrize("lesson", load.lessons(), ids=lambda lesson: lesson.id)
def test_where_a_line_says_that_one_can_go_is_there_in_every_run(lesson: Lesson) -> None:
    """Step 24 was offered in iterations of nine steps, δ_h1 in networks without a hidden layer."""
    shown = re.split(" {2,}", words.load("en").entries["goto.example"])
    for one in lesson.runs:
        session = screens.of_problem(builtin.of_run(one))
        assert session.study is not None
        learns = session.study.trace.find("δ_o1") is not None
        for example in shown if learns else [said for said in shown if "delta" not in said]:
            after = screens.pressed(screens.update(screens.pressed(session, "goto"), Typed(example)), "continue")
            assert after.study is not None and after.study.panel is None, (one.id, example)


@pytest.mark.parametrize("key", ["more", "less", "halve", "double"])
def test_where_nothing_learns_no_rate_is_offered(key: str) -> None:
    session = screens.of_lesson("by-hand", known=True)
    assert not {"check", "run", "change"} & set(screens.lines(session)[-1].split())
    pressed = screens.pressed(session, key)
    assert "Nothing learns here" in screen(pressed)
    assert pressed.study is not None
    assert not pressed.study.timeline.edits


@pytest.mark.parametrize(
    ("lesson", "key", "step"),
    [
        ("start", "more", "(+0.001)"),
        ("descent", "less", "(−0.125)"),
        ("descent", "double", "(×2)"),
        ("cycle", "less", "(×0.5)"),
        ("deeper", "more", "(+1)"),
    ],
)
def test_what_a_key_does_in_this_lesson_is_said_with_what_it_did(lesson: str, key: str, step: str) -> None:
    assert step in screen(screens.pressed(screens.of_lesson(lesson, size=(120, 40), known=True), key))


def test_the_name_of_a_run_that_has_been_changed_says_so_at_any_width() -> None:
    for width in (80, 100, 120):
        session = at(screens.of_lesson("momentum", size=(width, 24), known=True), "why")
        assert "plain (changed)" not in screens.lines(session)[0]
        assert "plain (changed)" in screens.lines(screens.pressed(session, "more"))[0]
        assert "plain (changed)" not in screens.lines(screens.pressed(session, "more", "undo"))[0]


def test_many_seeds_that_were_trained_with_another_rate_are_gone() -> None:
    session = screens.of_problem(builtin.open("xor-drawn"))
    assert session.study is not None
    session = replace(session, study=replace(session.study, seeds=Seeds.start(session.study.timeline.problem)))
    for line, kept in (("w1 = 0.5", True), ("η = 2", False)):
        study = typed(session, line).study
        assert study is not None
        assert (study.seeds is not None) == kept


# --- taken back after a start ------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [("undo",), ("undo", "redo"), ("reset",)])
@pytest.mark.parametrize("lines", [("w1 = 3",), ("w1 = 3", "w2 = 1"), ("w1 = 3", "eta = 0.25")])
def test_what_is_taken_back_after_a_start_is_run_with_progress_and_told_at_its_end(
    tmp_path: Path, keys: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    """Else the keys of a learner who has trained for long wait for all of it."""
    session = lint.ran(gone(screens.of_problem(builtin.open("xor")), "iteration 2000"))
    for line in lines:
        session = lint.ran(typed(session, line))
    again, there = screens.resumed(tmp_path, session), session
    assert again.study is not None and again.study.timeline.iteration == 2000
    ran: list[int] = []
    for key in keys:
        ran.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(history, "run", lambda *given: (ran.append(given[2]), run(*given))[1])
            again = screens.pressed(again, key)
        assert sum(ran) < 700
        again, there = lint.ran(again), lint.ran(screens.pressed(there, key))
        assert again.study is not None and there.study is not None
        assert again.study.place == there.study.place
        assert (again.study.trace.before.params == there.study.trace.before.params).all()
        assert again.study.note == there.study.note


@pytest.mark.parametrize(
    ("done", "since"),
    [
        ([(1, "w5 = 0.7"), (2, "w6 = 0.3")], 2),
        ([(1, "η = 1"), (3, "t1 = 0.5")], 3),
        ([(3, "w6 = 0.1"), (1, "η = 2")], 1),
        ([(2, "w5 = 0.7"), (3, "x1 = 1"), (3, "w6 = 0.1")], 3),
    ],
)
def test_a_change_is_taken_back_and_done_again_from_the_iteration_on_in_which_it_was_made(
    done: list[tuple[int, str]], since: int
) -> None:
    """Whatever else has been changed: of all changes the first one's iteration was told."""
    session = screens.of_lesson("cycle")
    for iteration, line in done:
        session = typed(gone(session, f"iteration {iteration}"), line)
    for action, key in (("undo", "edit.undone"), ("redo", "edit.redone")):
        session = screens.pressed(session, action)
        assert session.study is not None and session.study.note is not None
        told, facts = session.study.note
        assert (told, facts["since"]) == (key, since)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("t1 0.01 → 0.5 (only from 3 on)", "from iteration 1 on")),
        ("ko", ("t1 0.01 → 0.5(반복 3부터만)", "반복 1부터")),
    ],
)
def test_of_changes_that_come_back_each_one_of_a_later_iteration_has_its_own(
    language: str, told: tuple[str, str]
) -> None:
    """It was said to be another number from the first one's iteration on."""
    session = screens.of_lesson("cycle", language, size=(120, 40))
    for iteration, line in ((3, "t1 = 0.5"), (1, "η = 2")):
        session = typed(gone(session, f"iteration {iteration}"), line)
    shown = screen(screens.pressed(gone(session, "iteration 3"), "undo"))
    assert "η 2 → 0.5" in shown and all(part in shown for part in told)


def test_a_setting_that_begins_set_weights_anew_says_so_and_no_other_takes_them() -> None:
    study = typed(screens.of_lesson("vanishing"), "w1 = 0.5").study
    assert study is not None

    def told(setting: str, value: float) -> tuple[float, bool]:
        after = edits.edited(study, Ref(setting), value)
        assert after.note is not None
        return after.trace.value(Ref("weight", 1, 1, 1)), bool(after.note[1]["anew"])

    assert told("set_depth", 3) == (0.5, False)
    value, anew = told("set_seed", 9)
    assert value != 0.5 and anew


SHARES = """
error = "softmax-ce"
[[layer]]
units = 3
[[sample]]
input = [1.0]
target = [1, 0, 0]
"""


def test_targets_that_add_up_to_1_do_so_after_a_change_and_are_told() -> None:
    """Else δ would be p − t and no slope of E: what a file may not hold cannot be typed either."""
    session = screens.of_problem(parse(SHARES, "shares.toml"))
    for line, told, targets in (
        ("t1 = 0.5", "t1 1 → 0.5, t2 0 → 0.25, t3 0 → 0.25", [0.5, 0.25, 0.25]),
        ("t2 = 0.7", "t2 0.25 → 0.7, t1 0.5 → 0.2, t3 0.25 → 0.1", [0.2, 0.7, 0.1]),
        ("t2 = 1", "t2 0.7 → 1", [0.0, 1.0, 0.0]),
    ):
        session = typed(session, line)
        assert session.study is not None and told in screen(session)
        trace = session.study.trace
        np.testing.assert_allclose(trace.problem.samples.targets[0], targets, rtol=0, atol=1e-15)
        assert check(trace, Ref("weight", 1, 2, 1)).verdict == "agrees"
    session = screens.pressed(session, "undo")
    assert "t1 0 → 0.2, t2 1 → 0.7, t3 0 → 0.1" in screen(session)
    session = screens.pressed(session, "undo", "undo")
    assert session.study is not None and session.study.timeline.is_original


@pytest.mark.parametrize(
    ("error", "last", "line"),
    [
        ("softmax-ce", "identity", "t1 = 1.5"), ("softmax-ce", "identity", "t2 = -0.1"),
        ("bce", "sigmoid", "t1 = 5"), ("perceptron", "step", "t1 = 0.5"),
    ],
)  # fmt: skip
def test_a_target_that_the_error_cannot_use_is_not_taken(error: str, last: str, line: str) -> None:
    layer = f'[[layer]]\nunits = 2\nactivation = "{last}"\n'
    problem = parse(f'error = "{error}"\n{layer}[[sample]]\ninput = [1.0]\ntarget = [1, 0]\n', "file.toml")
    session = typed(screens.of_problem(problem), line)
    assert session.study is not None and not session.study.timeline.edits
    assert words.load("en").say(f"expected.{error}") in screen(session)
    with pytest.raises(ValueError, match=line.split()[-1]):
        session.study.timeline.edit(Ref("target", 1, int(line[1]), 0, 0), float(line.split()[-1]))


def test_targets_that_add_up_to_1_still_do_where_the_rest_was_next_to_nothing() -> None:
    """0.7 over 1e-310 is beyond all doubles: the others became inf and nan."""
    problem = parse(
        'error = "softmax-ce"\n[[layer]]\nunits = 3\n[[sample]]\ninput = [1]\ntarget = [1, 1e-310, 0]\n', "thin.toml"
    )
    after = with_given(problem, Ref("target", 1, 1, sample=0), 0.25).samples.targets
    assert after.tolist() == [[0.25, 0.75, 0.0]]
