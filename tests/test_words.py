"""Every word is said by something: by its whole key in the code, or under a key that the code builds."""

from __future__ import annotations

import ast
import errno
import os
import re
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import screens

from nntutor.core import errors
from nntutor.core.engine.plan import PHASES
from nntutor.core.files import toml
from nntutor.core.problems.settings import NUMBERS
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import OPTIMIZERS
from nntutor.core.rules.surfaces import SURFACES
from nntutor.lessons.course import builtin, load, published
from nntutor.lessons.course.bugs import HUNTS
from nntutor.lessons.course.model import VIEWS
from nntutor.lessons.course.questions import FORMS
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.language import error_text, mistakes, titles, words
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.arguments import COMMANDS
from nntutor.tui.plain.spoken import OWN
from nntutor.tui.state import commands
from nntutor.tui.state.panels import KINDS_OF_FILES
from nntutor.tui.state.session import THEMES, Home, Session

ROOT = Path(__file__).parent.parent
CODE = ("core/**/*.py", "lessons/**/*.py", "tui/**/*.py")


@cache
def texts(path: Path) -> tuple[ast.Constant | ast.JoinedStr, ...]:
    """What stands in quotes in one file."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr))


def nodes(files: str) -> Iterator[ast.Constant | ast.JoinedStr]:
    """What stands in quotes in these files."""
    paths = sorted(ROOT.glob(files))
    assert paths, files
    for path in paths:
        yield from texts(path)


@cache
def literals(*files: str) -> frozenset[str]:
    """Every text in quotes in the code of these files."""
    found = (node for pattern in files for node in nodes(pattern))
    return frozenset(node.value for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str))


def heads() -> Iterator[str]:
    """What f-strings of the code begin with."""
    for node in (node for pattern in CODE for node in nodes(pattern)):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            yield str(node.values[0].value)


def runs() -> Iterator[str]:
    """The names of runs, and of the race and the racer in "ravine-adam"."""
    for run in (run.id for lesson in load.lessons() for run in lesson.runs):
        yield from (run, *run.split("-"))


def mistakes_of_core() -> Iterator[str]:
    """Errors that the core can name, some with what they are about."""
    for name in vars(errors):
        yield from (name, f"{name}_row", f"{name}_problem", f"{name}_lesson")
    yield from ("NotUnder_mean", "NotUnder_penalty", "Transposed_units_first", "Transposed_inputs_first")
    yield from (f"{name}_{of}" for name in ("NotValues", "UnknownValue") for of in literals("core/diagnosis/*.py"))
    yield from (
        f"Exceeds_{of}" for of in ("layers", "units", "keys", "names", "nested", "letters", "numbers", "line", "cell")
    )
    yield from (f"NotRead_{what}" for what in literals("core/problems/*.py"))
    yield from (f"NotModel_{what}" for what in literals("core/files/model.py", "core/files/problem.py"))
    yield from (f"NotStored_{what}" for what in ("name", "file", "numbers", "shape_weights", "shape_bias"))
    yield from (f"NotANumber_{what}" for what in ("text", "comma"))
    yield from (f"NotScripted_{what}" for what in ("mistake", "perceptron", "given", "rule"))


@cache
def built() -> dict[str, frozenset[str]]:
    """What stands behind each beginning of a key that the code builds. Kinds of steps: see test_lessons."""
    return {
        start: frozenset(ends)
        for start, ends in {
            "activation_name.": ACTIVATIONS,
            "advice.": literals("tui/doctor/**/*.py"),
            "batch_name.": ("online", "full", "mini"),
            "cause.": literals("lessons/language/causes.py"),
            "check.": literals("tui/drawing/panels/check.py", "core/analysis/gradient_check.py"),
            "check_table.": (end for key in literals("lessons/export/check_table.py") for end in (key, f"{key}_count")),
            "cli.": (
                end
                for key in literals("tui/*.py", "tui/browser/*.py", "tui/**/keymap.py")
                for end in (key, f"{key}_near")
            ),
            "cli.no_": literals("tui/terminal/capabilities.py"),
            "cli_help.": (*COMMANDS, "main"),
            "command.": (
                command.action for command in commands.COMMANDS if command.group and command.action != "palette"
            ),
            "command_group.": (*commands.GROUPS, *literals("tui/state/palette.py")),
            "did.": (
                f"{name}.{form}" for name, one in MISTAKES.items() if len(one.variants) > 1 for form in one.variants
            ),
            "diagnosis.explained": ("", "_together"),
            "diagnosis.": (
                end.replace("-", "_") for end in literals("lessons/export/diagnosis.py", "core/diagnosis/*.py")
            ),
            "doctor.": literals("tui/doctor/**/*.py"),
            "doctor.why_": literals("tui/terminal/**/*.py"),
            "error_name.": LOSSES,
            "errors.": mistakes_of_core(),
            "expected.": (*literals("core/files/**/*.py"), "at_least_1", *LOSSES),
            "export.": literals("lessons/export/**/*.py", "lessons/posing/*.py"),
            "export.more_": literals("lessons/export/**/*.py", "lessons/posing/*.py"),
            "hint.": literals("core/files/hints.py"),
            "help.": literals("tui/**/*.py"),
            "keys.": literals("tui/**/*.py"),
            "kind.": (key for key, _ in words.load("en").group("kind")),
            "language_name.": words.LANGUAGES,
            "mistake.": (f"{name}.{part}" for name in mistakes.TOLD for part in mistakes.PARTS),
            "mistake_name.": MISTAKES,
            "mouse.": ("on", "off"),
            "optimizer_name.": (*OPTIMIZERS, "sgd_full", "rosenblatt"),
            "parser.": literals("lessons/language/error_text.py"),
            "part.": (str(lesson.part) for lesson in load.lessons()),
            "phase.": PHASES,
            "plain.help_": OWN,
            "practice.": ("review", "practice", "test"),
            "practice.rung_": ("sign", "larger"),
            "progress.part_": literals("lessons/learner/*.py", "tui/*.py"),
            "answer.elsewhere_": ("right", "agreed", "shown"),
            "answer.iteration_": ("right", "agreed", "shown"),
            "choice.": ("right", "other", "more", "shown"),
            "question.signs_": FORMS,
            "reason.": literals("core/files/**/*.py"),
            "regime.": literals("tui/drawing/views/**/*.py"),
            "remarked.": (id.replace("-", "_") for id in literals("core/diagnosis/*.py")),
            "remark.gives_": ("between", "above", "only"),
            "reduction.outputs_": ("sum", "mean"),
            "reduction.samples_": ("sum",),
            "run_name.": (*runs(), *SURFACES),
            "saving.": (*literals("tui/exporting.py", "tui/drawing/panels/export.py"), *KINDS_OF_FILES),
            "script.": (
                *literals("lessons/export/*script*.py", "core/rules/rulebook.py"),
                *(f"needs_{library}" for library in ("np", "torch")),
                *(f"error_{outputs}_{samples}" for outputs in ("sum", "mean") for samples in ("sum", "mean")),
                *(f"out_grad_{place}" for place in ("output", "hidden")),
            ),
            "series.": (*SERIES, *HUNTS),
            "serve.": literals("tui/browser/*.py"),
            "setting_name.": NUMBERS.values(),
            "side.": (f"{form}_{side}" for form in FORMS[1:] for side in ("above", "below", "even")),
            "signs.": literals("tui/drawing/pages/help.py"),
            "spoken.": (*(command.action for command in commands.COMMANDS), *OWN, "until", "seeds"),
            "stale.": (one.stale for example in published.examples() for one in example.figures),
            "study.zoom_": ("on", "off"),
            "theme.": THEMES,
            "theme_name.": THEMES,
            "view_about.": VIEWS,
            "view_name.": VIEWS,
            "tried.": literals("core/diagnosis/trying.py"),
            "verify.": literals("lessons/export/**/*.py"),
            "why.": (key for key, _ in words.load("en").group("why")),
            "why_panel.": literals("tui/drawing/panels/**/*.py"),
        }.items()
    }


def test_the_list_of_keys_that_are_built_is_that_of_the_code() -> None:
    groups = {key.partition(".")[0] for key in words.load("en").entries}
    assert {head for head in heads() if "." in head and head.partition(".")[0] in groups} == set(built())


def test_every_word_is_said_somewhere() -> None:
    whole = {start + end for start, ends in built().items() for end in ends}
    assert not set(words.load("en").entries) - literals(*CODE) - whole


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_mistake_is_told_in_full_sentences(language: str) -> None:
    said = words.load(language)
    assert [key for key, _ in said.group("mistake")] == [
        f"{one}.{part}" for one in mistakes.TOLD for part in mistakes.PARTS
    ]
    forms = [f"{name}:{form}" for name, one in MISTAKES.items() if len(one.variants) > 1 for form in one.variants]
    sentences = [sentence for name in mistakes.TOLD for sentence in mistakes.told(said, name)]
    sentences += {first for first, *_ in (mistakes.told(said, form) for form in forms)} - {*sentences}
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence.endswith(("다.", "요.") if language == "ko" else "."), sentence
        assert language == "ko" or ascii_look(sentence).isascii(), sentence


def test_every_mistake_is_taught_by_a_lesson() -> None:
    assert tuple(mistakes.taught()) == mistakes.TOLD
    assert set(mistakes.taught().values()) <= {lesson.id for lesson in load.lessons()}


COUNTS = "count of found expected limit most seeds size stale steps stops total updates iterations"


def test_the_word_after_a_count_agrees_with_it() -> None:
    say = words.load("en").say
    assert [say("export.more_rows", count=count) for count in (0, 1, 2)] == [
        "0 more rows left out", "1 more row left out", "2 more rows left out",
    ]  # fmt: skip
    alone = re.compile(rf"\{{(?:{COUNTS.replace(' ', '|')})\}}(?: more)? (?!does\b)[a-z]+s\b")
    assert not [key for key, said in words.load("en").entries.items() if alone.search(said)]


def test_both_languages_have_the_same_words_in_the_same_files() -> None:
    for file in words.FILES:
        assert list(words._read("en", file)) == list(words._read("ko", file)), file


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("lesson", "files"), [("", 1), ("hidden-delta", 2)])
def test_a_first_screen_reads_no_more_words_than_it_may_show(
    language: str, lesson: str, files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, asked = words._read, set()

    def recorded(of: str, file: str) -> Mapping[str, str]:
        asked.add(file)
        return read(of, file)

    session = screens.of_lesson(lesson, language) if lesson else Session(Home(load.lessons()), language)
    monkeypatch.setattr(words, "_read", recorded)
    assert screens.lines(session)
    assert asked == set(words.FILES[:files])


def _said_in_files(what: str) -> set[str]:
    """What the problems that ship and the published examples say under a key."""
    files = [*(ROOT / "lessons/problems").glob("*.toml"), *(ROOT / "lessons/published").glob("*.toml")]
    lines = re.findall(rf"^{what} = .*$", "\n".join(file.read_text(encoding="utf-8") for file in files), re.MULTILINE)
    return {tomllib.loads(line)[what] for line in lines}


def test_every_title_that_ships_is_said_in_korean_and_no_other() -> None:
    kept = tomllib.loads((ROOT / "lessons/titles.toml").read_text(encoding="utf-8"))["ko"]
    assert set(kept["title"]) == _said_in_files("title")
    assert set(kept["source"]) <= _said_in_files("source")
    assert [said for said in kept["title"].values() if not re.search("[가-힣]", said)] == []


def test_a_title_is_said_in_the_language_and_one_of_the_learners_own_as_it_stands() -> None:
    shipped = builtin.open("sibling")
    own = replace(shipped, title="Mine")
    assert titles.title(shipped, "en") == shipped.title != titles.title(shipped, "ko")
    assert titles.title(own, "ko") == "Mine"


PARSED = (
    "a =",
    "= 1",
    "a",
    "a = 1 b",
    "a = 01",
    "a = [1",
    "a = {b = 1",
    'a = "b',
    "a = 'b",
    "[a",
    "[[a]",
    "[a]\n[a]",
    "a = 1\na = 2",
    '"a\\q" = 1',
)


@pytest.mark.parametrize("text", PARSED)
def test_what_pythons_parser_says_of_a_file_is_said_in_the_language(text: str) -> None:
    with pytest.raises(errors.NotToml) as found:
        toml.trusted(text, "a.toml")
    for language in LANGUAGES:
        assert found.value.detail not in error_text.sentence(found.value, words.load(language))


def sqlite_says(folder: Path) -> Iterator[str]:
    """What SQLite says of a file that it cannot write, or that is none of its own."""
    path = folder / "a.sqlite"
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path, timeout=0)) as other:
        one.execute("create table a (b)")
        one.execute("pragma max_page_count = 3")
        for connection, begins, asks in (
            (one, "begin", "insert into a values (zeroblob(100000))"),
            (other, "pragma query_only = on", "insert into a values (1)"),
        ):
            connection.execute(begins)
            with pytest.raises(sqlite3.Error) as found:
                connection.execute(asks)
            yield str(found.value)
        one.execute("begin immediate") if not one.in_transaction else None
        with closing(sqlite3.connect(path, timeout=0)) as late, pytest.raises(sqlite3.Error) as found:
            late.execute("begin immediate")
        yield str(found.value)
    path.write_bytes(b"no database at all" * 100)
    with closing(sqlite3.connect(path)) as one, pytest.raises(sqlite3.Error) as found:
        one.execute("select * from a")
    yield str(found.value)


def test_why_a_disk_or_a_file_refuses_is_said_in_the_language(tmp_path: Path) -> None:
    numbers = (errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.EISDIR, errno.ENOTDIR)
    for said in (*map(os.strerror, numbers), *sqlite_says(tmp_path)):
        for language in LANGUAGES:
            assert said not in words.load(language).say("progress.unsaved", reason=said), said
    assert "of its own" in words.load("ko").say("progress.unsaved", reason="of its own")
