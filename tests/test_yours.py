"""The learner's own numbers beside ours (`nntutor open PROBLEM --values VALUES`), and the way to the first apart."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import diagnosing
import pytest
import screens
from plain import Talk, talk
from screens import update

from nntutor.core.diagnosis import search
from nntutor.core.diagnosis.diagnosing import beside, compared
from nntutor.core.diagnosis.runs import recorded
from nntutor.core.diagnosis.text import parsed
from nntutor.core.engine.trace import Trace
from nntutor.core.files.problem import parse
from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin
from nntutor.lessons.language import words
from nntutor.lessons.learner.places import Store
from nntutor.tui import cli, lint
from nntutor.tui.desk import Desk
from nntutor.tui.state import moves, yours
from nntutor.tui.state.panels import Asking
from nntutor.tui.state.session import Opened, Session, Typed
from nntutor.tui.state.study import Study

__all__ = ["talk"]
MISTAKE = "updated-weights"
DIGITS = 6


def made(problem: Problem, mistakes: tuple[str, ...]) -> str:
    """What somebody has written down who makes these mistakes, one for each iteration."""
    traces = [list(recorded(problem, mistake, tuple(range(1, k + 1))))[-1] for k, mistake in enumerate(mistakes, 1)]
    return "\n".join(f"{name} = {written(trace, name)}" for trace in traces for name in named(trace))


def named(trace: Trace) -> list[str]:
    return [f"{trace.symbol(trace.ref(index))}@{trace.iteration}" for index in range(1, len(trace) + 1)]


def written(trace: Trace, name: str) -> str:
    ref = trace.find(name.partition("@")[0])
    assert ref is not None
    return f"{trace.value(ref):.{DIGITS - 1}e}"


def opened(problem: Problem, text: str, **settings: object) -> Session:
    """A problem opened with what somebody has written down."""
    session = replace(screens.of_problem(problem), **settings)  # type: ignore[arg-type]
    study = moves.opened("problem", None, {"main": problem}, {})
    own = yours.by_step(problem, beside(problem, parsed(text, "mine.txt")))
    return update(session, Opened(yours.opened(study, own)))


def at_hand(session: Session) -> Study:
    assert session.study is not None
    return session.study


@pytest.mark.parametrize(
    ("width", "height", "language", "style"),
    [
        (80, 24, "en", Style.UNICODE),
        (80, 24, "ko", Style.ASCII),
        (40, 14, "en", Style.ASCII),
        (40, 14, "ko", Style.UNICODE),
        (124, 34, "en", Style.ASCII),
        (124, 34, "ko", Style.UNICODE),
    ],
)
def test_at_every_step_the_own_number_stands_beside_ours_with_a_sign(
    two_two_two: Problem, width: int, height: int, language: str, style: Style
) -> None:
    (right,), (wrong,) = recorded(two_two_two, "", (1,)), recorded(two_two_two, MISTAKE, (1,))
    session = opened(
        two_two_two, made(two_two_two, (MISTAKE,)), width=width, height=height, language=language, style=style
    )
    seen = set()
    for index, name in enumerate(named(right), 1):
        assert at_hand(session).timeline.step == index
        agrees = written(right, name) == written(wrong, name)
        sign = {Style.UNICODE: "✗✓", Style.ASCII: "xv"}[style][agrees]
        said = words.load(language).say("yours.beside", given="").strip()
        rows = [line for line in screens.lines(session) if re.search(rf"{said} [+−-]?\d", line)]
        if width < 100:
            assert [row.rstrip()[-1] for row in rows] == [sign], (name, rows)
        shown = "".join(rows).partition(said)[2].split()[0].replace("−", "-")
        assert (
            abs(float(shown.replace("⁻", "-")) - wrong.value(right.ref(index)))
            <= abs(wrong.value(right.ref(index))) * 1e-3
        )
        seen.add(agrees)
        session = screens.pressed(session, "step")
    assert seen == {True, False}


def test_in_the_list_of_steps_each_has_its_sign_and_what_is_to_come_has_none(two_two_two: Problem) -> None:
    session = screens.pressed(opened(two_two_two, made(two_two_two, (MISTAKE,))), "view", *["step"] * 25)
    study = at_hand(session)
    assert study.view == "steps"
    steps = [line for line in screens.lines(session)[2:14] if re.match(r"[▸ ]*\d", line)]
    assert len(steps) > 8
    for line in steps:
        index = int(line.lstrip("▸ ").split()[0].rstrip("✓✗"))
        own = study.yours_of(study.trace.ref(index))
        assert (own is not None) == (index <= study.timeline.step)
        assert ("✗" in line, "✓" in line) == ((False, False) if own is None else (not own.agrees, own.agrees))


@pytest.mark.parametrize("mistakes", [(MISTAKE,), ("", MISTAKE), (MISTAKE, MISTAKE), ("", "", "sign")])
def test_the_key_leads_to_the_first_that_parts_in_whichever_iteration(
    two_two_two: Problem, mistakes: tuple[str, ...]
) -> None:
    text = made(two_two_two, mistakes)
    values = beside(two_two_two, parsed(text, ""))
    first = next(value for value in values if not value.agrees)
    session = screens.pressed(opened(two_two_two, text), "parting")
    assert at_hand(session).place == (first.iteration, first.step)
    assert at_hand(session).trace.symbol(at_hand(session).step.ref) == first.symbol
    told = " ".join(screens.lines(session)[-2:])
    assert f"{first.symbol} is the first that parts" in told
    assert f"{sum(value.agrees for value in values)} of {len(values)} numbers agree" in told


def test_a_weight_of_the_second_iteration_parts_where_the_first_has_made_it(two_two_two: Problem) -> None:
    session = screens.pressed(opened(two_two_two, "w5@2 = 0.36\nw6@2 = 7\n"), "parting")
    study = at_hand(session)
    assert (study.place.iteration, study.trace.symbol(study.step.ref)) == (1, "w6⁺")
    assert any("yours 7 ✗" in line for line in screens.lines(session))


def test_a_given_that_parts_is_told_with_both_figures(two_two_two: Problem) -> None:
    session = screens.pressed(opened(two_two_two, "w5 = 0.4\nw6 = 0.54\n"), "step", "parting")
    assert at_hand(session).place == (1, 1)
    told = " ".join(screens.lines(session)[-2:])
    assert "w6 is the first that parts: the problem gives 0.45, you have 0.54" in told


def test_that_all_agree_is_said_and_the_place_stays(two_two_two: Problem) -> None:
    session = screens.pressed(opened(two_two_two, made(two_two_two, ("", ""))), "step", "step", "parting")
    assert at_hand(session).place == (1, 3)
    assert "Nothing parts: " in screens.lines(session)[-1]


def sent(session: Session, line: str) -> Session:
    """The session with a line of own numbers, for which the key may first lead to what parts."""
    while not isinstance(at_hand(session).panel, Asking):
        session = screens.pressed(session, "parting")
    return screens.pressed(update(session, Typed(line)), "continue")


def test_numbers_that_are_typed_stand_beside_ours_and_lead_to_the_first_that_parts_and_its_slip() -> None:
    sibling = builtin.open("sibling")
    (wrong,) = recorded(sibling, "error-sent-back", (1,))
    first = sent(
        screens.of_problem(sibling), "; ".join(f"{name} = {wrong[name]:.4f}" for name in ("o1", "δ_o1", "δ_o2"))
    )
    assert at_hand(first).place == (1, 1) and at_hand(first).panel is None
    assert "Nothing parts: 3 numbers agree" in screens.lines(first)[-1]
    more = sent(first, f"delta_h1 = {wrong['δ_h1']:.4f}; w1_new = {wrong['w1⁺']:.4f}")
    there = screens.pressed(more, "parting")
    assert at_hand(there).trace.symbol(at_hand(there).step.ref) == "δ_h1"
    told = " ".join(" ".join(screens.lines(there)[-4:]).split())
    assert "δ_h1 is the first that parts" in told and "3 of 5 numbers agree" in told
    assert at_hand(there).slip == ("mistake.error-sent-back.did", {})
    (right,) = recorded(sibling, "", (1,))
    mended = sent(there, f"delta_h1 = {right['δ_h1']:.4f}; w1⁺ = {right['w1⁺']:.4f}")
    assert "Nothing parts: 5 numbers agree" in " ".join(screens.lines(mended)[-2:])
    assert at_hand(mended).slip is None


def test_a_slip_in_what_was_typed_is_not_told_of_a_number_of_the_file(two_two_two: Problem) -> None:
    """It was looked for in the lines that were typed alone, and said beside a number that it does not give."""
    typed = "delta_o1 = -0.1385"
    beside_file = sent(opened(two_two_two, "h1 = 0.5933\no1 = 0.9"), typed)
    there = screens.pressed(beside_file, "parting")
    told = " ".join(" ".join(screens.lines(there)[-3:]).split())
    assert "o1 is the first that parts: yours is 0.9. 1 of 3 numbers agree." in told
    assert "t − o" not in told
    kept = replace(at_hand(beside_file), slip=None, note=None)  # as a start leaves it
    assert "t − o" not in " ".join(screens.lines(screens.pressed(replace(beside_file, study=kept), "parting"))[-3:])
    alone = screens.pressed(sent(opened(two_two_two, "h1 = 0.5933"), typed), "parting")
    assert "t − o instead of o − t" in " ".join(" ".join(screens.lines(alone)[-3:]).split())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_pasted_lines_are_as_many_numbers(end: str) -> None:
    pasted = end.join(("o1 = 0.7514", "o2 = 0.7729", "dW2 = [[0.0822 0.0827]", " [-0.0226 -0.0227]]", ""))
    assert len(at_hand(sent(screens.of_problem(builtin.open("two-two-two")), pasted)).yours) == 6


def test_explanations_that_begin_with_the_same_mistake_are_one_sentence() -> None:
    sibling = builtin.open("sibling")
    (wrong,) = recorded(sibling, "bias-subtracted+factor-two:missing", (1,))
    typed = [f"{name} = {wrong[name]:.4f}" for name in ("o1", "δ_o1")]
    study = at_hand(sent(screens.of_problem(sibling), "; ".join(typed)))
    found = compared(sibling, parsed("\n".join(typed), ""))
    assert found.verdict == "ambiguous" and {one.ids[0] for one in found.mistakes[: found.tied]} == {"bias-subtracted"}
    assert study.slip == ("mistake.bias-subtracted.did", {})


def test_what_cannot_be_read_is_said_under_the_line_and_the_line_stays() -> None:
    session = screens.of_problem(builtin.open("sibling"))
    for line, part in (
        ("o1 = much", "no number"),
        ("o9 = 1", "“o9” is no number of this problem"),
        ("o1[5] = 1", "“o1[5]” is no number of this problem"),  # it stood beside o1
        ("dW1 = [1 2]", "“dW1” has the shape 2, which fits"),
        ("o9@2 = 1", "“o9@2” is no number of this problem"),
    ):
        after = sent(session, line)
        panel = at_hand(after).panel
        assert isinstance(panel, Asking) and panel.text == line
        assert part in " ".join(" ".join(screens.lines(after)).split())
    assert at_hand(screens.pressed(sent(session, "o9 = 1"), "escape")).yours == {}


def test_beside_two_runs_there_is_no_place_for_own_numbers(two_two_two: Problem) -> None:
    session = screens.of_lesson("old-weights")
    after = screens.pressed(session, "parting")
    assert at_hand(after).panel is None
    assert "Numbers of your own have no place here" in " ".join(screens.lines(after)[-2:])


def test_once_ours_are_others_there_is_nothing_to_compare(two_two_two: Problem) -> None:
    session = screens.pressed(opened(two_two_two, made(two_two_two, (MISTAKE,))), "step")
    assert any("yours" in line for line in screens.lines(session)[:-1])
    changed = screens.pressed(update(screens.pressed(session, "edit"), Typed("w5 = 0.7")), "continue", "escape")
    assert not any("✓" in line or "✗" in line for line in screens.lines(changed))
    told = screens.pressed(changed, "parting")
    assert at_hand(told).place == at_hand(changed).place
    assert "Numbers have been changed here" in " ".join(screens.lines(told)[-2:])
    assert any("✓" in line for line in screens.lines(screens.pressed(changed, "undo")))


def test_figures_that_look_alike_get_the_digits_that_tell_them_apart(two_two_two: Problem) -> None:
    (trace,) = recorded(two_two_two, "", (1,))
    right = trace.value(trace.ref(1))
    session = opened(two_two_two, f"net_h1 = {right + 2e-8:.9f}")
    row = next(line for line in screens.lines(session) if "yours" in line and "✗" in line)
    ours, own = row.partition("yours")[0].split()[-1], row.partition("yours")[2].split()[0]
    assert ours != own and own.startswith(ours[:4])


def test_numbers_that_were_typed_stand_beside_ours_again_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_PAIRS", 0)  # no two mistakes give the 7, and none have to be tried for that
    sibling = builtin.open("sibling")
    (wrong,) = recorded(sibling, "error-sent-back", (1,))
    store = Store.open(tmp_path)
    desk = Desk(store)
    opening = desk.begin(None, sibling)
    assert opening is not None
    first = screens.pressed(screens.of_problem(sibling), "step")
    typed = sent(first, f"o1 = 7; δ_o1 = {wrong['δ_o1']:.4f}")
    typed = sent(typed, f"o1 = {wrong['o1']:.4f}; delta_h1 = {wrong['δ_h1']:.4f}; w1_new@2 = 7")
    desk.keep(first, typed)
    store.close()
    store = Store.open(tmp_path)
    again = Desk(store).resume()
    store.close()
    assert again is not None and again.study.typed == at_hand(typed).typed
    assert dict(again.study.yours) == dict(at_hand(typed).yours) and len(again.study.yours) == 4
    opened_again = replace(typed, study=again.study)
    ways = [screens.pressed(one, "escape", "parting") for one in (typed, opened_again)]
    assert at_hand(ways[0]).slip is not None
    assert screens.lines(ways[0]) == screens.lines(ways[1])


def test_a_line_whose_numbers_have_all_been_typed_again_is_kept_no_more() -> None:
    session = screens.of_problem(builtin.open("sibling"))
    for line in ("o1 = 1; o2 = 2", "o1 = 3", "E = 4", "o2 = 5"):
        session = sent(session, line)
    assert at_hand(session).typed == ((1, "o1 = 3"), (1, "E = 4"), (1, "o2 = 5"))


@pytest.mark.parametrize("lines", [[[1, "o9 = 1"]], [[1, "o1 = much"]], [[1, ""]], [[1, "o1@9999 = 1"]]])
def test_typed_lines_that_do_not_fit_any_more_are_left_out(lines: list[list[object]]) -> None:
    study = at_hand(screens.of_problem(builtin.open("sibling")))
    assert yours.typed_again(study, tuple((1, str(line[1])) for line in lines), 1000) == study


def test_the_place_is_kept_without_the_numbers_of_a_file(tmp_path: Path, two_two_two: Problem) -> None:
    own = yours.by_step(two_two_two, beside(two_two_two, parsed("w5_new = 7", "")))
    store = Store.open(tmp_path)
    desk = Desk(store)
    opening = desk.begin(None, two_two_two, None, own)
    assert opening is not None and len(opening.study.yours) == 1
    session = screens.pressed(
        update(replace(screens.of_problem(two_two_two), study=None), Opened(opening.study)), "parting"
    )
    desk.keep(replace(session, study=None), session)
    store.close()
    store = Store.open(tmp_path)
    again = Desk(store).resume()
    store.close()
    assert again is not None and again.study.place == at_hand(session).place and not again.study.yours


# --- the command -----------------------------------------------------------------------------------------


def test_in_plain_lines_each_step_says_yours_and_a_word_leads_to_the_first_that_parts(
    talk: Talk, tmp_path: Path
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text(made(builtin.open("two-two-two"), (MISTAKE,)), encoding="utf-8")
    lines = talk.after("open", "two-two-two", "--values", str(file), say="parting")
    assert "is the first that parts" in lines[0] and "parts from it." in lines[1]
    again = talk.after("open", "two-two-two", "--values", str(file), "--lang", "ko", say="갈라지는 곳; 이전")
    assert "맞습니다." in " ".join(again)
    steps = talk.after("open", "two-two-two", "--values", str(file), say="parting; view steps")
    assert sum("parts from it." in line for line in steps) == 1 < sum("agrees." in line for line in steps)
    asked = talk.after("open", "two-two-two", say="!; o1 = 7; !")
    assert "o1 is the first that parts" in asked[0]


@pytest.mark.parametrize("text", ["", "dW9 = 1", "w5 = (", "W1 = [1, 2, 3]"])
def test_what_cannot_be_read_is_refused_as_diagnose_refuses_it(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path / "home"))
    file = tmp_path / "mine.txt"
    file.write_text(text, encoding="utf-8")
    said = []
    for command in (["diagnose", "two-two-two", str(file)], ["open", "two-two-two", "--values", str(file), "--plain"]):
        assert cli.main(command) == 2
        ended = capsys.readouterr()
        said.append(ended.err)
        assert ended.out == "" and ended.err.count("\n") == 1 and str(file) in ended.err
    assert said[0] == said[1]


def test_a_slip_that_is_made_in_several_forms_is_told_in_its_own() -> None:
    example = builtin.open("two-two-two")
    (wrong,) = recorded(example, "one-path:last", (1,))
    session = sent(screens.of_problem(example), "; ".join(f"{name} = {wrong[name]!r}" for name in ("∂E/∂h1", "∂E/∂h2")))
    assert at_hand(session).slip == ("did.one-path.last", {})


@pytest.mark.parametrize(
    ("language", "asked"), [("en", "what have you got in iteration 11?"), ("ko", "반복 11에서 구한 값은?")]
)
def test_numbers_that_are_asked_for_after_a_run_are_said_to_be_of_its_iteration(language: str, asked: str) -> None:
    """The text of iteration 1 is kept while a run leads on: its right numbers were called wrong, without a reason."""
    session = lint.ran(screens.pressed(screens.of_lesson("problem", language), "run", "continue"))
    there = "\n".join(screens.lines(screens.pressed(session, "parting")))
    assert asked in there and "o1@1 = 0.71" in there
    assert all(one.agrees for one in at_hand(sent(session, "h1@1 = 0.06661; o1@1 = 0.4062")).yours.values())
    before = "\n".join(screens.lines(screens.pressed(screens.of_lesson("problem", language), "parting")))
    assert asked not in before and "delta_h1 = 0.012" in before


def test_in_lines_too_the_iteration_of_the_numbers_is_said(talk: Talk) -> None:
    assert "in iteration 11?" in " ".join(talk("learn", "problem", say="run 10; !; "))


@pytest.mark.parametrize(
    ("line", "agrees"),
    [
        ("delta_o1 = 0", False),
        ("delta_o1 = -0", False),
        ("b_h1 = 0", False),
        ("delta_h1 = 0.00", True),
        ("w4 = 1", True),
    ],
)
def test_a_nought_alone_is_no_rounding_of_another_number(line: str, agrees: bool) -> None:
    """δ_o1 is −0.095: who has 0 there was told that it agrees, as −0.095 rounds to it."""
    session = sent(screens.of_problem(builtin.open("sibling")), line)
    assert [one.agrees for one in at_hand(session).yours.values()] == [agrees]


def test_a_nought_of_a_unit_that_is_off_agrees() -> None:
    session = sent(screens.of_problem(builtin.open("dead")), "delta_h1[0] = 0")
    assert [one.agrees for one in at_hand(session).yours.values()] == [True]


def test_where_more_than_two_slips_give_the_same_it_is_said_that_there_are_more() -> None:
    """The rate left out gives it as well, and was not among the two that were told."""
    session = sent(screens.of_problem(builtin.open("sibling")), "w5_new = 0.5063")
    slip = at_hand(session).slip
    assert slip is not None and slip[0] == "yours.or_more"
    two = sent(screens.of_problem(builtin.open("sibling")), "w5_new = 0.4873")
    assert at_hand(two).slip[0] == "yours.or"


@pytest.mark.parametrize(
    ("language", "why", "told"),
    [
        ("en", "rounding: by hand it is 0, and slope_h1 is 0.", "neither is a mistake"),
        ("ko", "손으로 풀면 net_h1은 0, slope_h1은 0입니다.", "어느 쪽도 실수가 아닙니다"),
    ],
)
def test_a_number_that_is_right_by_hand_is_not_put_down_to_a_slip(language: str, why: str, told: str) -> None:
    session = replace(screens.of_problem(parse(diagnosing.beside_0("relu"), "x")), language=language)
    typed = update(screens.pressed(session, "parting"), Typed("slope_h1 = 0; delta_h1 = 0"))
    shown = " ".join(" ".join(screens.lines(screens.pressed(typed, "continue", "parting"))).split())
    assert why in shown and told in shown
