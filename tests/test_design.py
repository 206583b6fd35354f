"""docs/design.md held to the tree: what it names is there, every file is named, a row says each step of its task."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shown import SHOWN

from nntutor.core.diagnosis import reading, text
from nntutor.core.files import csv, hints, model, problem, stored
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import OPTIMIZERS
from nntutor.lessons.course import claims, glossary, load
from nntutor.lessons.course.model import VIEWS
from nntutor.lessons.export import progress
from nntutor.lessons.export.formats import FORMATS
from nntutor.lessons.language import words
from nntutor.lessons.language.words import FILES, LANGUAGES
from nntutor.tui import fault_report
from nntutor.tui.state import keymap

ROOT = Path(__file__).parent.parent
DOCS = ("README.md", "CONTRIBUTING.md", "docs/design.md", "docs/lessons.md", "docs/bench.md")
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
TREE = [str(path.relative_to(ROOT)) for top in ("core", "lessons", "tui", "tests", "bench", "docs", ".ci")
        for path in (ROOT / top).rglob("*") if "__pycache__" not in path.parts]  # fmt: skip
ONE_FILE_EACH = ("tui/drawing/views/", "tui/drawing/panels/", "tui/drawing/pages/", "tui/plain/views/", "lessons/text/")


def is_there(name: str) -> bool:
    """Whether a path, or the end of one, is in the tree."""
    path = name.rstrip("/").removeprefix("./")
    return any(one == path or one.endswith(f"/{path}") for one in [*TREE, *map(str, ROOT.iterdir())])


# --- what is named is there ----------------------------------------------------------------------------


@pytest.mark.parametrize("doc", DOCS)
def test_every_file_and_folder_that_a_document_names_is_there(doc: str) -> None:
    told = (ROOT / doc).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|md))`", told)) | set(re.findall(r"`((?:[a-z_]+/)+)`", told))
    named |= set(re.findall(r"\b(?:core|lessons|tui|tests|bench|docs)/[\w/.-]*\w", told))
    named = {one for one in named if not re.search(r"NAME|PROBLEM|XX|own\.toml", one)}
    assert named and not sorted(one for one in named if not is_there(one))


def test_every_name_that_is_said_to_stand_in_a_file_stands_there() -> None:
    inside = re.findall(r"`([\w/]+\.py)`,? \(`(\w+)`(?:, `(\w+)`)*\)|`(\w+)` (?:in|of) `([\w/]+\.py)`", DESIGN)
    pairs = {(first or second, name) for first, *names, name2, second in inside for name in (*names, name2) if name}
    assert len(pairs) > 20
    missing = [
        (path, name)
        for path, name in pairs
        if not any(name in (ROOT / one).read_text() for one in TREE if one == path or one.endswith(f"/{path}"))
    ]
    assert not missing


def ticked(part: str) -> set[str]:
    """The words that stand in backticks."""
    return set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", part))))


def test_every_file_of_the_program_is_named_in_the_row_of_its_room() -> None:
    files = [Path(one) for one in TREE if one.endswith(".py") and one.split("/")[0] in ("core", "lessons", "tui")]
    lacking = []
    for file in files:
        if str(file).startswith(ONE_FILE_EACH) or file.stem in ("__init__", "__main__"):
            continue
        room = "/".join(file.parts[1:3]) if "drawing" in file.parts else file.parts[1]
        rows = re.findall(rf"^\| .*`{room}/` \|.*$", DESIGN, re.MULTILINE)
        if file.stem not in ticked("\n".join(rows) if rows and room != "state" else DESIGN):  # state has a row a file
            lacking.append(str(file))
    assert not lacking


def test_the_sections_of_the_words_are_those_of_their_files() -> None:
    for file in FILES:
        (row,) = re.findall(rf"^\| `{file}\.toml` \| (.*) \|$", DESIGN, re.MULTILINE)
        source = (ROOT / "lessons" / "words" / LANGUAGES[0] / f"{file}.toml").read_text(encoding="utf-8")
        assert re.findall(r"`\[(\w+)\]`", row) == list(tomllib.loads(source)), file


def test_every_leg_of_the_soaking_stands_on_the_page_of_measurements() -> None:
    page = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    legs = re.findall(r"python bench/soak\.py (\w+) ", (ROOT / "bench" / "soak.py").read_text(encoding="utf-8"))
    assert legs and f"bench/soak.py {'|'.join(legs)} " in page
    assert not [leg for leg in legs if f"`bench/soak.py {leg}`" not in page]


# --- bounds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said", "bound"),
    [
        ("problem files", "1 MB", problem.LIMIT),
        ("CSV files", "50 MB", csv.CSV_LIMIT),
        ("`.npz`, `.safetensors`, `.onnx`", "50 MB", stored.MOST_BYTES),
        ("`.npz`, `.safetensors`, `.onnx`", "`.onnx` 5 MB", model.MOST_BYTES),
        ("VALUES", "1 MB", reading.LIMIT),
        ("VALUES", "100 000 numbers", text.MOST_NUMBERS),
        ("own keys", "64 KB", keymap._LIMIT),
        ("progress from elsewhere", "1 MB", progress._LIMIT),
    ],
)
def test_the_bounds_on_the_page_of_security_are_those_of_the_code(row: str, said: str, bound: int) -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    (told,) = re.findall(rf"^\| {re.escape(row)} \| (.*) \|$", page, re.MULTILINE)
    number, _, unit = re.sub(r"^`.*` ", "", said).replace(" 000", "000").partition(" ")
    sizes = {"MB": (10**6, 2**20), "KB": (1024,), "numbers": (1,)}[unit]
    assert said in told and bound in [int(number) * size for size in sizes]


def test_reports_of_a_fault_are_as_many_and_as_long_as_is_said() -> None:
    for page in ("README.md", "docs/security.md"):
        told = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        assert f"at most eight such files of {fault_report.LONGEST // 1024} KB" in told, page
    assert fault_report.MOST == 8


def test_every_part_and_lesson_stands_in_the_table_of_the_readme() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8").split("## Lessons")[1].split("## Commands")[0]
    rows = dict(re.findall(r"^\| (?:(\d) )?\w[^|]* \| (.*) \|$", told, re.MULTILINE))
    parts = Counter(str(lesson.part or "") for lesson in load.lessons())
    assert {part: row.count(" · ") + 1 for part, row in rows.items()} == parts


# --- each step of a row --------------------------------------------------------------------------------


def said(key: str) -> Iterator[str]:
    """The files of words that lack a key."""
    for language in LANGUAGES:
        if not words.load(language).has(key):
            group = key.partition(".")[0]
            file = next(file for file in FILES if any(one.startswith(f"{group}.") for one in words._read("en", file)))
            yield f"lessons/words/{language}/{file}.toml: [{group}] {key.partition('.')[2]}"


def sheets(name: str) -> Iterator[str]:
    for language in LANGUAGES:
        sheet = ROOT / "lessons" / "sheets" / f"{language}.toml"
        if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sheet.read_text(encoding="utf-8"), re.ASCII):
            yield f"lessons/sheets/{language}.toml: {name}"


def readme(name: str) -> Iterator[str]:
    """The page where the sheet on it, which lists what each key may be, does not have the name."""
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    if name not in {one for listed in re.findall(r"# ([\w-]+(?: \| [\w-]+)+)", told) for one in listed.split(" | ")}:
        yield f"README.md: {name}"


def of_activation(name: str) -> Iterator[str]:
    yield from said(f"activation_name.{name}")
    for kind in ("out", "slope"):
        for group in ("kind", "why"):
            yield from said(f"{group}.{kind}_{name.replace('-', '_')}")
    yield from sheets(name)
    yield from readme(name)


def of_error(name: str) -> Iterator[str]:
    yield from said(f"error_name.{name}")
    loss, key = LOSSES.get(name), name.replace("-", "_").replace("softmax_ce", "softmax")
    for group in ("kind", "why"):
        yield from said(f"{group}.error_{key}")
        if loss is None or loss.delta is not None:
            yield from said(f"{group}.delta_{key}")
    if loss is None or loss.unfit is not None:
        yield from said(f"expected.{name}")
    yield from sheets(name)
    yield from readme(name)


def of_optimizer(name: str) -> Iterator[str]:
    yield from said(f"optimizer_name.{name}")
    yield from said(f"kind.change_{name}")
    yield from said(f"why.change_{name}")
    yield from sheets(name)
    yield from readme(name)


def of_mistake(name: str) -> Iterator[str]:
    for part in ("did", "tempting", "right"):
        yield from said(f"mistake.{name}.{part}")
    if name not in tomllib.loads((ROOT / "lessons" / "mistakes.toml").read_text(encoding="utf-8")):
        yield f"lessons/mistakes.toml: {name}"
    if not any(shown.partition(":")[0] == name for shown in SHOWN):
        yield f"tests/shown.py: SHOWN {name}"


def of_setting(name: str) -> Iterator[str]:
    if not any(name in keys for keys in hints._PLACES.values()):
        yield f"core/files/hints.py: _PLACES {name}"
    if f'"{name}"' not in (ROOT / "core" / "files" / "writing.py").read_text(encoding="utf-8"):
        yield f"core/files/writing.py: {name}"
    yield from sheets(name)


def of_format(name: str) -> Iterator[str]:
    yield from said(f"saving.{name}")
    for language in LANGUAGES:
        if not re.search(rf"\b{name}\b", words.load(language).say("cli_help.trace")):
            yield f"lessons/words/{language}/commands.toml: [cli_help] {name}"


def of_language(name: str) -> Iterator[str]:
    yield from said(f"language_name.{name}")
    for where in (f"lessons/words/{name}/", f"lessons/text/{name}/", f"lessons/sheets/{name}.toml"):
        if not is_there(where):
            yield where
    if any(name not in term.name or name not in term.about for term in glossary.terms()):
        yield f"lessons/glossary.toml: {name}"
    if not all(name in of for of in (claims.WORDS, claims._COUNTED, claims._DATED)):
        yield f"lessons/course/claims.py: {name}"
    titles = tomllib.loads((ROOT / "lessons" / "titles.toml").read_text(encoding="utf-8"))
    if name not in (LANGUAGES[0], *titles):  # files are written in the first
        yield f"lessons/titles.toml: {name}"
    for language in LANGUAGES:
        if name not in words.load(language).say("cli_help.main"):
            yield f"lessons/words/{language}/commands.toml: [cli_help] {name}"


def of_lesson(name: str) -> Iterator[str]:
    found = load.find(name)
    yield from said(f"part.{name if found is None else found.part}") if found is None or found.part else ()
    for run in [name] if found is None else [one.id for one in found.runs]:
        if not words.load(LANGUAGES[0]).has(f"run_name.{run.rpartition('-')[2]}"):  # a racer's, after its race's
            yield from said(f"run_name.{run}")


def of_view(name: str) -> Iterator[str]:
    yield from said(f"view_name.{name}")
    yield from said(f"view_about.{name}")


SETTINGS = {*problem._EVERYWHERE, *problem._OF_NETWORKS} - {
    "format",
    "optimizer",
    "layer",
    "sample",
    "data",
    "inputs",
    "targets",
}
TABLES: dict[str, tuple[Callable[[str], Iterator[str]], tuple[str, ...]]] = {
    "an activation": (of_activation, ACTIVATIONS),
    "an error": (of_error, tuple(LOSSES)),
    "an optimizer": (of_optimizer, tuple(one for one in OPTIMIZERS if one != "sgd")),  # whose change is no step
    "a mistake": (of_mistake, tuple(MISTAKES)),
    "a setting of a problem": (of_setting, tuple(SETTINGS)),
    "an output format": (of_format, FORMATS),
    "a language": (of_language, LANGUAGES),
    "a lesson": (of_lesson, tuple(lesson.id for lesson in load.lessons())),
    "a view": (of_view, VIEWS),
}
"""By the row of the page: what is still lacking of a thing by its name, and all that there are."""


@pytest.mark.parametrize("row", TABLES)
def test_whatever_has_a_row_is_named_wherever_it_must_be(row: str) -> None:
    lacking, names = TABLES[row]
    assert not [step for name in names for step in lacking(name)]


@pytest.mark.parametrize("row", TABLES)
def test_the_row_names_every_file_in_which_a_new_one_would_be_lacking(row: str) -> None:
    (told,) = re.findall(rf"^\| {row} \| (.*) \|$", DESIGN, re.MULTILINE)
    steps = [*TABLES[row][0]("new")]
    assert steps
    for step in steps:
        path, _, section = step.partition(": ")
        file = Path(path.rstrip("/")).name
        group = re.match(r"\[\w+", section)
        if group is not None:
            assert f"`{group[0]}" in told, step
        elif not path.startswith("lessons/words/new"):
            assert file.replace("new", "XX") in told or f"`{Path(path).parent}/`" in told, step
