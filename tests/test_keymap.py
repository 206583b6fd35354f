"""The learner's own keys: what a file of keys makes of them, what it may not say, and where they are shown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from screens import update
from terminals import Terminal
from test_app import on_its_way, running, until
from textual import events
from textual.keys import Keys, _character_to_key

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.learner.places import Store
from nntutor.tui import cli
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.pages.prose import prose
from nntutor.tui.drawing.panels.here import keys_here
from nntutor.tui.state import acts, keymap, keys, korean, moves
from nntutor.tui.state.commands import HELP
from nntutor.tui.state.keys import BINDINGS, DEFAULT, NEEDED
from nntutor.tui.state.korean import TWO_SET
from nntutor.tui.state.panels import Asking, Choosing, Editing, Why
from nntutor.tui.state.session import Home, Opened, Session, Typed
from nntutor.tui.state.signs import with_own_keys, words_with_keys
from nntutor.tui.state.written import written as line_with
from nntutor.tui.terminal import capabilities
from nntutor.tui.terminal.split_keys import Pressed, Split

ROOT = Path(__file__).parent.parent
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIGNS = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum() and chr(code) != "[")
NAMED = sorted(keymap.NAMED - {"escape"})


def written(own: dict[str, list[str]]) -> str:
    return "\n".join(f"{action} = {json.dumps(keys)}" for action, keys in own.items())


def robbed_of_all(own: dict[str, list[str]]) -> list[str]:
    """The actions that lose all their keys to those of the file, and are not in it themselves."""
    taken = {key for keys in own.values() for key in keys}
    return [action for action, usual in BINDINGS.items() if action not in own and taken.issuperset(usual)]


@st.composite
def files(draw: st.DrawFn) -> dict[str, list[str]]:
    """Any file of keys without a mistake."""
    left = draw(st.permutations([*LETTERS, *SIGNS, *"0123456789", *NAMED]))
    own: dict[str, list[str]] = {}
    for action in draw(st.lists(st.sampled_from(list(BINDINGS)), unique=True)):
        count = draw(st.integers(1, 4))
        own[action], left = left[:count], left[count:]
    while robbed := robbed_of_all(own):  # what one of them is given may have been the last key of another
        for action in robbed:
            own[action] = [left.pop()] if action in NEEDED else []
    return own


def sent(key: str) -> tuple[str, str | None]:
    """A key as Textual gives it."""
    if key == "space":
        return key, " "
    return (_character_to_key(key), key) if len(key) == 1 else (key, None)


@given(files())
def test_every_action_is_reached_by_each_of_its_keys_and_by_the_jamo_of_its_letters(own: dict[str, list[str]]) -> None:
    found = keymap.parse(written(own), "keys.toml")
    for action, bound in found.keys.items():
        for key in bound:
            assert keys.actions(found, *sent(key)) == (action,)
            for jamo in (jamo for jamo, letter in TWO_SET.items() if letter == key):
                assert keys.actions(found, jamo, jamo) == (action,)
    assert {action: list(found.keys[action]) for action in own} == own
    for action, usual in BINDINGS.items():
        if action not in own:
            assert found.keys[action] == tuple(key for key in usual if found.action[key] == action)
    assert all(found.keys[action] for action in NEEDED)


@given(files(), st.sampled_from(["가", "뷁", "쌀", "녕"]))
def test_a_syllable_means_the_actions_of_its_letters_under_any_keymap(own: dict[str, list[str]], whole: str) -> None:
    found = keymap.parse(written(own), "keys.toml")
    letters = [TWO_SET[jamo] for jamo in korean.jamo(whole)]
    expected = tuple(found.action[letter] for letter in letters if letter in found.action)
    assert keys.actions(found, whole, whole) == expected


@given(files())
def test_the_screens_show_the_learners_keys_and_no_others(own: dict[str, list[str]]) -> None:
    found = keymap.parse(written(own), "keys.toml")
    session = replace(screens.of_lesson("hidden-delta"), keymap=found, height=100, width=109)
    page = [line.strip() for line in screens.lines(screens.pressed(session, "help"))]
    glyphs = {"right": "→", "left": "←", "up": "↑", "down": "↓", "escape": "esc"}
    for actions, word in HELP:
        bound = [found.keys[action][0] for action in actions if found.keys[action]]
        shown = " ".join(glyphs.get(key, key) for key in bound)
        assert not bound or any(line.startswith(f"{shown} ") for line in page), (word, shown)


def test_without_a_file_the_keys_are_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    assert keymap.read() is DEFAULT
    assert dict(DEFAULT.keys) == BINDINGS
    assert keymap.parse("", "keys.toml") == DEFAULT
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path / "no" / "such"))
    assert keymap.read() is DEFAULT


@pytest.mark.parametrize(
    ("text", "action", "bound"),
    [
        ('step = "f2"', "step", ("f2",)),
        ('step = ["ctrl+n", "d"]', "step", ("ctrl+n", "d")),
        ('run = "ㅇ"', "run", ("d",)),
        ('run = "right_curly_bracket"\niteration_next = "d"', "run", ("}",)),
        ('run = "minus"', "run", ("-",)),
        ('run = ["d", "d"]', "run", ("d",)),
        ('reset = []', "reset", ()),
        ('"step" = [ # two\r\n  "f2",\r\n  "f3",\r\n]\r\n', "step", ("f2", "f3")),
        ('back = "→"\nstep = "←"', "back", ("right",)),
        ('run = "é"', "run", ("é",)),
        ('escape = ["esc", "f12"]', "escape", ("escape", "f12")),
    ],
)  # fmt: skip
def test_a_key_is_written_by_its_name_or_as_itself(text: str, action: str, bound: tuple[str, ...]) -> None:
    assert keymap.parse(text, "keys.toml").keys[action] == bound


@pytest.mark.parametrize(("old", "action"), [("own", "reset"), ("trail", "backspace")])
def test_an_action_by_its_older_name_is_the_same(old: str, action: str) -> None:
    assert keymap.parse(f'{old} = "f2"', "keys.toml") == keymap.parse(f'{action} = "f2"', "keys.toml")
    assert keymap.parse(f'{old} = "f2"', "keys.toml").keys[action] == ("f2",)


def test_a_key_is_taken_from_the_action_that_had_it() -> None:
    found = keymap.parse('run = ")"', "keys.toml")
    assert found.keys["phase_next"] == ("pagedown",) and found.action[")"] == "run"


def test_the_names_of_keys_are_textuals() -> None:
    same = {"ctrl+h", "ctrl+i", "ctrl+m", "return"}  # as backspace, tab and enter
    known = {key.value for key in Keys} - same - {"ctrl+c", "ctrl+q", "ctrl+z", "ctrl-at"}
    assert {name for name in known if not name.startswith("<")} == keymap.NAMED
    for sign in SIGNS:
        assert keymap.parse(f'run = "{_character_to_key(sign)}"\n' + unless_taken(sign), "k").keys["run"] == (sign,)


def unless_taken(sign: str) -> str:
    """A line for the action, if there is one, that loses its only key."""
    loser = next((action for action, bound in BINDINGS.items() if bound == (sign,)), None)
    return f"{loser} = []" if loser else ""


# --- mistakes ----------------------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], language: str = "en") -> str:
    """What `nntutor learn` says in one line on standard error before it ends with 2."""
    status = cli.main(["learn", "start", "--lang", language])
    captured = capsys.readouterr()
    assert status == 2 and captured.out == "" and len(captured.err.splitlines()) == 1, captured
    return captured.err.removesuffix("\n")


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    monkeypatch.setattr(capabilities, "lacking", lambda environment: "")
    monkeypatch.setattr("nntutor.tui.starting.run", lambda *_, **__: 0)
    return tmp_path / "keys.toml"


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ('stpe = "n"', 1, ("stpe", "“step”")),
        ('run = "d"\n\nzzzz = "n"', 3, ("zzzz", "continue, step, back")),
        ('# mine\nstep = "rigth"', 2, ("step", "rigth", "“right”")),
        ('step = "F2"', 1, ("step", "F2", "“f2”")),
        ('step = "alt+x"', 1, ("step", "alt+x")),
        ('step = "nn"', 1, ("step", "nn")),
        ('step = "가"', 1, ("step", "가")),
        ('step = ""', 1, ("step", "“”")),
        ('step = "\\u0301"', 1, ("step",)),
        ('step = "\\u001b[31m"', 1, ("step", "?[31m")),
        ("\nstep = 5", 2, ("step", "5")),
        ("step = true", 1, ("step", "true")),
        ('step = ["n", 1.5]', 1, ("step", "1.5")),
        ('run = "d"\n[step]\nkey = "n"', 2, ("step", '{"key": "n"}')),
        ('step.key = "n"', 1, ("step", '{"key": "n"}')),
        ('step = "ctrl+c"', 1, ("step", "ctrl+c")),
        ('step = "ctrl+q"', 1, ("step", "ctrl+q")),
        ('step = "ctrl+z"', 1, ("step", "ctrl+z")),
        ('step = "["', 1, ("step", "“[”")),
        ('step = "left_square_bracket"', 1, ("step", "left_square_bracket")),
        ('step = ["right", "O"]', 1, ("step", "“O”", "“o”")),
        ('step = "N"', 1, ("step", "“N”", "“n”")),
        ('step = "Ж"', 1, ("step", "“Ж”", "“ж”")),
        ('leave = ["q", "escape"]', 1, ("leave", "escape")),
        ('run = "d"\nstep = ["right", "d"]', 2, ("“step”", "“d”", "“run”")),
        ('step = ["right", "w"]', 1, ("“step”", "“w”", "“why”", "why = []")),
        ('run = "d"\ndigits = "("\nview = "pageup"', 2, ("“digits”", "“(”", "“phase_previous”")),
        ('run = "q"', 1, ("“run”", "“q”", "“leave”")),
        ("\nleave = []", 2, ("“leave”", "continue")),
        ('run = "d"\nstep = "n', 2, ()),
        ('run = "d"\nrun = "z"', 2, ()),
        ('step = """\nstep = """', 1, ("step",)),
        ('trail = "f2"\nbackspace = "f3"', 2, ("“trail”", "“backspace”")),
        ('reset = []\nrun = "d"\nown = "f2"', 3, ("“own”", "“reset”")),
        ('run = "f2"\nown = "f2"', 2, ("“own”", "“f2”", "“run”")),
        ('own = "y"', 1, ("“own”", "“y”", "“redo”")),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_that_names_file_line_action_and_key(
    text: str, line: int, named: tuple[str, ...], language: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(text, encoding="utf-8")
    said = refused(capsys, language)
    place = f"nntutor: {file}:{line}: "
    assert said.startswith(place), said
    reason = said.removeprefix(place)
    assert all(name in reason for name in named), said
    assert bool(re.search("[가-힣]", reason.replace("가", "", text.count("가")))) is (language == "ko")


def test_no_line_is_better_than_a_wrong_one(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('"st\\u0065p" = "nn" # step = "nn"')
    assert refused(capsys).startswith(f"nntutor: {file}: “step” has “nn”")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_file_that_cannot_be_read_is_one_line(language: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.mkdir()
    assert refused(capsys, language).startswith(f"nntutor: {file}: ")
    file.rmdir()
    file.symlink_to("/dev/zero")
    assert refused(capsys, language).startswith(f"nntutor: {file}: ")
    file.unlink()
    file.write_bytes(b'run = "d"\nstep = "\xff"')
    said = refused(capsys, language)
    assert said.startswith(f"nntutor: {file}:2: ") and "UTF-8" in said
    file.write_bytes(b"#" * (64 * 1024 + 1))
    assert "64 KB" in refused(capsys, language)
    file.write_bytes(b"#" * 64 * 1024)
    assert cli.main(["learn", "start"]) == 0


def test_only_a_command_that_opens_the_tutor_reads_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("broken")
    for command in (["lessons"], ["trace", "start"], ["check", "two-two-two"], ["doctor"], ["--help"], ["--version"]):
        assert cli.main(command) == 0, command
    capsys.readouterr()
    for command in ([], ["learn"], ["open", "xor"]):
        assert cli.main(command) == 2
        assert f"{file}:1:" in capsys.readouterr().err


def test_reading_the_file_loads_neither_textual_nor_numpy(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('step = "d"')
    code = (
        "import sys; from nntutor.tui.state import keymap; assert keymap.read().action['d'] == 'step'; "
        "sys.exit(bool({'numpy', 'textual', 'rich'} & set(sys.modules)))"
    )
    environment = {**os.environ, "NNTUTOR_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


# --- on the screen -----------------------------------------------------------------------------------

# Every action has one key, and a named one, so that none can be found in a text by chance.
STRANGE = keymap.parse(
    written({action: [name] for action, name in zip(BINDINGS, (n for n in NAMED if n[:2] == "ct"), strict=False)}),
    "keys.toml",
)


def strange(session: Session) -> Session:
    return replace(session, keymap=STRANGE, width=200)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "pressed", [(), ("why",), ("check",), ("run",), ("edit",), ("goto",), ("help",), ("glossary",), ("run", "continue")]
)
def test_nothing_on_the_screen_names_a_key_that_the_learner_does_not_have(
    language: str, pressed: tuple[str, ...]
) -> None:
    session = screens.pressed(strange(screens.of_lesson("hidden-delta", language)), "step", *pressed)
    shown = [piece.text for piece in page.rows(session)[-1] if piece.style == "key"]
    assert shown
    for key in shown:
        assert all(one in STRANGE.action for one in key.split()), key
    lines = "\n".join(screens.lines(session)[-6:])
    assert not re.search(r"\b(enter|esc|backspace|space)\b|[←→↑↓] ", lines.replace("enter →", "")), lines


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
def test_the_lessons_texts_name_the_learners_keys(language: str, style: Style) -> None:
    usual, own = set(), set()
    for lesson in load.lessons():
        session = screens.of_lesson(lesson.id, language, style, known=True)
        assert session.study is not None
        for number in range(len(lesson.stops)):
            study = moves.at_stop(session.study, number)
            to_do = study.question is not None and study.question.until and acts.opened(study, study.question)
            for acting in (study, to_do) if to_do else (study,):
                for found, keymap_ in ((usual, DEFAULT), (own, STRANGE)):
                    one = replace(session, keymap=keymap_, study=acting)
                    found |= set(re.findall(r"\*\*([^*]+)\*\*", prose(one, acting, words_with_keys(one))))
    named = {"space", "backspace", "0", "+", "-", "!", "w", "r", "->" if style is Style.ASCII else "→"}
    assert named <= usual and not named & own
    assert {STRANGE.keys[action][0] for action in ("continue", "backspace", "reset", "more", "run", "step")} <= own


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('step = "left"\nback = "right"', "**space** **←** **→** **q**"),
        ('step = ["f2", "right"]', "**space** **→** **←** **q**"),
        ('continue = "enter"\nleave = "ctrl+d"', "**enter** **→** **←** **ctrl+d**"),
        ('run = "space"', "**enter** **→** **←** **q**"),
    ],
)
def test_a_key_of_a_lessons_text_is_the_first_of_its_action_unless_it_still_does_it(text: str, shown: str) -> None:
    found = keymap.parse(text, "keys.toml")
    assert with_own_keys("**space** **→** **←** **q**", found, Style.UNICODE) == shown
    for text in ("a **slope**, **enter**", "**{{E}}** l **{{0}}**", "x**h1**l**h1**s**"):
        assert with_own_keys(text, found, Style.UNICODE) == text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_list_of_lessons_shows_the_learners_keys(language: str) -> None:
    home = strange(Session(Home(load.lessons()), language))
    for session, actions in (
        (home, ("unit_previous", "unit_next", "continue", "search", "glossary", "language", "leave")),
        (screens.pressed(home, "search"), ("continue", "escape")),
        (screens.pressed(home, "glossary"), ("unit_previous", "unit_next", "continue", "language", "escape")),
    ):
        shown = screens.lines(session)[-1].split()
        places = [shown.index(STRANGE.keys[action][0]) for action in actions]
        assert places == sorted(places)


def test_a_line_that_is_typed_names_a_key_that_works_there() -> None:
    letters = keymap.parse('continue = "d"\nescape = "`"\nunit_next = ["j", "f4"]', "keys.toml")
    session = replace(screens.pressed(screens.of_lesson("hidden-delta"), "edit"), keymap=letters)
    assert session.study is not None
    assert [key for key, _ in keys_here(session, session.study)] == ["↑ f4", "enter", "esc"]
    ascii_session = replace(session, style=Style.ASCII)
    assert [key for key, _ in keys_here(ascii_session, session.study)] == ["up f4", "enter", "esc"]
    session = replace(screens.pressed(screens.of_lesson("hidden-delta"), "why"), keymap=letters)
    assert session.study is not None
    assert [key for key, _ in keys_here(session, session.study)] == ["↑ f4", "d", "backspace", "`"]


def test_an_action_without_a_key_is_not_on_the_lines() -> None:
    found = keymap.parse("view = []\nlesson_next = []\nlesson_previous = []", "keys.toml")
    session = replace(screens.of_lesson("hidden-delta"), keymap=found, width=120)
    assert not re.search(r"\bv? view", screens.lines(session)[-1]) and "why" in screens.lines(session)[-1]
    page = screens.lines(replace(screens.pressed(session, "help"), height=60))
    assert not any("next lesson, previous lesson" in line or "next view" in line for line in page)


# --- in the app --------------------------------------------------------------------------------------


def tutor(home: Path, lesson: str | None = None, text: str = "") -> Tutor:
    desk = Desk(Store.open(home))
    session = Session(desk.home(), keymap=keymap.parse(text, "keys.toml"))
    opening = desk.begin(lesson, None)
    if opening is not None:
        session = update(session, Opened(opening.study, opening.digits))
    return Tutor(session, desk)


def shown(app: Tutor) -> list[str]:
    return ["".join(segment.text for segment in app._page.render_line(y)) for y in range(24)]


async def test_keys_that_textual_has_uses_for_are_the_learners(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta", 'step = "tab"\nback = "ctrl+p"\nrun = "shift+tab"')
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "tab", "ctrl+p")
        assert "step 3/39" in shown(app)[0]
        await pilot.press("shift+tab")
        assert app.session.study is not None and isinstance(app.session.study.panel, Choosing)


async def test_the_palette_opens_by_its_keys_and_shows_the_learners(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta", 'palette = ["f2", "ctrl+p"]\nwhy = "f9"')
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("f2", "ctrl+p"):
            await pilot.press(key, *"why")
            assert any(line.rstrip().endswith("f9") for line in shown(app))
            await pilot.press("escape")
            assert app.session.palette is None
        await pilot.press(":", "w", "ctrl+p")
        assert app.session.palette is not None, "by a key that is no text, while a line is typed as well"


async def test_while_a_line_is_typed_letters_are_text_and_the_other_keys_keep_their_meaning(tmp_path: Path) -> None:
    text = 'continue = ["d", "f5"]\nbackspace = "f6"\nescape = "f7"\nunit_next = "f8"\nrun = "enter"\nwhy = "up"'
    app = tutor(tmp_path, "hidden-delta", text)

    def line() -> str | None:
        assert app.session.study is not None
        panel = app.session.study.panel
        return panel.text if isinstance(panel, Asking | Editing) else None

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(":", *"wx5", "f6", "backspace")
        assert line() == "w"
        await pilot.press(*"8", "f5")
        assert line() is None and app.session.study is not None
        first = app.session.study.place
        await pilot.press(":", *"w5", "enter")
        assert line() is None and app.session.study.place not in (first, (1, 1))
        for key in ("f7", "escape"):
            await pilot.press(":", "d", key)
            assert line() is None
        await pilot.press("e", "f8")
        assert isinstance(app.session.study.panel, Editing)
        second = app.session.study.panel.ref
        await pilot.press("down")
        third = app.session.study.panel.ref
        await pilot.press("up")
        assert app.session.study.panel.ref == second != third
        await pilot.press("escape", "enter")
        assert isinstance(app.session.study.panel, Choosing)


# --- arrow keys that a slow line has cut in two --------------------------------------------------------

ESCAPE = ("escape", None)
SPELLED = {
    "up": ("[A", "OA"), "down": ("[B", "OB"), "right": ("[C", "OC"), "left": ("[D", "OD"), "home": ("[H", "OH", "[1~"),
    "end": ("[F", "OF", "[4~"), "pageup": ("[5~",), "pagedown": ("[6~",),
    "delete": ("[3~",), "ctrl+left": ("[1;5D",), "ctrl+right": ("[1;5C",), "alt+left": ("[1;3D",),
    "alt+right": ("[1;3C",),
}  # fmt: skip
CUT = [(key, spelled) for key, ways in SPELLED.items() for spelled in ways]


def parts(spelled: str) -> list[list[Pressed]]:
    """What Textual makes of a sequence that is cut after the escape, and after the sign that follows it."""
    first = ("left_square_bracket", "[") if spelled[0] == "[" else ("alt+shift+o", "O")
    rest = [sent(letter) for letter in spelled[1:]]
    return [[ESCAPE, sent(spelled[0]), *rest], [first, *rest]]


def fed(given: list[Pressed]) -> tuple[list[Pressed], Split]:
    """The keys that are acted on, those that a first part was taken back for among them, and what is held."""
    split, acted = Split(), []
    for key, character in given:
        joined = split.joined(character)
        if joined is not None:
            split = Split()
            acted[-1] = (joined, None)
        else:
            split, now = split.after(key, character)
            acted += now
    return acted, split


@pytest.mark.parametrize(("key", "spelled"), CUT)
def test_a_cut_sequence_is_its_key(key: str, spelled: str) -> None:
    for cut in parts(spelled):
        assert fed([sent("x"), *cut, sent("y")])[0] == [sent("x"), (key, None), sent("y")]
        assert fed([*cut, *cut])[0] == [(key, None), (key, None)]


@given(st.lists(st.sampled_from([ESCAPE, *map(sent, "[O15~ADx;")]), max_size=12))
def test_keys_that_spell_no_arrow_are_acted_on_in_their_order(given: list[Pressed]) -> None:
    acted, split = fed(given)
    if all(pressed in given for pressed in acted):
        assert [*acted, *split.held] == given
    else:
        assert re.search(r"[\[O][AD]|\[[15]~|\[1;5D", "".join(character or "^" for _, character in given))


PLACES: list[tuple[str | None, list[str]]] = [
    ("hidden-delta", ["e", *"0.3"]), ("hidden-delta", [":", *"w5"]), (None, ["/", *"mo"]),
]  # fmt: skip


@pytest.mark.parametrize("turn", range(len(PLACES)))
async def test_a_cut_arrow_is_the_arrow_wherever_a_line_is_typed(turn: int, tmp_path: Path) -> None:
    lesson, typed = PLACES[turn]
    text = "".join(typed[1:])
    app = tutor(tmp_path, lesson)
    async with app.run_test(size=(80, 24)) as pilot:
        begun = app.session
        for key, spelled in CUT[turn :: len(PLACES)]:  # each at each place takes time
            screens_seen = []
            for pressed in ([key], ["escape", *spelled]):
                app.session = begun
                await pilot.press(*typed)
                assert any(text in line for line in shown(app))
                await pilot.press(*pressed)
                screens_seen.append(shown(app))
                if typed[0] != "e" or key not in ("up", "down"):  # these begin a line for another number
                    assert any(text in line for line in shown(app))
            assert screens_seen[0] == screens_seen[1], key


async def test_a_sign_that_begins_an_arrow_is_no_text(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(":", *"w5", "[", "C", *"[5", "x")
        assert app.session.study is not None and app.session.study.panel == Asking("goto", line=line_with("w5[5x"))


async def test_a_real_escape_and_the_keys_after_it_stay_what_they_are(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e", *"0.3", "escape", "[", "w")
        assert app.session.study is not None and isinstance(app.session.study.panel, Why)
        await pilot.press("escape", "right")
        assert app.session.study.panel is None and "step 2/39" in shown(app)[0]
        await pilot.press(":", "escape", "O", ":", "escape", "escape", "[", "C")
        assert app.session.study.panel is None and "step 3/39" in shown(app)[0]


async def test_a_window_that_changes_amid_an_arrow_keeps_its_size(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(":", *"w5", "escape")
        await pilot.resize_terminal(100, 30)
        await pilot.press("[", "C")
        assert (app.session.width, app.session.height) == (100, 30)
        assert app.session.study is not None and app.session.study.panel == Asking("goto", line=line_with("w5"))


async def test_a_run_that_half_an_arrow_has_stopped_stays_stopped(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await running(pilot, app, "1e-30")
        await until(lambda: app.session.study is not None and len(app.session.study.timeline.errors) > 1)
        for key, character in (("escape", "\x1b"), ("left_square_bracket", "["), ("D", "D")):
            app.post_message(events.Key(key, character))
        await until(lambda: not on_its_way(app))
        await pilot.pause()
        assert app.session.study is not None and app.session.study.running is None
        assert app.session.study.timeline.iteration > 1


async def test_a_paste_amid_an_arrow_is_text(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(":", "[", "5")
        app.on_paste(events.Paste("A~"))
        await pilot.press("~")
        assert app.session.study is not None and app.session.study.panel == Asking("goto", line=line_with("[5A~~"))


# --- on a real terminal ------------------------------------------------------------------------------


def test_a_file_of_keys_changes_keys_and_key_line(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('step = ["f2", "s"]\nback = "d"\n')
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.until("f2 d step")  # the last row
    assert "step 1/39" in terminal.lines()[0]
    terminal.send(b"s")
    terminal.until("step 2/39")
    terminal.send(b"\x1bOQ")
    terminal.until("step 3/39")
    terminal.send("ㅇ".encode())
    terminal.until("step 2/39")
    terminal.send(b"q")
    terminal.read()
    terminal.send(b"q")
    assert terminal.wait() == 0


@pytest.mark.parametrize(("language", "said"), [("C.UTF-8", "did you mean"), ("ko_KR.UTF-8", "혹시")])
def test_a_broken_file_of_keys_is_refused_before_the_screen_opens(tmp_path: Path, language: str, said: str) -> None:
    (tmp_path / "keys.toml").write_text('run = "d"\nstpe = "n"\n')
    terminal = Terminal(tmp_path, "learn", "hidden-delta", LANG=language, LC_ALL=language)
    assert terminal.wait() == 2
    [line] = terminal.last.decode().splitlines()
    assert line.startswith(f"nntutor: {tmp_path / 'keys.toml'}:2: ") and said in line


def test_an_arrow_that_a_slow_line_cuts_is_an_arrow(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.until("step 1/39")
    terminal.send(b":w5\x1b")
    terminal.read(0.5)
    terminal.send(b"[D")
    terminal.read(0.5)
    terminal.send(b"\r")
    assert "step 32/39" in terminal.until("step 32/39")


# --- the page on keys --------------------------------------------------------------------------------


def test_the_page_on_keys_lists_every_action_with_its_keys() -> None:
    page = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+?) \|", page, re.MULTILINE)
    assert {action: tuple(re.findall("`([^`]+)`", cell)) for action, cell in rows} == BINDINGS
    [example] = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    assert keymap.parse(example, "keys.toml") != DEFAULT
    assert "docs/keys.md" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("wide", ["ｗ", "：", "？", "＋", "０"])
def test_signs_of_full_width_mean_the_keys_that_were_typed(wide: str) -> None:
    """As an input method sends them that is set to them."""
    narrow = unicodedata.normalize("NFKC", wide)
    assert keys.actions(DEFAULT, wide, wide) == keys.actions(DEFAULT, *sent(narrow)) != ()


def test_a_number_of_full_width_is_the_number() -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "edit")
    study = screens.pressed(update(session, Typed("ｅｔａ　＝　０．２５")), "continue").study
    assert study is not None and study.timeline.problem.optimizer.learning_rate == 0.25
