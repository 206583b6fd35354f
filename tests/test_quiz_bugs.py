"""`nntutor quiz bug`: an iteration told line by line, a line named, what is said of it; and on a sheet."""

from __future__ import annotations

import re
import time

import pytest
from test_quiz import Quiz
from test_quiz import quiz as quiz

from nntutor.core.notation.style import Style
from nntutor.lessons.course.bugs import HUNTS, Bug, bug, seeded
from nntutor.lessons.language import words
from nntutor.lessons.language.mistakes import PARTS
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.learner.places import Store
from nntutor.lessons.posing.posed_bug import PosedBug

SEED = 3


def first(seed: int = SEED) -> Bug:
    return bug(HUNTS["bug-backward"], seed)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_line_that_is_found_is_shown_with_the_rule_the_check_and_the_three_sentences(
    quiz: Quiz, language: str
) -> None:
    one, said = first(), words.load(language)
    text = quiz("bug", "--seed", f"{SEED}", "--count", "1", "--lang", language, typed=f"{one.line}\n")
    posed, shown = text.split("> ", 1)
    assert said.entries["quiz.begin"].split(". ")[1].split(";")[0] not in posed  # no number answers it
    assert posed.count("\n22. ") == 1 and f"\n{len(one.trace)}. " in posed
    assert "\n14. δ_o1 = ∂E/∂o1·slope_o1 = " in posed  # of lines that are there, not written out
    for part in PARTS:
        assert said.say(f"mistake.{one.mistake}.{part}") in shown
    assert said.say("bug.rule") in shown and said.say("bug.here") in shown
    speech = Speech(said, Style.UNICODE)
    assert PosedBug(speech, one).checked in shown and one.check.verdict == "differs"


def test_as_long_as_it_is_open_nothing_says_which_mistake_it_is(quiz: Quiz) -> None:
    text = quiz("bug", "--seed", f"{SEED}", "--count", "2", typed="1\n?\nquit\n").split("Right at once")[0]
    names = [text for key, text in words.load("en").group("mistake") if not key.endswith(".right")]
    assert not [name for name in names if name in text]
    assert "wrongly" not in text and first().mistake not in text


def test_a_wrong_line_brings_a_nudge_then_another_then_the_answer(quiz: Quiz) -> None:
    typed = f"{first().line - 1}\n39\n1\n"
    text = quiz("bug", "--seed", f"{SEED}", "--count", "1", typed=typed)
    nudge, again, told = text.split("> ")[1:4]
    assert "is right: the first wrong one comes after it" in nudge and "phase: backward; hidden layer" in nudge
    assert "one before it is wrong already" in again and "of this kind: sent back" in again
    assert f"The first wrong one is line {first().line}, ∂E/∂h1." in told and "Answer shown: 1." in text


def test_the_nudge_never_calls_a_number_as_the_mistaken_rules_do() -> None:
    one = seeded(HUNTS["bug-backward"], "updated-weights", 1)
    said = PosedBug(Speech(words.load("en"), Style.UNICODE), one)
    assert "wrongly" not in said._nudge("kind")


def test_a_symbol_names_a_line_and_what_names_none_is_no_try(quiz: Quiz) -> None:
    text = quiz("bug", "--seed", f"{SEED}", "--count", "1", typed="99\nfoo\n\x1b[2J\n9**9\ndE/dh1\n")
    assert text.count("is no line of this iteration. Expected a number from 1 to 39") == 4
    assert "Right at once: 1." in text and "\x1b" not in text


def test_how_it_went_is_kept_as_a_skill_and_comes_back_when_it_is_due(
    quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz("bug", "--seed", f"{SEED}", "--count", "3", typed=f"{first().line}\n?\n?\n?\n\n")
    store = Store.open()
    assert {name: skill.results for name, skill in store.skills().items()} == {
        "bug-backward": "r", "bug-momentum": "s", "bug-adam": "-",
    }  # fmt: skip
    store.close()
    tomorrow = time.time() + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    text = quiz("--count", "1", typed="")
    assert "Type a number or an expression" in text  # other problems come after it
    assert "Find the bug" in text and "2-1" in text


def test_lessons_beside_it_are_asked_as_well_and_a_name_nearby_is_found(quiz: Quiz) -> None:
    text = quiz("bug", "wall", "--seed", "2", "--count", "2", typed="\n\n")
    assert "1 of 2. The update of a perceptron" in text and "2 of 2. Find the bug" in text
    assert "did you mean “bug”" in quiz("buug", status=2)


@pytest.mark.parametrize("format", ["md", "tex"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_sheet_has_every_line_and_its_solutions_say_which_was_wrong(quiz: Quiz, format: str, language: str) -> None:
    arguments = ("bug", "--sheet", format, "--seed", f"{SEED}", "--count", "2", "--lang", language)
    blank, solved = quiz(*arguments), quiz(*arguments, "--solutions")
    line = {"md": r"^\d+\. `", "tex": r"^\\step\{.*\}\{\d+\}$"}[format]
    made = [first(), bug(HUNTS["bug-momentum"], SEED + 1)]
    count = sum(len(one.trace) for one in made)
    assert len(re.findall(line, blank, re.MULTILINE)) == count
    assert len(re.findall(line, solved, re.MULTILINE)) == count + 2 * len(made)
    assert blank.count(r"\_" * 12 if format == "md" else r"\underline") == len(made)
    gone = words.load(language).say("bug.rule")
    assert gone not in blank and solved.count(gone) == len(made)
