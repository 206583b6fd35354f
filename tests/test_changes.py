"""What a change does is what the screen says of it: shown values are those of a training from nothing with the shown
settings, in every lesson, after every change that it allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
import screens
from test_following import at

from nntutor.core.arrays import frozen
from nntutor.core.engine.edits import given, with_given
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.training import run
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS
from nntutor.core.rules.optimizers import RATE_FIELDS, in_range
from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson, Stop
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.views import table
from nntutor.tui.state import edits, moves
from nntutor.tui.state.session import Session, Typed
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.study import Study

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


_RACER = re.compile(r"^[\[ ][A-Z] (.+?) η (\S+) E ([^\s\]]+)(?: moves (\d+))?")


def races(session: Session) -> None:
    """Beside each racer's name stand the rate and the moves that lead to its E, and whether it has been changed."""
    study = session.study
    assert study is not None
    words, look = words_with_keys(session), replace(look_of(session), digits=17)
    head, *rows = table.drawn("race", study, words, 200, 40, look)
    racers = [found for row in rows for piece in row if (found := _RACER.match(piece.text))]
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
    for stop in near_stops(lesson):
        session = at(screens.of_lesson(lesson.id, size=(120, 40)), stop.id)
        study = session.study
        assert study is not None
        for how in ("more", "less", "halve", "double"):
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
    for stop in near_stops(lesson):
        session = at(screens.of_lesson(lesson.id, size=(120, 40)), stop.id)
        study = session.study
        assert study is not None
        main = keyed(lesson, study, "more")
        for ref in edits.editable(study):
            value = round(0.75 * edits.value_now(study, ref) + 0.125, 6) if ref.kind not in NUMBERS else 2.0
            if ref.kind in RATE_FIELDS and not in_range(ref.kind, value):
                continue
            line = f"{edits.symbol_of(study, ref)} = {value}"
            asked = screens.update(screens.pressed(session, "edit"), Typed(line))
            after = lint.ran(screens.pressed(asked, "continue"))
            whole = ref.kind in RATE_FIELDS or ref.kind in NUMBERS or (main is not None and ref == main.ref)
            is_as_said(study, after, Set(1 if whole else stop.iteration, ref, value))
            assert asked.study is not None
            assert edits.preview(asked.study, edits.Change(ref, value)) == after.study.note  # type: ignore[union-attr]
