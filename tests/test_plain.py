"""The tutor line by line: everything that the screen shows is said, everything that its keys do can be typed."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
import screens
from disks import Disk
from plain import Talk

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.files.problem import parse as problem_of
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import names
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin, glossary, load
from nntutor.lessons.course.model import VIEWS, Lesson
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import cli, lint
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.views import table as drawn
from nntutor.tui.plain import extents, lines, telling
from nntutor.tui.plain.lines import meant
from nntutor.tui.plain.spoken import OWN, spoken
from nntutor.tui.plain.step import step_line
from nntutor.tui.plain.views import table as told
from nntutor.tui.state import commands, korean, moves
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.session import Press, Session, Typed
from nntutor.tui.state.study import Study
from nntutor.tui.state.update import update
from nntutor.tui.state.views import views

LESSONS = load.lessons()


# --- everything is said ------------------------------------------------------------------------------


@pytest.mark.parametrize(("lesson", "language"), list(zip(LESSONS, cycle(LANGUAGES[::-1]))))
def test_a_lesson_is_taken_from_its_first_stop_to_its_last_by_plain_lines(
    lesson: Lesson, language: str, talk: Talk
) -> None:
    stops = len(lesson.stops)
    lines = talk(
        "learn", lesson.id, "--lang", language, say="; ".join([*[""] * (stops + len(lesson.questions)), "quit"])
    )
    head = words.load(language).say("plain.stop", stop="([0-9]+)", stops=stops, text="")
    found = [int(match[1]) for line in lines if (match := re.match(head, line))]
    assert sorted(set(found)) == list(range(1, stops + 1)) and found == sorted(found)
    ends = "course_done" if lesson.id == LESSONS[-1].id else "lesson_done"
    done = words.load(language).entries[f"status.{ends}"].split(".")[0]
    following = words.load(language).entries["plain.ending_next"].replace("{key_lesson_next}", "").strip(" ,")
    assert any(following in line for line in lines) is (ends == "lesson_done")
    assert sum(line.startswith(done) for line in lines) == 1
    assert not [line for line in lines if "{{" in line or "**" in line]
    assert talk.status == 0
    assert talk.kept().study.finished


def shown(study: Study, style: Style) -> str:
    return step_line(study, words.load("en"), Look(style))


@pytest.mark.parametrize(("lesson", "style"), list(zip(LESSONS, cycle([Style.UNICODE, Style.ASCII]))))
def test_the_line_of_a_step_has_every_number_of_its_formula_and_says_where_it_stands(
    lesson: Lesson, style: Style
) -> None:
    for run in lesson.runs:
        study = moves.opened("x", None, {"main": builtin.of_run(run)}, {"main": run.mistake} if run.mistake else {})
        for index in range(1, len(study.trace) + 1, 1 + len(study.trace) // 60):
            step, line = study.trace.step(index), shown(moves.to(study, 1, index), style)
            assert line.startswith(f"Step {step.index} of {len(study.trace)}, {step.phase}, iteration 1: ")
            agrees_with_the_record(line, study.trace, step, style)


def agrees_with_the_record(line: str, trace: Trace, step: Step, style: Style) -> None:
    """The figures in the line are the operands' to six digits, and worked out they give the step's value."""
    formula = line.split(". ", 1)[1] if ". " in line else line
    start = formula.index(f"{trace.symbol(step.ref, style)} = ")
    *_, figures, value = re.split(" (?:=|≈|~) ", re.split(r"\. E |\.$| \(as books", formula[start:])[0])
    assert float(value.replace("−", "-")) == pytest.approx(step.value, rel=1e-3, abs=1e-12)
    used = names(step.full)
    if not used or "more terms" in figures:
        return
    told = [float(one.replace("−", "-")) for one in re.findall(r"−?-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?", figures)]
    for ref in used:
        amount = abs(trace.value(ref))
        assert any(abs(abs(one) - amount) <= 1e-5 * amount for one in told), (line, ref)
    worked_out = evaluate(parse(figures, lambda name: None), lambda name: 0.0)
    assert worked_out == pytest.approx(step.value, rel=1e-2, abs=1e-5)


def test_a_line_names_the_unit_the_weight_the_layer_and_the_sample(talk: Talk) -> None:
    def line(lesson: str, symbol: str) -> str:
        return talk.after("learn", lesson, say=f"goto {symbol}")[0]

    assert "hidden delta, unit h1, hidden layer. δ_h1 = " in line("hidden-delta", "delta_h1")
    assert "weight w5 from h1 to o1" in line("hidden-delta", "dE/dw5")
    assert "sample 3 of 4, written [2], unit h2, hidden layer" in line("xor", "h2[2]")
    assert "hidden layer 3" in line("vanishing", "delta_h3_1")
    assert "along w1" in line("momentum", "dE/dw1")
    assert line("hidden-delta", "E").endswith("0.2984.")


def test_a_long_sum_is_told_with_how_many_terms_are_left_out() -> None:
    source = f"[[layer]]\nunits = 1\n[[sample]]\ninput = {[1.0] * 70}\ntarget = [1]\n"
    study = moves.opened("x", None, {"main": problem_of(source, "x", Path())}, {})
    assert "… 39 more terms left out …" in shown(study, Style.UNICODE)
    assert "more terms" not in shown(moves.step_on(study), Style.UNICODE)


# --- views -------------------------------------------------------------------------------------------


def test_every_view_that_is_drawn_is_told() -> None:
    assert set(told.VIEWS) == set(drawn.VIEWS) == set(VIEWS)


@pytest.mark.parametrize(("lesson", "language"), list(zip(LESSONS, cycle(LANGUAGES))))
def test_every_view_of_a_lesson_has_something_to_say_at_every_stop(lesson: Lesson, language: str) -> None:
    session, seen, offered = screens.of_lesson(lesson.id, language, known=True), set(), set()
    for _ in range(min(7, len(lesson.stops))):
        session = lint.ran(update(session, Press("continue"), extents))
        offered |= set(views(session.study)) if session.study else set()
        for _ in range(8):
            session = update(session, Press("view"), extents)
            said = telling.view(session)
            assert len(said) > 1 and all(line.strip() for line in said)
            assert not [line for line in said if "  " in line.strip() or "{" in line]
            seen.add(session.study.view if session.study else "")
    assert set(lesson.views) & offered <= seen


def test_the_network_is_told_with_every_weight_and_nothing_that_is_still_to_come(talk: Talk) -> None:
    lines = talk.after("learn", "hidden-delta", say="goto delta_o1; look")
    said = "\n".join(lines)
    for symbol in [f"w{n}" for n in range(1, 9)] + ["x1", "x2", "t1", "t2", "net_o2", "δ_o1"]:
        assert f"{symbol} " in said
    assert "δ_h1" not in said and "new" not in said
    assert "goes to o1 along w5, o2 along w7." in said
    assert "w5 0.4 from h1, new 0.3589" in "\n".join(talk.after("learn", "hidden-delta", say="last step; look"))


def test_targets_that_a_lesson_holds_back_are_not_told(talk: Talk) -> None:
    lesson = next(lesson for lesson in LESSONS if lesson.targets)
    assert not [line for line in talk.after("learn", lesson.id, say="look") if line.startswith("Targets")]
    assert [line for line in talk.after("learn", lesson.id, say="last; look") if line.startswith("Targets")]


def test_a_curve_is_told_in_numbers_that_are_those_of_the_record(talk: Talk) -> None:
    said = talk.after("learn", "hidden-delta", say="run 10; view curve")
    timeline = talk.kept().study.timeline
    for iteration, error in enumerate(timeline.errors_until(11), 1):
        assert f"{iteration}: {error:.4f}" in said[1]
    assert said[2] == f"Lowest: {timeline.errors_until(11)[10]:.4f}, in iteration 11."


# --- words and keys ----------------------------------------------------------------------------------


def at_work() -> Session:
    return screens.of_lesson("hidden-delta")


def sent(command: commands.Command) -> Iterator[str]:
    """Every way to type a command: words, keys by name, as they are sent, and with the Korean input method on."""
    yield from (word for language in LANGUAGES for word in spoken(command.action, language))
    for key in command.keys:
        yield key
        yield from (jamo for jamo in korean.TWO_SET if korean.TWO_SET[jamo] == key)


@pytest.mark.parametrize("command", commands.COMMANDS, ids=lambda command: command.action)
def test_a_word_is_its_key(command: commands.Command) -> None:
    session = at_work()
    expected = meant(session, command.action)
    assert expected.actions or expected.own
    for text in sent(command):
        assert meant(session, text) == meant(session, text.upper()) == meant(session, f"  {text} ") == expected, text
    if command.action != "help":
        assert expected.actions == (Press(command.action),)


@pytest.mark.parametrize("opened", ["edit", "goto", "ask"])
def test_whatever_asks_for_a_line_is_closed_by_the_next_command_and_answered_by_what_is_none(opened: str) -> None:
    asking = screens.pressed(at_work(), opened)
    assert lines.asks(asking)
    for command in commands.COMMANDS:
        usual = meant(at_work(), command.action)
        for word in (word for language in LANGUAGES for word in spoken(command.action, language)):
            found = meant(asking, word)
            if command.action in ("continue", "help", "escape"):  # goes on without an answer, helps with it, leaves it
                assert found.wrong is None
            else:
                assert found == replace(usual, actions=(Press("escape"), *usual.actions)), word
    run = meant(at_work(), "run 100")
    assert meant(asking, "run 100") == replace(run, actions=(Press("escape"), *run.actions))
    for answer in ("0.3", "w5 = 0.3", "-1", "E", "-", "delta_h1", "step(1)"):
        found = meant(asking, answer)
        if opened == "edit" and answer in ("E", "delta_h1"):  # a symbol alone would set the number at hand
            assert not found.actions and found.wrong is not None
        else:
            assert found.actions == (Typed(answer), Press("continue"))


def test_the_lines_that_the_readme_pipes_do_what_they_say(talk: Talk) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    piped = re.search(r"^printf '(.*)' \| nntutor (.*) --plain$", readme, re.MULTILINE)
    assert piped
    said = talk.lines(*piped[2].split(), typed=piped[1].replace("\\n", "\n"))
    answers = "\n".join(said).split("\n> ")
    told = {one.partition("\n")[0]: one for one in answers[1:]}
    assert "positive, negative or 0?" in told["continue"] and "\nWhy E?" in told["why"]
    assert "100 iterations: E " in told["run 100"] and "E by iteration: 1: " in told["view curve"]


def test_no_word_means_two_commands_and_none_is_a_key_of_another() -> None:
    meanings = [(word, action) for language in LANGUAGES for action in (*DEFAULT.keys, *OWN)
                for word in spoken(action, language)]  # fmt: skip
    assert len({word for word, _ in meanings}) == len(set(meanings))
    assert not [word for word, action in meanings if DEFAULT.action.get(word, action) != action]


def test_every_command_of_the_table_is_told_by_help_or_answers_to_it(talk: Talk) -> None:
    said = "\n".join(talk.after("learn", "hidden-delta", say="help"))
    for command in commands.COMMANDS:
        if command.help and command.action not in ("theme", "mouse", "palette"):
            assert spoken(command.action, "en")[0] in said
    for key in ("right", "w", ":", "esc", "space"):
        assert key in said or key == "esc"


def test_a_word_that_is_none_is_answered_with_what_there_is(talk: Talk) -> None:
    (said,) = talk.after("learn", "hidden-delta", say="xyzzy")
    assert "“xyzzy”" in said
    assert all(spoken(action, "en")[0] in said for action in lines.here(at_work()))
    assert "did you mean “continue”?" in talk.after("learn", "hidden-delta", say="contniue")[0]
    assert talk.after("learn", "hidden-delta", say="undo twice") == [
        "“undo” takes nothing after it; “twice” was not understood."
    ]
    at_home = talk.after(say="lessons; why")[0]
    assert "There is no word “why” here." in at_home and "undo" not in at_home


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("run 5", "10, 100, 1000, 10000, until 0.01"),
        ("view sky", "network, steps, matrices, curve"),
        ("digits 5", "4, 6, 9, 17"),
        ("why 9", "1 (w1), 2 (x1)"),
        ("why; 9", "1–5"),
        ("language fr", "en, ko"),
        ("lesson 99", "7 (hidden-delta)"),
        ("glossary zzz", "chain"),
        ("check much", "1e-4"),
    ],
)
def test_what_may_follow_a_word_is_said_where_something_else_does(line: str, offered: str, talk: Talk) -> None:
    said = talk.after("learn", "hidden-delta", say=line)[-1]
    assert f"“{line.split()[1]}” is none of these: " in said and offered in said


# --- the same machine --------------------------------------------------------------------------------


def place(study: Study | None) -> tuple[object, ...]:
    assert study is not None
    return study.run, study.place, study.last, study.visited, study.view, study.timeline.edits, study.zoom


@pytest.mark.parametrize(
    ("say", "keys"),
    [
        ("continue; step; step; back", ["continue", "step", "step", "back"]),
        ("; ; ; next unit; next phase; back", ["continue", "continue", "unit_next", "phase_next", "back"]),
        ("last; previous unit; previous phase", ["last", "unit_previous", "phase_previous"]),
        ("next iteration; last step; next iteration; previous iteration; first", ["iteration_next", "last",
         "iteration_next", "iteration_previous", "first"]),
        ("run 10; undo; previous stop", ["run", "continue", "undo", "stop_previous"]),
        ("double; halve; double; reset", ["double", "halve", "double", "reset"]),
        ("why; step", ["step"]),
        ("why w1", ["why", "continue"]),
        ("last; why 1; return", ["last", "why", "continue", "escape", "backspace"]),
        ("zoom; step; step; view; v", ["zoom", "step", "step", "view", "view"]),
    ],
)  # fmt: skip
def test_lines_lead_where_the_keys_of_the_screen_lead(say: str, keys: list[str], talk: Talk) -> None:
    talk("learn", "hidden-delta", say=say)
    session = at_work()
    for key in keys:
        session = lint.ran(screens.pressed(session, key))
    assert place(talk.kept().study) == place(session.study)


def test_an_edit_is_set_told_taken_back_and_done_again(talk: Talk) -> None:
    lines = talk("learn", "hidden-delta", say="goto delta_h1; edit w5 = 0.3; undo; redo; edit w5=0.7; reset")
    said = "\n".join(lines)
    assert "w5 0.4 → 0.3, from iteration 1 on: δ_h1 0.008771 → " in said
    assert (
        said.count("Numbers have been changed here.") == 2 == said.count("All numbers here are the given ones again.")
    )
    assert talk.kept().study.own("main") and not talk.kept().study.timeline.edits


def test_that_numbers_are_the_given_ones_again_is_said_only_of_a_run_that_was_changed(talk: Talk) -> None:
    again, changed = "All numbers here are the given ones again.", "Numbers have been changed here."
    said = "\n".join(talk("learn", "relu", say="edit w1 = 0.3; more; less; more"))
    assert said.count(changed) == 2 and again not in said
    said = "\n".join(talk("learn", "relu", say="edit w1 = 0.4; reset; less"))
    assert said.count(again) == 1


def test_what_is_wrong_with_an_edit_is_said_and_nothing_is_asked_any_longer(talk: Talk) -> None:
    assert talk.after("learn", "hidden-delta", say="edit w5 = x") == ["“x” is not a number."]
    assert talk.after("learn", "hidden-delta", say="edit; w99 = 1") == ["There is no “w99” in this network."]
    assert talk.after("learn", "hidden-delta", say="goto w99; step")[0].startswith("Step 2 of 39")
    assert "0.7" in talk.after("learn", "hidden-delta", say="e; w5 = 0.7")[0]
    assert talk.after("learn", "hidden-delta", say="w99 = 1") == ["There is no “w99” in this network."]
    assert talk.after("learn", "hidden-delta", say="edit; ; step")[0].startswith("Step ")
    assert talk.after("learn", "hidden-delta", say="why; close") == ["Closed."]
    assert talk.after("learn", "hidden-delta", say="first; first") == ["This is the first step of the iteration."]


@pytest.mark.parametrize(("symbol", "told"), [("w5", "w5 is 0.4. What is it to be?"), ("h1", "h1 is computed")])
def test_a_symbol_alone_is_no_value_for_the_number_at_hand(symbol: str, told: str, talk: Talk) -> None:
    """`edit w5` set the learning rate to w5: no preview says so in lines."""
    for say in (f"edit {symbol}", f"edit; {symbol}"):
        assert talk.after("learn", "cycle", say=say)[0].startswith(told)
        assert not talk.kept().study.timeline.edits
    assert talk.after("learn", "cycle", say="edit w5; w5 = 0.7")[0].startswith("w5 0.4 → 0.7, from iteration 1 on")


def test_a_run_says_its_end_and_the_choices_are_told(talk: Talk) -> None:
    said = talk.after("learn", "cycle", say="run 100")
    assert re.match("100 iterations: E 0.[0-9]+ → 0.[0-9]+$", said[0]) and "iteration 101:" in said[1]
    choices = talk.after("learn", "hidden-delta", say="run")
    assert choices[1:5] == ["1: 10", "2: 100", "3: 1000", "4: 10000"]
    assert "iteration 11:" in talk.after("learn", "hidden-delta", say="run; 1")[1]
    assert "E 0.0" in "\n".join(talk.after("learn", "hidden-delta", say="run until 0.05"))


def test_a_check_says_that_they_agree_and_another_epsilon(talk: Talk) -> None:
    said = talk.after("learn", "hidden-delta", say="goto dE/dw5; check")
    assert said[0] == "Gradient check of w5. ε = 0.0001." and "Near enough: the gradient is right." in said
    assert "ε = 0.001." in talk.after("learn", "hidden-delta", say="goto dE/dw5; check; more")[0]
    assert "ε = 1e-6." in talk.after("learn", "hidden-delta", say="goto dE/dw5; check 1e-6")[0]


def test_what_was_found_and_the_glossary_are_told_by_number(talk: Talk) -> None:
    found = talk.after("learn", "hidden-delta", say="search wall")
    assert found[0].startswith("1: ") and found[-1] == "A number goes there."
    assert talk.after("learn", "hidden-delta", say="/wall; 1")[0].startswith("Lesson 1: ")
    term = talk.after("learn", "hidden-delta", say="goto delta_h1; glossary")[0]
    assert term.startswith(f"{glossary.place_of('delta') + 1} of {len(glossary.terms())}: ")
    first = talk.after("learn", "hidden-delta", say="glossary 1; next unit")[0]
    assert first.startswith("2 of ")


def test_the_list_is_told_and_a_lesson_is_opened_by_number_or_name(talk: Talk) -> None:
    lines = talk.lines(typed="7\nlessons\nxor\nlesson 0\n")
    listed = [f"{lesson.number}: {load.text(lesson.id, 'en').title}." for lesson in LESSONS]
    assert all(any(line.startswith(one) for line in lines) for one in listed)
    opened = [line.split(":")[0] for line in lines if re.match("Lesson [0-9]+:", line)]
    assert opened == ["Lesson 7", "Lesson 10", "Lesson 0"]
    assert talk.after("learn", "xor", say="lessons; lessons")[0].startswith("nntutor: ")
    assert talk.lines("learn", "xor", typed="leave\nleave\nstep\n")[-1] == "Your place is kept."


# --- the place ---------------------------------------------------------------------------------------


def test_the_screen_goes_on_where_the_lines_ended_and_the_lines_where_the_screen_did(
    talk: Talk, tmp_path: Path
) -> None:
    talk("learn", "hidden-delta", say="continue; step; edit w5=0.3; view matrices; digits 6")
    opening = talk.kept()
    assert opening.digits == 6 and opening.study.view == "matrices" and opening.study.timeline.edits
    assert opening.study.place == (1, 22)
    session = screens.resumed(tmp_path / "screen", screens.pressed(at_work(), "continue", "step", "step"))
    assert session.study is not None
    talk.patch.setenv("NNTUTOR_HOME", str(tmp_path / "screen"))
    assert "Step 23 of 39" in "\n".join(talk(say="quit"))


def test_what_was_said_last_is_kept_without_a_word_of_farewell(talk: Talk) -> None:
    talk.lines("learn", "hidden-delta", typed="continue\nstep")
    assert talk.status == 0 and talk.kept().study.place == (1, 22)


def test_a_problem_of_ones_own_is_told_and_kept(talk: Talk, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'title = "evil \\u001b[31m title"\n[[layer]]\nweights = [[0.5, -0.25]]\n'
        "[[sample]]\ninput = [1, 2]\ntarget = [1]\n"
    )
    lines = talk("open", str(file), say="step; next phase")
    assert lines[1] == "Problem: evil ?[31m title."
    assert "out" not in talk.kept().study.name and talk.kept().study.place == (1, 3)


def test_a_problem_without_a_title_is_given_none(talk: Talk, tmp_path: Path) -> None:
    file = tmp_path / "sheet.toml"
    file.write_text("[[layer]]\nunits = 1\n[[sample]]\ninput = [1]\ntarget = [1]\n")
    assert talk("open", str(file), say="quit")[1].startswith("Network: 1-1 ")


@pytest.mark.parametrize(("language", "word"), [("en", "mouse"), ("ko", "마우스")])
def test_of_the_mouse_it_is_said_that_lines_have_none(talk: Talk, language: str, word: str) -> None:
    say = words.load(language).say
    for key in ("plain.mouse_on", "plain.mouse_off"):
        assert talk.after("learn", "hidden-delta", "--lang", language, say=word) == [say(key)]


@pytest.mark.parametrize("word", ["q", "leave"])
def test_who_leaves_an_open_question_has_given_no_answer(talk: Talk, word: str) -> None:
    lines = talk("learn", "xor", say=f"predict; {word}; quit")
    assert lines[-1] == "Your place is kept."
    assert any(line.startswith("Part 1.") for line in lines[lines.index(f"> {word}") :]), lines


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_end_does_not_say_that_a_place_is_kept_which_is_not(talk: Talk, language: str) -> None:
    """Nor that it is tried again at a key: none follows."""
    talk.home.write_text("a file where the folder would be")
    say, reason = words.load(language).say, "File exists"
    lines = talk("learn", "xor", "--lang", language, say="next; quit")
    assert say("progress.unsaved", reason=reason) in lines[:-1]
    assert lines[-1] == say("progress.unsaved_over", reason=reason)


def test_what_can_be_saved_at_the_end_is_not_said_to_be_lost(talk: Talk, disk: Disk) -> None:
    talk("learn", "xor", say="quit")
    (iteration, step), close = talk.kept().study.place, Desk.close

    def emptied(desk: Desk, session: Session) -> None:
        disk.full = False
        close(desk, session)

    disk.full = True
    talk.patch.setattr(Desk, "close", emptied)
    lines = talk("learn", "xor", say="step; quit")
    assert any("no room left on the disk" in line for line in lines) and lines[-1] == "Your place is kept."
    assert talk.kept().study.place == (iteration, step + 1)


@pytest.mark.parametrize(("command", "typed", "status"), [("quiz", "?\n" * 9, 0), ("reset", "yes\n", 2)])
def test_a_command_that_is_over_promises_nothing_of_the_next_key(
    talk: Talk, capsys: pytest.CaptureFixture[str], disk: Disk, command: str, typed: str, status: int
) -> None:
    talk("learn", "xor", say="next; quit")
    disk.full = True
    talk.patch.setattr(sys, "stdin", io.StringIO(typed))
    assert cli.main([command]) == status
    said = capsys.readouterr()
    assert words.load("en").say("progress.unsaved_over", reason="database or disk is full") in said.out + said.err
