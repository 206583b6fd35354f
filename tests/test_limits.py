"""Whatever a text holds, the work that it makes grows with its length alone; what would not is refused in one line."""

from __future__ import annotations

import tomllib
import tracemalloc
from functools import partial
from io import StringIO

import hostile
import pytest
from hostile import lines_run
from hypothesis import example, given
from hypothesis import strategies as st

from nntutor.core import errors
from nntutor.core.errors import Exceeds, NntutorError, ProblemError
from nntutor.core.files import bounds
from nntutor.core.files import layers as layers_room
from nntutor.core.files.bounds import MOST_KEYS, MOST_LETTERS, MOST_NAMES, MOST_NESTED
from nntutor.core.files.problem import LIMIT, parse
from nntutor.core.files.toml import Lines, toml
from nntutor.core.foreign import LONGEST
from nntutor.lessons.export import write
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.language import error_text
from nntutor.lessons.language.words import load

SAYS = {language: load(language) for language in ("en", "ko")}


def refused(text: str) -> str:
    """What is said of a text that is refused, in English; nothing where it is a problem. Never two lines."""
    try:
        parse(text, "sheet.toml")
    except ProblemError as error:
        said = {language: error_text.sentence(error, words) for language, words in SAYS.items()}
        assert all("\n" not in line and len(line) < 4 * LONGEST for line in said.values())
        return said["en"]
    return ""


# --- TOML --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", hostile.TOML)
def test_reading_twice_as_long_a_text_is_at_most_twice_the_work(name: str) -> None:
    kind = hostile.TOML[name]
    short, long = (lines_run(partial(refused, kind(letters))) for letters in (1000, 2000))
    assert long <= 2.2 * short + 500


@pytest.mark.parametrize("name", hostile.TOML)
def test_reading_a_text_takes_memory_in_proportion_to_it(name: str) -> None:
    """At a thousand bytes a letter, the names that MOST_KEYS allows take a hundred megabytes."""
    text = hostile.TOML[name](6000)
    refused(text)
    tracemalloc.start()
    try:
        refused(text)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1000 * len(text) + 200_000


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("\n" + ".".join("a" * MOST_NAMES) + " = 1\n" + ".".join("a" * (MOST_NAMES + 1)) + " = 1\n", "names", 3),
        ('"a.b.c.d.e" = "a.b.c.d.e" # a.b.c.d.e\n[' + " . ".join("a" * (MOST_NAMES + 1)) + "]\n", "names", 2),
        ("x = {a = 1.5, " + ".".join('"a"' for _ in range(MOST_NAMES + 1)) + " = 1}\n", "names", 1),
        ("x = " + "[" * MOST_NESTED + "]" * MOST_NESTED + "\ny = " + "[\n" * 99, "nested", 2 + MOST_NESTED),
        ("x = '''\n" + "[" * 100 + "\n'''\ny = " + "{a = " * (MOST_NESTED + 1), "nested", 4),
        ("x = " + "9" * MOST_LETTERS + "\ny = " + "9" * (MOST_LETTERS + 1), "letters", 2),
        ("x = '" + "9" * 1000 + "' # " + "a" * 1000 + "\n" + "a" * (MOST_LETTERS + 1) + " = 1", "letters", 2),
    ],
)  # fmt: skip
def test_what_is_too_much_is_said_with_its_line(text: str, what: str, line: int) -> None:
    with pytest.raises(Exceeds) as caught:
        toml(text, "sheet.toml")
    assert (caught.value.what, caught.value.line) == (what, line)
    assert refused(text).startswith(f"sheet.toml:{line}: ")


def test_keys_are_counted_in_tables_in_lines_and_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_KEYS", 8)
    text = "a.b = 1\n[c]\n[[d.e]]\nf = {g = [\n[1.5]], h = 2}\n"
    assert toml(text, "x") == {"a": {"b": 1}, "c": {}, "d": {"e": [{"f": {"g": [[1.5]], "h": 2}}]}}
    with pytest.raises(Exceeds) as caught:
        toml(text + "\ni = 3\n", "x")
    assert (caught.value.what, caught.value.line) == ("keys", 7)
    most_samples = LIMIT // len("[[sample]]\ninput=[0]\ntarget=[1]\n")
    assert 3 * most_samples <= MOST_KEYS


PIECES = st.lists(st.sampled_from(("a", "é", "[", "]]", "{", ".", "a.b.c.d.e.f", "=", "#", ",", " ")), max_size=6).map(
    "".join
)
ENDS = {
    '"': ("", "'", "\\n", '\\"', "\\\\"),
    "'": ("", '"', "\\"),
    '"""': ("", "\n", '"', '""', '""a', '\\"""', "\\\\", "\\\n", "'''"),
    "'''": ("", "\n", "'", "''", "''a", "\\", '"""'),
}
STRINGS = st.sampled_from(tuple(ENDS)).flatmap(
    lambda quote: st.tuples(PIECES, st.sampled_from(ENDS[quote])).map(lambda two: quote + "".join(two) + quote)
)
COMMENTS = st.one_of(st.just(""), PIECES.map(lambda text: f'# {text} \' " """'))


def emptied(data: object) -> object:
    match data:
        case str():
            return ""
        case list():
            return [emptied(one) for one in data]
        case dict():
            return {key: emptied(one) for key, one in data.items()}
    return data


@given(st.lists(st.tuples(st.lists(STRINGS, max_size=3), COMMENTS), min_size=1, max_size=4))
@example([(['"""a"""""'], ""), (["''''''"], "")])
def test_without_its_strings_and_comments_a_text_holds_the_same(rows: list[tuple[list[str], str]]) -> None:
    """So what is counted in it is what the reader meets; and each key is found on its line."""
    text = "".join(f"k{at} = [{', '.join(strings)}] {comment}\n" for at, (strings, comment) in enumerate(rows))
    bare = bounds.bare(text)
    assert bare.count("\n") == text.count("\n")
    assert tomllib.loads(bare) == emptied(tomllib.loads(text))
    lines = Lines(text)
    for at in range(len(rows)):
        start = 0 if at == 0 else text.index(f"\nk{at} = [") + 1
        assert lines.find("", 0, f"k{at}") == text.count("\n", 0, start) + 1


# --- layers ------------------------------------------------------------------------------------------------


def chain(layers: int) -> str:
    """A problem of so many layers of one unit."""
    return hostile.LAYER * layers + hostile.SAMPLE


@pytest.mark.parametrize("mistake", ["", "updated-weights"])
def test_twice_as_many_layers_are_twice_the_work_from_the_file_to_the_last_step(mistake: str) -> None:
    words = load("en")

    def printed(layers: int) -> None:
        problem = parse(chain(layers), "x")
        write.write(StringIO(), "json", problem, iterations(problem, 2, 2, mistake), words)

    printed(3)
    short, long = (lines_run(partial(printed, layers)) for layers in (16, 32))
    assert long <= 2.1 * short


def test_more_layers_than_anybody_asks_for_are_refused_with_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_room, "MOST_LAYERS", 5)
    assert len(parse(chain(5), "x").network.layers) == 5
    assert refused(chain(6)) == "sheet.toml:11: more than 5 layers; expected fewer."


# --- what is said ------------------------------------------------------------------------------------------


def kinds(root: type[NntutorError]) -> list[type[NntutorError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in kinds(child))]


SAID = [kind for kind in kinds(NntutorError) if f"errors.{kind.__name__}" in SAYS["en"].entries]
KNOWN = {"line": 3, "row": 0, "position": 3, "limit": 3, "rows": 3, "columns": 3, "error": "bce"}


@pytest.mark.parametrize("kind", SAID)
def test_no_fact_makes_a_message_longer_than_a_few_lines(kind: type[NntutorError]) -> None:
    facts = kind._names if issubclass(kind, errors._Facts) else ()
    error = kind(*(KNOWN.get(name, "a\n" * 450_000) for name in facts))
    for words in SAYS.values():
        said = error_text.sentence(error, words)
        assert "\n" not in said and len(said) < (len(facts) + 1) * LONGEST


def test_a_mistake_takes_its_facts_and_no_others() -> None:
    named = errors.MissingColumn("f.csv", 1, column="x", nearest="", allowed="x1")
    assert named.facts() == {"file": "f.csv", "line": 1, "column": "x", "nearest": "", "allowed": "x1"}
    for facts, more in (
        (("f.csv",), {}),
        (("f.csv", 1, 2), {}),
        (("f.csv", 1), {"file": "g"}),
        (("f.csv", 1), {"x": 2}),
    ):
        with pytest.raises(TypeError, match="file, line"):
            errors.NoFile(*facts, **more)


def test_a_name_that_is_megabytes_long_has_no_near_one() -> None:
    assert errors.nearest("learning_rat" + "e" * 10**6, ("learning_rate",)) == ""
    assert errors.nearest("learning_rat", ("momentum", "learning_rate")) == "learning_rate"
