"""Lessons and words are held to what the screen, the record and the two languages ask of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from unicodedata import combining, east_asian_width

import pytest
import screens
from hypothesis import given
from strategies import numbers

from nntutor.core.analysis.mistaken import step_of
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.files.problem import on_surface, read
from nntutor.core.notation.formula import Expr
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Names, Ref, short
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import FORMS, OPTIMIZERS, Optimizer
from nntutor.lessons.course import catalog, holes, load
from nntutor.lessons.course.load import HERE
from nntutor.lessons.course.model import AuthorError, Lesson
from nntutor.lessons.language import why, words
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.particles import agreeing, disagreeing

LANGUAGES = words.LANGUAGES
ROOT = Path(__file__).parent.parent
LESSONS = load.lessons()
WIDTH, ROWS = 78, 5


def cells(text: str) -> int:
    """Terminal cells: a Korean letter takes two, a combining mark none."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def rows(text: str, width: int = WIDTH) -> list[str]:
    """Lines as a terminal wraps them, at spaces."""
    lines = [""]
    for word in text.replace("**", "").split():
        longer = f"{lines[-1]} {word}".strip()
        if cells(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def timeline(problem: str, mistake: str) -> Timeline:
    return Timeline.start(read(HERE / "problems" / f"{problem}.toml"), mistake)


def traces(lesson: Lesson) -> Callable[[str | None, int | None], Trace]:
    """The lesson's own records."""

    def trace_of(run: str | None, iteration: int | None) -> Trace:
        chosen = lesson.run(run or lesson.runs[0].id)
        return timeline(chosen.problem, chosen.mistake).to(iteration or 1, 1).trace

    return trace_of


# --- the catalog -----------------------------------------------------------------------------------


def test_the_lessons_stand_in_course_order() -> None:
    ids = ["start", "wall", "by-hand", "descent", "neuron", "forward", "output-delta", "hidden-delta", "cycle",
           "old-weights", "xor", "deeper", "vanishing", "relu", "sgd", "momentum", "adam", "problem"]  # fmt: skip
    assert [lesson.id for lesson in LESSONS] == ids
    assert [lesson.number for lesson in LESSONS] == [*range(17), 18]
    assert not load.broken()


def test_the_main_number_of_start_goes_up_and_comes_back_exactly() -> None:
    main = LESSONS[0].main
    assert main is not None
    assert [main.up(3.0), main.up(main.up(3.0)), main.down(main.up(3.0))] == [3.001, 3.002, 3.0]


def test_a_main_number_goes_through_its_values_in_both_ways_and_no_further() -> None:
    numbers = [lesson.main for lesson in LESSONS if lesson.main is not None and lesson.main.values]
    assert numbers
    for main in numbers:
        for lower, upper in pairwise(main.values):
            assert (main.up(lower), main.down(upper)) == (upper, lower)
            assert main.up((lower + upper) / 2) == upper and main.down((lower + upper) / 2) == lower
        assert main.up(main.values[-1]) == main.values[-1] and main.down(main.values[0]) == main.values[0]


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (('at = "o1"', 'att = "o1"'), 17, "“at” is missing"),
        (('at = "net_o1"', 'at = "net_o1"\nview = "picture"'), 13, "expected one of"),
        (('at = "net_o1"', 'at = "net_o1"\nrun = "other"'), 13, "no run “other”"),
        (("minutes = 5", 'minutes = "5"'), 1, "whole number"),
        (("by = 0.001", "by = 0.001\ntimes = 2"), 5, "needs one of"),
        (("by = 0.001", 'setting = "colour"'), 5, "expected depth, seed or batch"),
        (('id = "answer"', 'id = "unit"'), 17, "taken already"),
        (("minutes = 5", "minutes = 5\ncolour = 1"), 1, "unknown key “colour”"),
        (("minutes = 5", "minutes = = 5"), 3, "not TOML"),
    ],
)
def test_a_mistake_in_the_catalog_names_its_line(change: tuple[str, str], line: int, reason: str) -> None:
    source = (HERE / "catalog" / "start.toml").read_text(encoding="utf-8")
    assert change[0] in source
    with pytest.raises(AuthorError, match=reason) as caught:
        catalog.parse(source.replace(*change, 1), "start")
    assert str(caught.value).startswith(f"lessons/catalog/start.toml:{line}:"), caught.value


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ('stop = "nowhere"\nask = "o1"', "there is no stop “nowhere”"),
        ('stop = "answer"', "needs one of `ask`, `series`"),
        ('stop = "answer"\nask = "o1"\nseries = "forward"', "needs one of `ask`, `series`"),
        ('stop = "answer"\nseries = "forward"\nproblem = "xor"', "`problem` and `iteration` go with `ask`"),
        ('stop = "answer"\nask = "o1"\niteration = -1', "expected 1 or later"),
        ('stop = "answer"\nrungs = [{ series = "forward" }]', "a rung needs `ask`"),
        ('stop = "answer"\nrungs = [{ ask = "o1", form = "larger" }]', "`than` goes with the form larger"),
        ('stop = "answer"\nrungs = 1', "should be a list of tables"),
        ('stop = "answer"\nuntil = "E > 1"\nway = ["double"]', "`until` and `way` and `astray` go together"),
        ('stop = "answer"\nask = "o1"\ndigits = 9', "expected 2 to 6"),
        ('stop = "answer"\nask = "o1"\nform = "colour"', "expected number, sign or larger"),
        ('stop = "answer"\nask = "o1"\nform = "larger"', "`than` goes with the form larger"),
        ('stop = "answer"\nask = "o1"\nthan = "w1"', "`than` goes with the form larger"),
        ('stop = "answer"\nask = "o1"\nhint = "no"', "unknown key “hint”"),
        ('stop = "answer"\nask = "o1"\n[[question]]\nstop = "answer"\nask = "E"', "has a question already"),
    ],
)
def test_a_mistake_in_a_question_names_its_line(question: str, reason: str) -> None:
    source = (HERE / "catalog" / "start.toml").read_text(encoding="utf-8").rstrip()
    line = len(source.splitlines()) + (4 if "already" in reason else 1)
    with pytest.raises(AuthorError, match=reason) as caught:
        catalog.parse(f"{source}\n[[question]]\n{question}\n", "start")
    assert str(caught.value).startswith(f"lessons/catalog/start.toml:{line}:"), caught.value


# --- the texts -------------------------------------------------------------------------------------


def test_the_page_on_writing_lessons_shows_a_catalog_that_can_be_read() -> None:
    page = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    source = page.split("```toml\n")[1].partition("```")[0]
    lesson = catalog.parse(source, "example")
    assert [stop.at for stop in lesson.stops] == ["E", "w2⁺"]
    words = page.split("```markdown\n")[1].partition("```")[0]
    assert load.read(words + "\n## zigzag\n\nText.\n", "example.md", lesson).title == "Momentum"


def test_a_mistake_in_a_text_names_its_line() -> None:
    lesson = LESSONS[0]
    source = (HERE / "text" / "en" / "start.md").read_text(encoding="utf-8")
    cases = {
        source.replace("## nudge", "## nuge"): "no stop “nuge”",
        source.replace("## nudge", "## unit"): "a second time",
        source.split("## keys")[0]: "no text for stop “keys”",
        source.replace("# Reading the numbers", ""): "title first",
    }
    for broken, reason in cases.items():
        with pytest.raises(AuthorError, match=rf"start\.md:\d+: .*{reason}"):
            load.read(broken, "start.md", lesson)


# --- holes -----------------------------------------------------------------------------------------


def old_weights() -> Callable[[str | None, int | None], Trace]:
    lesson = load.find("old-weights")
    assert lesson is not None
    return traces(lesson)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{h1}} and {{h1|6}}", "0.5933 and 0.593270"),
        ("{{δ_o1·w5|+3}}{{δ_o2·w7|+3}} = {{∂E/∂h1|+3}}", "+0.0554−0.0190 = +0.0364"),
        ("{{delta_h1|+}} is {{δ_h1|+}}", "+0.008771 is +0.008771"),
        ("{{E@2|9}}, {{wrong:E@2|9}}, {{published:E}}", "0.291027774, 0.291027924, 0.291027924"),
        ("{{100·(1 − wrong:∂E/∂w1/∂E/∂w1)|2}} %", "17 %"),
        ("{{t1}} {{w5}} {{η}} {{w5⁺}} {{½·h1²|3}}", "0.01 0.4 0.5 0.3589 0.176"),
        ("{{σ(net_o1 + 0.001) − o1|3}}", "0.000187"),
        ("{{w5|은/는}}, {{δ_h1|+|이/가}}, {{h1|6|으로/로}}", "0.4는, +0.008771이, 0.593270으로"),
        ("{{published:E|은/는}}, {{rows}} − {{right}}", "0.291027924는, 1 − 0"),
        ("{{layers}}, {{size:out − size:2}}, {{moved:out − moved:2}}", "2, 0, 0"),
    ],
)
def test_a_hole_is_filled_from_the_record(text: str, filled: str) -> None:
    assert holes.fill(text, old_weights(), {"E": "0.291027924"}) == filled


def test_without_unicode_a_root_holds_what_is_below_it_and_a_move_is_a_word() -> None:
    said = "m을 √v로, √20, √v̂ + ε, √(1 − ρ), √2배. Δ = 1, Δ/η는, Δ가, Δw5."
    assert ascii_look(said) == (
        "m을 sqrt(v)로, sqrt(20), sqrt(vhat) + eps, sqrt(1 - rho), sqrt(2)배. step = 1, step/eta는, step가, step_w5."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marks_of_a_plane_are_those_that_the_prose_names(language: str) -> None:
    drawn = " ".join(screens.lines(screens.of_lesson("wall", language, Style.ASCII, known=True)))
    assert re.search(r"\bX v \(1,1\)", drawn) and re.search(r"\bo x \(0,1\)", drawn)
    told = {"en": "v is a row that is right now, x one", "ko": "v 표시는 지금 맞은 행, x 표시는"}[language]
    assert told in " ".join(drawn.split())


def test_a_hole_is_filled_in_the_ascii_look() -> None:
    text = "δ_o1·w5 → {{δ_o2·w7|+3}}, ∂E/∂w5, w5⁺, ½"
    assert holes.fill(text, old_weights(), {}, style=Style.ASCII) == "delta_o1*w5 -> -0.0190, dE/dw5, w5_new, 1/2"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{h3}}", "no “h3”"),
        ("{{h1 +}}", "not a formula"),
        ("{{h1|four}}", "expected"),
        ("{{left:h1}}", "no run “left”"),
        ("{{published:o1}}", "no published figure"),
        ("{{w5|은/을}}", "both forms of a particle"),
    ],
)
def test_a_hole_that_does_not_resolve_says_why(text: str, reason: str) -> None:
    with pytest.raises(holes.HoleError, match=reason):
        holes.fill(text, old_weights(), {})


def test_an_author_learns_file_line_and_stop_of_a_broken_hole() -> None:
    lesson = LESSONS[0]
    source = (HERE / "text" / "en" / "start.md").read_text(encoding="utf-8").replace("{{t1}}", "{{t9}}", 1)
    text = load.read(source, "start.md", lesson)
    with pytest.raises(AuthorError, match=r"start\.md:\d+: stop “answer”: \{\{t9\}\}"):
        holes.said(lesson, text, lesson.stops[1], traces(lesson))


# --- words -----------------------------------------------------------------------------------------


def test_both_languages_have_the_same_words_with_the_same_facts() -> None:
    english, korean = words.load("en"), words.load("ko")
    assert list(english.entries) == list(korean.entries)
    for key, template in english.entries.items():
        facts = [{fact for fact, _ in words.FACT.findall(said)} for said in (template, korean.entries[key])]
        assert facts[0] == facts[1], key


def test_korean_particles_in_the_words_agree_with_what_stands_before_them() -> None:
    bad = {}
    for key, entry in words.load("ko").entries.items():
        pairs = [pair for _, pair in words.FACT.findall(entry) if pair]
        assert all(len({agreeing(f"w{digit}", pair) for digit in range(10)}) == 2 for pair in pairs), key
        bad[key] = [*disagreeing(words.FACT.sub(lambda fact: f"{{{fact[1]}}}수" if fact[2] else fact[0], entry))]
    assert not any(bad.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_line_fits_the_screen(language: str) -> None:
    say = words.load(language).say
    keys = ("→ step", "← back", ") phase", "w why", "c check", "r run", "v view", "? keys", "q leave")
    line = "  ".join(f"{key} {say(f'keys.{name}')}" for key, name in (pair.split() for pair in keys))
    assert cells(line) <= WIDTH, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_word_names_its_key(language: str) -> None:
    with pytest.raises(words.WordsError, match=r"no\.such\.key"):
        words.load(language).say("no.such.key")
    with pytest.raises(words.WordsError, match="iteration"):
        words.load(language).say("run.stopped")


@given(numbers())
def test_prose_in_the_ascii_look_spells_every_symbol_as_the_core_does(number: tuple[Names, Ref]) -> None:
    names, ref = number
    assert ascii_look(names.symbol(ref)) == names.symbol(ref, Style.ASCII)
    assert ascii_look(short(ref.kind)).strip() == short(ref.kind, Style.ASCII)


@pytest.mark.parametrize(
    ("written", "plain"),
    [("½(t1 − o1)² is", "1/2*(t1 - o1)^2 is"), ("½(½)².", "1/2*(1/2)^2."), ("the ½ is", "the 1/2 is"),
     ("√s is", "sqrt(s) is"), ("√v̂ + ε", "sqrt(vhat) + eps"), ("(√20 − 1)", "(sqrt(20) - 1)"),
     ("√(1 − ρ)", "sqrt(1 - rho)"), ("Δ/η, is", "step/eta, is"), ("then Δ = −η·g", "then step = -eta*g")],
)  # fmt: skip
def test_a_formula_in_the_prose_is_read_the_same_without_unicode(written: str, plain: str) -> None:
    assert ascii_look(written) == plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_without_unicode_runs_a_root_or_a_half_into_what_follows(language: str) -> None:
    for lesson in LESSONS:
        for stop in load.text(lesson.id, language).stops.values():
            assert not re.search(r"sqrt\w|1/2\(|step [/ ]", ascii_look(stop.text)), stop.text
            assert " · " not in stop.text, stop.text  # what stands between the parts of a label


def problems() -> Iterator[tuple[Problem, str]]:
    """Problems that between them take every kind of step, each with a mistake to run it under."""
    first, second = [[0.1, -0.2], [0.3, 0.4]], [[0.5, -0.6], [0.7, 0.8]]
    plain = Problem(
        Network((Layer("sigmoid", first, [0.1, 0.2]), Layer("sigmoid", second, [0.3, 0.4]))),
        Samples([[0.5, 1.0], [1.5, -1.0]], [[0.0, 1.0], [1.0, 0.0]]),
        Optimizer(),
    )
    yield plain, "updated-weights"
    yield replace(plain, batch="full", l1=0.1, l2=0.1, input_gradient=True), ""
    yield replace(plain, batch="full", over_samples="sum", l2=0.1), ""
    for activation in ACTIVATIONS:
        yield replace(plain, network=Network((Layer(activation, first, None), plain.network.layers[1]))), ""
    for error in LOSSES:
        last = LOSSES[error].last or "sigmoid"
        layers = (plain.network.layers[0], Layer(last, second, [0.3, 0.4]))
        yield replace(plain, error=error, network=Network(layers)), ""
        if error == "perceptron":
            decaying = Optimizer(learning_rate=0.1, decay=0.01)
            wrong = replace(plain, error=error, network=Network(layers), batch="full", optimizer=decaying)
            yield wrong, ""
            yield replace(wrong, over_samples="sum"), ""
    for optimizer in OPTIMIZERS:
        yield replace(plain, optimizer=Optimizer(optimizer, 0.1)), ""
        yield replace(plain, optimizer=Optimizer(optimizer, 0.1, decay=0.01)), ""
    for form in FORMS:
        yield replace(plain, optimizer=Optimizer("momentum", 0.1, form=form)), ""
    yield replace(plain, optimizer=Optimizer("adam", 0.1, correct=False)), ""
    yield replace(plain, optimizer=Optimizer("adam", 0.1)), "uncorrected"
    yield on_surface("ravine", (-4, 1), Optimizer()), ""


@pytest.mark.parametrize(
    ("mistake", "spoken"),
    [
        ("no-correction@1", (True, False)),
        ("batch-sum+uncorrected", (True, True)),
        ("batch-sum", (False, False)),
        ("updated-weights+no-correction@2", (False, True)),
    ],
)
def test_a_mistake_is_spoken_of_in_the_layer_where_it_is_made(mistake: str, spoken: tuple[bool, bool]) -> None:
    plain = next(problem for problem, _ in problems())
    trace = Timeline.start(replace(plain, optimizer=Optimizer("adam", 0.1)), mistake).trace
    kinds = {(step.layer, why.kind(trace, step)) for step in trace}
    assert tuple((layer, "change_no_correction") in kinds for layer in (1, 2)) == spoken
    assert ((1, "out_gradient_wrong") in kinds) == ("updated-weights" in mistake)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_step_has_a_noun_and_a_why_that_fits_three_rows(language: str) -> None:
    said_why = words.load(language)
    seen = set()
    for problem, mistake in problems():
        trace = Timeline.start(problem, mistake).trace
        # What a weight moves by is asked for where it is no step as well.
        moved = [step_of(trace, step.ref._replace(kind="change")) for step in trace if step.ref.kind == "new"]
        for step in (*trace, *moved):
            seen.add(why.kind(trace, step))
            sentence = why.sentence(said_why, trace, step)
            assert len(rows(sentence)) <= 3, (why.kind(trace, step), sentence)
            assert cells(why.noun(said_why, trace, step)) <= 24
    assert seen == {key for key, _ in said_why.group("why")} == {key for key, _ in said_why.group("kind")}


def test_two_numbers_of_an_update_that_are_told_alike_are_made_alike() -> None:
    made: dict[str, set[Expr]] = {}
    for problem, mistake in problems():
        if mistake:
            continue
        trace = Timeline.start(problem).trace
        rules = trace.plan.book.layers[-1]
        for step in trace:
            update = rules.update if step.ref.input else rules.bias_update
            tree = dict(update.made).get(step.ref.kind)
            if tree is not None:
                made.setdefault(why.kind(trace, step), set()).add(tree)
    assert len(made) > 10
    assert not {key: trees for key, trees in made.items() if len(trees) > 1}


def test_the_list_of_lessons_needs_neither_numpy_nor_textual() -> None:
    code = (
        "import sys; from nntutor.lessons.course import load; from nntutor.lessons.language import words; "
        "[load.text(lesson.id, 'ko') for lesson in load.lessons()]; words.load('ko'); "
        "sys.exit(bool({'numpy', 'textual', 'rich'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
