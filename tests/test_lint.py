"""Every lesson passes the linter, and the linter finds what it is there to find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from types import MappingProxyType

import pytest
import screens

from nntutor.core.notation.style import Style
from nntutor.core.notation.typed import readings
from nntutor.lessons.course import catalog, claims, glossary, load
from nntutor.lessons.course.load import HERE
from nntutor.lessons.course.model import AuthorError, Lesson, Question, Text
from nntutor.lessons.course.questions import agree
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint, lint_prose, lint_questions
from nntutor.tui.drawing.pages import prose
from nntutor.tui.drawing.panels import answer, choices
from nntutor.tui.state import by_itself

LESSONS = load.lessons()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_lesson_has_nothing_to_complain_about(lesson: Lesson) -> None:
    turn = lint.SIZES[lesson.number % len(lint.SIZES)]  # the command plays it at every size
    assert [str(error) for error in lint.findings(lesson, [turn])] == []


def test_the_glossary_has_nothing_to_complain_about() -> None:
    assert [str(error) for error in lint_prose.of_glossary()] == []
    assert len({term.name["en"] for term in glossary.terms()}) == len(glossary.terms())


# Steps of a lesson's runs to be played through one by one; a run has more than anybody would press.
STEPS = 130


@pytest.mark.parametrize(("lesson", "language"), list(zip(LESSONS, cycle(LANGUAGES))))
def test_a_lesson_plays_step_by_step_at_a_size_that_takes_its_turn(lesson: Lesson, language: str) -> None:
    number = (lesson.number // len(LANGUAGES)) % len(lint.SIZES)
    style, size = Style.ASCII if number == 1 else Style.UNICODE, lint.SIZES[number]
    session = screens.of_lesson(lesson.id, language, style, size, known=True)
    for place in range(STEPS):
        session = screens.pressed(session, "step")
        if place % 7:
            continue
        lines = screens.lines(session)
        assert len(lines) == size[1]
        assert "{{" not in "".join(lines)
        if place % 21 == 0:
            session = screens.pressed(session, "view")
    back = screens.pressed(session, *["back"] * 10, *["step"] * 10)
    assert screens.lines(back) == screens.lines(session)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_what_a_lesson_lets_change_can_be_changed_and_taken_back(lesson: Lesson) -> None:
    session = screens.of_lesson(lesson.id, known=True)
    before = screens.lines(session)
    for keys in (("more", "less"), ("double", "halve"), ("double", "undo"), ("more", "reset")):
        session = lint.ran(screens.pressed(session, keys[0]))
        assert len(screens.lines(session)) == 24
        session = lint.ran(screens.pressed(session, keys[1], "escape"))
    if lesson.main is None or not lesson.main.runs:
        assert screens.lines(lint.ran(screens.pressed(session, "reset", "escape"))) == before


# --- what it finds -----------------------------------------------------------------------------------


def found(monkeypatch: pytest.MonkeyPatch, **texts: str) -> list[str]:
    """Findings of the first stops of lesson `cycle` with other words at one of them."""
    lesson = load.find("cycle")
    assert lesson is not None
    lesson = replace(lesson, stops=lesson.stops[:6], questions=())  # the last stop lies far away
    original = load.text

    def changed(id: str, language: str) -> Text:
        text = original(id, language)
        stops = {stop.id: text.stops[stop.id] for stop in lesson.stops}
        stops["forward"] = replace(stops["forward"], text=texts.get(language, stops["forward"].text))
        return replace(text, stops=MappingProxyType(stops))

    monkeypatch.setattr(load, "text", changed)
    return [str(error) for error in lint.findings(lesson, ())]  # it is not the playing that finds


@pytest.mark.parametrize(
    ("english", "korean", "reason"),
    [
        ("o1 is 0.7514.", "o1 값입니다.", "0.7514 is typed"),
        ("Press **#**.", "값입니다.", "no key “#”"),
        ("o1 is {{o9}}.", "{{o9}}입니다.", "no “o9”"),
        ("o1 is {{o1}}.", "값입니다.", "in one language only"),
        ("{{o1}}", "{{o1}}은 큽니다.", "a hole with both forms, as in {{w5|은/는}}"),
        ("o1 is positive.", "값입니다.", "“positive” in “o1 is positive.” is a claim"),
        (
            "{{if o1 > 0}}One.{{end}} So {{o1}} goes **up**.",
            "값입니다.",
            "“up” in “So {{o1}} goes **up**.” is a claim",
        ),
        ("One.", "{{o1|은/는}} 양수입니다.", "“양수” in “{{o1|은/는}} 양수입니다.” is a claim"),
        ("One.", "w5은 큽니다.", "expected “는”, for it is read 오"),
        ("{{if o1 > 0}}One.{{else}}Two.{{end}}", "값입니다.", "{{if o1 > 0}} stands in one language only"),
        ("{{if o1 > 0}}One.", "값입니다.", "expected {{end}}"),
        ("One. {{if o9 > 0}}Two.{{end}}", "값입니다.", "no “o9”"),
        ("One. {{if o1 < 0}}{{o9}}{{end}}", "값입니다.", "no “o9”"),
        ("One. {{if o1 < 0}}o1 is 0.7514{{end}}", "값입니다.", "0.7514 is typed"),
        ("One. {{if o1 < 0}}" + "word " * 90 + "{{end}}", "값입니다.", "rows at 78 cells"),
        ("o1{{if o1 > 0}} is up{{else}} {{end}}, so go on.", "값입니다.", "“o1 ,”: a space stands before the sign"),
        ("{{if own}}One.{{end}}", "값입니다.", "nothing is left to say"),
        ("One.", "이것은 값이다.", "style of 합니다"),
        ("word " * 90, "값입니다.", "rows at 78 cells"),
        ("a ∫ sign", "값입니다.", "no ASCII spelling"),
        (
            "One{{if own or o1 > 0}} {{end:first}}{{end}}.",
            "값입니다.",
            "{{end:first}} is the end of the lesson's own run",
        ),
        ("The row at hand is wrong.", "값입니다.", "“The row at hand is wrong.” is so at the stop alone"),
        ("One.", "표의 비율은 값입니다.", "“표의 비율은 값입니다.” is so at the stop alone"),
        ("One{{if end:last > 3}}, two{{end}}.", "값입니다.", "{{if end:last > 3}} is the end of the lesson's own run"),
    ],
)
def test_it_finds(monkeypatch: pytest.MonkeyPatch, english: str, korean: str, reason: str) -> None:
    complaints = found(monkeypatch, en=english, ko="값입니다." if korean is None else korean)
    assert any(reason in complaint for complaint in complaints), complaints
    assert all(complaint.startswith("lessons/text/") for complaint in complaints), complaints


@pytest.mark.parametrize("said", ["E is {{E@2}} now.", "{{if E@2 < E}}E is {{E@2|6}}.{{else}}E was {{E}}.{{end}}"])
def test_it_finds_an_error_after_the_move_that_stands_alone(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    lesson = load.find("output-delta")
    assert lesson is not None
    original = load.text
    text = said

    def changed(id: str, language: str) -> Text:
        whole = original(id, language)
        return replace(whole, stops={**whole.stops, "after": replace(whole.stops["after"], text=text)})

    monkeypatch.setattr(load, "text", changed)
    assert any("{{E@2}} is of after the move" in str(error) for error in lint.findings(lesson, ()))
    text = said.replace("{{E@2", "{{E}}, {{E@2")
    assert not any("is of after the move" in str(error) for error in lint.findings(lesson, ()))


def changed(old: str, new: str) -> Lesson:
    source = (HERE / "catalog" / "cycle.toml").read_text(encoding="utf-8")
    assert old in source
    return catalog.parse(source.replace(old, new, 1), "cycle")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('at = "o2"', 'at = "o9"', "no step of run “main” makes o9"),
        ('at = "o2"', 'at = "w8⁺"', "stands before the stop above it"),
        ('symbol = "η"', 'symbol = "q1"', "no such number"),
        ('problem = "two-two-two"', 'problem = "two-two-two"\nmistake = "none"', "mistake “none”"),
        ('problem = "two-two-two"', 'problem = "two-two-two"\nset = { colour = 1 }', "setting 'colour'"),
    ],
)
def test_it_finds_in_the_catalog(old: str, new: str, reason: str) -> None:
    complaints = [str(error) for error in lint.findings(changed(old, new), ())]
    assert any(reason in complaint for complaint in complaints), complaints


def test_the_command_says_what_is_wrong_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint.main(["output-delta"]) == 0

    def wrong(lesson: Lesson) -> Iterator[AuthorError]:
        yield AuthorError("lessons/text/en/forward.md", 7, "wrong")

    monkeypatch.setattr(lint, "findings", wrong)
    assert lint.main(["output-delta"]) == 1
    assert capsys.readouterr().out == "lessons/text/en/forward.md:7: wrong\n"


def test_a_broken_lesson_leaves_the_others_open(monkeypatch: pytest.MonkeyPatch) -> None:
    original, whole = catalog.parse, len(load.lessons())

    def broken(source: str, id: str) -> Lesson:
        return original(source.replace("minutes", "minuets") if id == "wall" else source, id)

    monkeypatch.setattr(catalog, "parse", broken)
    load._one.cache_clear()
    load._read.cache_clear()
    try:
        assert len(load.lessons()) == whole - 1
        assert "wall" not in [lesson.id for lesson in load.lessons()]
        with pytest.raises(AuthorError, match=r"wall\.toml:1: “minutes” is missing"):
            load.find("wall")
        assert load.find("adam") is not None
    finally:
        load._one.cache_clear()
        load._read.cache_clear()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "{{if o1 > 0}}o1 is positive.{{else}}o1 is too low.{{end}}"),
        ("en", "{{if always}}σ rises with net_o1.{{end}} The plot on the right shows E up to here."),
        ("en", "Is δ_o1 positive? A larger step costs more."),
        ("en", "δ_o1 is {{δ_o1}}, {{if o1 = t1}}as it should be.{{else}}a gap!{{end}} Too large a step costs more."),
        ("en", "Left is h1, right the **hidden plane**, and o1 adds up what it is given. E_o1 says how wrong o1 is."),
        ("ko", "{{if own}}w5는 내려갑니다.{{end}} o1은 올라갈까요? 큰 것이 더 큽니다."),
        ("ko", "o1 = {{o1}}, {{if o1 = t1}}맞았습니다. {{else}}아닙니다. {{end}}크면 늘 더 늘어납니다."),
        ("ko", "{{rows}}행 가운데 {{right}}행이 맞습니다. E를 위에서 내려다봅니다."),
    ],
)
def test_what_follows_the_record_and_what_speaks_of_no_number_is_no_claim(language: str, text: str) -> None:
    assert not list(claims.unconditioned(text, language))


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "o1 is {{o1}}{{if o1 = t1}}, done.{{else}}{{end}} and wrong.", "wrong"),
        ("en", "{{o1}} is, {{if o1 > 0}}one.{{else}}two,{{end}} going up.", "up"),
        ("ko", "{{right}}행의 답 {{o1|이/가}} 맞습니다.", "맞습니다"),
        ("ko", "w5 = {{w5}}는 내려갑니다.", "내려"),
    ],
)
def test_what_speaks_of_a_number_without_a_condition_is_a_claim(language: str, text: str, word: str) -> None:
    assert [found for found, _ in claims.unconditioned(text, language)] == [word]


# --- questions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (Question("delta", series="hidden"), "no series “hidden”"),
        (Question("delta", "δ_h2", problem="brother"), "no problem “brother”"),
        (Question("delta", "δ_h9"), "no later step"),
        (Question("delta", "h1"), "no later step"),
        (Question("delta", "δ_h1"), "no later step"),
        (Question("start", "net_o1", problem="one-neuron"), "gives what is right"),
        (Question("start", "net_o1", problem="one-neuron", form="larger", than="net_o1"), "its answer is neither"),
    ],
)
def test_it_finds_a_question_that_cannot_be_asked_or_hides_a_slip(question: Question, reason: str) -> None:
    lesson = load.find("hidden-delta")
    assert lesson is not None
    lesson = replace(lesson, questions=(question,))
    complaints = [str(error) for error in lint_questions.findings(lesson, lint.opened(lesson))]
    assert any(reason in complaint for complaint in complaints), complaints
    assert all(complaint.startswith("lessons/catalog/hidden-delta.toml: question at") for complaint in complaints)


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ({"own": "", "back": "", "output": ""}, "not exactly one"),
        ({"own": "", "back": "always", "output": "E > 0"}, "not exactly one"),
        ({"own": "", "back": "E >", "output": ""}, "not exactly one"),
    ],
)
def test_it_finds_choices_of_which_not_one_is_right(conditions: dict[str, str], reason: str) -> None:
    lesson = load.find("hidden-delta")
    assert lesson is not None
    lesson = replace(lesson, questions=(Question("wait", choices=conditions),))
    assert any(reason in str(error) for error in lint_questions.findings(lesson, lint.opened(lesson)))


@pytest.mark.parametrize(
    ("until", "way", "reason"),
    [
        ("E@2·1000 < E@1", ("halve",), "halve does not do it"),
        ("E@2·1000 < E@1", ("eta = 0.25", "double"), "done before “double”"),
        ("E@1 > 0", ("double",), "is so already"),
    ],
)
def test_it_finds_an_act_that_is_done_already_or_not_by_its_way(until: str, way: tuple[str, ...], reason: str) -> None:
    lesson = load.find("descent")
    assert lesson is not None
    lesson = replace(lesson, questions=(Question("double", until=until, way=way),))
    assert any(reason in str(error) for error in lint_questions.findings(lesson, lint.opened(lesson)))


def test_it_finds_a_deed_that_is_not_astray_and_a_number_that_an_act_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load.find("descent")
    assert lesson is not None
    act = Question("double", until="E@2·1000 < E@1", way=("double",), astray=("halve", "eta = 1/4"))
    lesson = replace(lesson, questions=(act,))
    monkeypatch.setattr(prose, "_to_do", lambda session, study, act: "Set η = 0.25 and see.")
    complaints = [str(error) for error in lint_questions.findings(lesson, lint.opened(lesson))]
    assert [one.partition("”: ")[2] for one in complaints] == [
        "“eta = 1/4” does it too, or ends it",
        "η = 0.25 stands on the screen while it is to be found",
    ]


def test_it_finds_a_question_that_is_always_to_open_and_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load.find("forward")
    assert lesson is not None
    monkeypatch.setattr(by_itself, "opened", lambda session, study: None)
    complaints = [str(error) for error in lint.findings(lesson, lint.SIZES[:1])]
    expected = "question at stop “order”: space goes on without it; expected it to open by itself"
    assert complaints == [f"lessons/catalog/forward.toml: {expected}"]


@pytest.mark.parametrize(
    ("right", "reason"), [(0, "all or fewer than two"), (4, "all or fewer than two"), (2, "on the screen")]
)
def test_it_finds_marks_that_are_all_right_or_that_a_row_tells(
    monkeypatch: pytest.MonkeyPatch, right: int, reason: str
) -> None:
    lesson = load.find("hidden-delta")
    assert lesson is not None
    marks = {
        name: "always" if number < right else ""
        for number, name in enumerate(("to-first", "beside", "to-second", "other"))
    }
    lesson = replace(lesson, questions=(Question("no-target", choices=marks, several=True),))
    monkeypatch.setattr(choices, "asked", lambda *given: ("Mark h1 and E.", ("h1", "E.", "w7", "w8")))
    found = [str(error) for error in lint_questions.findings(lesson, lint.opened(lesson))]
    assert any(reason in complaint for complaint in found), found


def test_it_finds_a_choice_that_has_no_room_or_stands_on_the_screen_besides(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load.find("hidden-delta")
    assert lesson is not None
    for asked, reason in (("Which? " * 80, "no room"), ("Nothing.", "stands on the screen besides")):
        monkeypatch.setattr(choices, "asked", lambda *given, asked=asked: (asked, ("h1", "Nothing.", "t1")))
        found = [str(error) for error in lint_questions.findings(lesson, lint.opened(lesson)) if "wait" in str(error)]
        assert any(reason in complaint for complaint in found), found


def test_it_finds_an_answer_that_stands_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load.find("hidden-delta")
    assert lesson is not None
    monkeypatch.setattr(answer, "verdict", lambda posed, *_: iter([posed.value]))
    complaints = [str(error) for error in lint_questions.findings(lesson, lint.opened(lesson))]
    assert any("stands on the screen while it is asked for" in complaint for complaint in complaints)


@pytest.mark.parametrize("value", [0.0381, -12.5, 3e-7, 123456.0])
def test_its_ten_spellings_are_ten_and_mean_the_number(value: float) -> None:
    spelled = lint_questions.spellings(value, 4)
    assert len(spelled) == 10 and len(set(spelled)) > 7
    for one in spelled:
        assert any(agree(reading.value, value, 4) for reading in readings(one)), one
