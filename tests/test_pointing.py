"""The mouse: what is clicked is what is drawn there, and it is what a key would have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
import screens
from screens import pressed, update

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.course import builtin, load
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import load as words_of
from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import palette
from nntutor.tui.state.keys import TYPING
from nntutor.tui.state.panels import Asking, Choosing, Editing, Marking, Why
from nntutor.tui.state.session import Home, Palette, Pointed, Press, Ran, Search, Session, Typed, asking
from nntutor.tui.state.study import Study
from nntutor.tui.terminal.themes import styles
from nntutor.tui.widget import Page

WIDE = (140, 44)


# By name, so that collecting the tests opens none of them.
PLACES = (
    "home", "home wide", "home anew", "list of commands", "list over a lesson", "search",
    "search over a lesson", "network", "network in ASCII", "steps", "matrices", "two views", "a wide network",
    "later", "batch", "surface", "why", "run", "bug",
)  # fmt: skip


@cache
def places() -> dict[str, Session]:
    """Sessions in which something can be clicked, of every kind."""
    home = replace(Session(Home(load.lessons(), picked=3)), height=14)
    delta = pressed(screens.of_lesson("hidden-delta"), "continue", "continue")
    wide = pressed(screens.of_lesson("hidden-delta", "ko", size=WIDE), "continue")
    flowers = pressed(screens.of_problem(builtin.open("flowers"), size=WIDE), *["step"] * 9)
    later = pressed(screens.of_lesson("cycle", size=WIDE), "iteration_next", *["step"] * 5)
    return {
        "home": home,
        "home wide": replace(home, width=120, height=40, language="ko"),
        "home anew": pressed(replace(home, home=replace(home.home, done=frozenset([load.lessons()[3].id]))), "reset"),
        "list of commands": typed(pressed(home, "palette"), "l"),
        "list over a lesson": pressed(wide, "palette", "unit_next", "unit_next"),
        "search": typed(pressed(home, "search"), "delta"),
        "search over a lesson": pressed(typed(pressed(delta, "search"), "delta"), "unit_next"),
        "network": delta,
        "network in ASCII": replace(delta, style=Style.ASCII),
        "steps": pressed(delta, "view"),
        "matrices": pressed(delta, "view", "view"),
        "two views": wide,
        "a wide network": flowers,
        "later": later,
        "batch": pressed(screens.of_lesson("sgd", size=WIDE), *["step"] * 7),
        "surface": screens.of_lesson("descent", size=WIDE),
        "why": pressed(delta, "why", "unit_next"),
        "run": pressed(later, "run", "unit_next"),
        "bug": pressed(screens.of_lesson("momentum", size=(40, 12)), "bug", "unit_next"),
    }  # fmt: skip


def test_every_place_is_tried() -> None:
    assert tuple(places()) == PLACES


def typed(session: Session, text: str) -> Session:
    return update(session, Typed(text))


def regions(session: Session) -> Iterator[tuple[int, int, Piece]]:
    """Row, first column and text of everything that can be clicked."""
    for y, row in enumerate(page.rows(session)):
        x = 0
        for piece in row:
            if piece.click is not None:
                yield y, x, piece
            x += cells(piece.text)


def clicks(session: Session) -> list[Pointed]:
    return list(dict.fromkeys(piece.click for _, _, piece in regions(session) if piece.click is not None))


def clicks_in(session: Session, key_row: bool = False) -> list[Pointed]:
    """Those of the key row, or those above it."""
    return [at for at in clicks(session) if (at.what == "key") is key_row]


def state(session: Session) -> tuple[object, ...]:
    """Everything of a session that one can tell: what is drawn, what is wanted, the place and the way back."""
    study = session.study
    panel = None if study is None else repr(study.panel)  # of a question, whose record is another one each time
    place = () if study is None else (study.run, study.place, study.view, panel, study.trail, study.running)
    return screens.lines(session), session.wanted, session.home.picked, place


def of(session: Session) -> Study:
    assert session.study is not None
    return session.study


# --- what a key would have done ----------------------------------------------------------------------


def by_keys(session: Session, at: Pointed) -> Session:
    """The session after the keys that lead to the same."""
    match at.what, at.which:
        case "row", int(row):
            return pressed(_to_row(session, row), "continue")
        case "key", str(sign):
            return _by_key(
                session, {"→": "right", "←": "left", "↓": "down", "↑": "up", "esc": "escape"}.get(sign, sign)
            )
        case "view", str(view):
            return _to_view(session, view)
        case "phase", str(phase):
            return _to_phase(session, phase)
        case "step", int(step):
            return pressed(typed(pressed(session, "goto"), str(step)), "continue")
        case "number", Ref() as ref:
            operands = [operand.ref for operand in of(session).step.operands]
            if ref == of(session).step.ref:
                return session if isinstance(of(session).panel, Why) else pressed(session, "why")
            assert ref in operands
            begun = pressed(session, "escape", "why") if isinstance(of(session).panel, Why) else pressed(session, "why")
            return pressed(begun, *["unit_next"] * operands.index(ref), "continue")
    raise AssertionError(at)


def _by_key(session: Session, key: str) -> Session:
    if not asking(session):
        return pressed(session, session.keymap.action[key])
    key = " " if key == "space" else key
    return typed(session, key) if len(key) == 1 else pressed(session, TYPING[key])


def _to_row(session: Session, row: int) -> Session:
    if session.palette is not None:
        way = row - session.palette.picked
    elif session.search is not None:
        way = row - session.search.picked
    elif session.study is None:
        return pressed(session, "first", *["unit_next"] * row)
    else:
        panel = session.study.panel
        assert isinstance(panel, Why | Choosing | Marking)
        way = row - panel.picked + isinstance(panel, Marking)
    return pressed(session, *["unit_next" if way > 0 else "unit_previous"] * abs(way))


def _to_view(session: Session, view: str) -> Session:
    """By its name in the list of commands: `v` passes over what is seen."""
    listed = pressed(session, "palette")
    names = [(entry.group, entry.name) for entry in palette.entries(listed)]
    return pressed(listed, *["unit_next"] * names.index(("view", view)), "continue")


def _to_phase(session: Session, phase: str) -> Session:
    for key in ("phase_next", "phase_previous"):
        there = session
        for _ in range(4):
            if of(there).trace.plan.phase(of(there).timeline.step) == phase:
                return there
            there = pressed(there, key)
            if of(there).place[0] != of(session).place[0]:
                break
    raise AssertionError(f"{phase} does not come")


@pytest.mark.parametrize("name", PLACES)
def test_a_click_is_what_a_key_would_have_done(name: str) -> None:
    session = places()[name]
    found = clicks(session)
    assert found
    for at in found[:: 1 + len(found) // 12]:
        if at.what == "number" and at.which not in _at_hand(session):
            leads_to_its_maker(session, at)
        else:
            assert state(update(session, at)) == state(by_keys(session, at)), at


def test_a_click_in_the_key_row_is_that_key_while_a_question_is_open_and_while_a_lesson_plays() -> None:
    asked = typed(pressed(screens.of_lesson("hidden-delta"), *["continue"] * 4, "ask"), "0.1")
    by_itself = pressed(screens.of_lesson("xor", asks=True), "continue")
    assert "space" in {at.which for at in clicks_in(by_itself, key_row=True)}
    for session in (asked, by_itself, pressed(places()["network"], "play")):
        found = clicks_in(session, key_row=True)
        assert len(found) >= 3
        for at in found:
            assert state(update(session, at)) == state(by_keys(session, at)), at


def _at_hand(session: Session) -> set[object]:
    return {of(session).step.ref, *(operand.ref for operand in of(session).step.operands)}


def leads_to_its_maker(session: Session, at: Pointed) -> None:
    """A number that the step does not use: to the step that made it, and backspace comes back; or it is given."""
    assert isinstance(at.which, Ref)
    study, after = of(session), of(update(session, at))
    if (maker := study.trace.producer(at.which)) is None:
        assert after.place == study.place and after.note is not None and after.note[0] == "goto.given"
        return
    went = session
    for line in (f"iteration {maker[0]}", f"step {maker[1]}"):
        went = pressed(typed(pressed(went, "goto"), line), "continue")
    assert after.place == of(went).place == maker and after.panel == Why()
    assert of(pressed(update(session, at), "backspace")).place == study.place


def test_every_kind_of_thing_can_be_clicked_somewhere() -> None:
    found = {at.what for session in places().values() for at in clicks(session)}
    assert found == {"row", "key", "view", "phase", "step", "number"}


# --- what is drawn there -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_what_is_clicked_is_what_is_drawn_there(name: str) -> None:
    session = places()[name]
    say = words_of(session.language).say
    lines = screens.lines(session)
    for y, _, piece in regions(session):
        line, at = lines[y], piece.click
        assert at is not None
        match at.what, at.which:
            case "view", str(view):
                assert piece.text.strip(" []") == say(f"view_name.{view}")
            case "phase", str(phase):
                assert piece.text.strip(" []") == say(f"phase.{phase}")
            case "step", int(step):
                assert f" {step}  {of(session).trace.symbol(of(session).trace.ref(step), session.style)}" in line
            case "number", Ref() as ref:
                assert shows(piece.text, ref, session), (piece, line)
            case "row", int(row) if name.startswith("home"):
                title = load.described(load.lessons()[row].id, session.language)[0]
                assert title[:20] in piece.text
            case "row", int(row) if name == "why":
                assert of(session).trace.symbol(of(session).step.operands[row].ref) in piece.text


def shows(text: str, ref: Ref, session: Session) -> bool:
    """Whether a text is the number's symbol, or holds its figure to however many digits."""
    trace = of(session).trace
    if trace.symbol(ref, session.style) in text or trace.symbol(ref._replace(sample=-1), session.style) in text:
        return True
    figures = (
        figure(trace.value(ref), digits, plus, session.style) for digits in range(2, 18) for plus in (False, True)
    )
    return any(one in text for one in figures) or text.strip() == "?"


@pytest.mark.parametrize("name", PLACES)
def test_the_page_finds_in_each_cell_what_was_drawn_there(name: str) -> None:
    session = places()[name]
    shown = Page()
    shown._rows = page.rows(session)
    drawn = {(x, y): shown.pointed_at(x, y) for y in range(session.height) for x in range(session.width)}
    for y, x, piece in regions(session):
        for column in range(x, x + cells(piece.text)):
            assert drawn.pop((column, y)) == piece.click
    assert set(drawn.values()) <= {None}
    for x, y in ((-1, 0), (0, -1), (session.width, 0), (0, session.height), (10**6, 10**6)):
        assert shown.pointed_at(x, y) is None


def test_rows_that_differ_in_what_can_be_clicked_alone_are_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[object] = []
    monkeypatch.setattr(Page, "refresh", lambda *regions: painted.append(regions))
    shown, look = Page(), styles("standard", 16)
    rows: list[tuple[Row, ...]] = [
        ((Piece("one"), Piece(" two")),),
        ((Piece("one", click=Pointed("row", 1)), Piece(" two")),),
        ((Piece("one"), Piece(" t", click=Pointed("row", 1)), Piece("wo")),),
    ]
    assert shown.show(rows[0], look)
    assert not any(shown.show(one, look) for one in rows[1:]) and len(painted) == 1


# --- whatever comes ----------------------------------------------------------------------------------


@cache
def seen() -> tuple[Pointed, ...]:
    """Some clicks of each kind, of all places."""
    kinds: dict[str, list[Pointed]] = {}
    for session in places().values():
        for at in clicks(session):
            kinds.setdefault(at.what, []).append(at)
    return tuple(one for kind in kinds.values() for one in kind[:: max(1, len(kind) // 8)])


@pytest.mark.parametrize("name", PLACES)
def test_a_click_on_what_is_gone_by_now_does_no_harm(name: str) -> None:
    """The screen may be behind the session: every click of one screen, made in every other."""
    strange = [Pointed("row", 999), Pointed("view", "no such"), Pointed("step", 10**6), Pointed("", None)]
    wheel = [Pointed("wheel", 1), Pointed("wheel", -1)]
    turn = PLACES.index(name) % 2
    for at in [*strange, *wheel, *seen()[turn::2]]:
        page.rows(update(places()[name], at))


@pytest.mark.parametrize("opened", [Asking("goto"), Editing(None)], ids=str)
def test_a_line_that_is_typed_is_not_thrown_away(opened: Asking | Editing) -> None:
    wide = places()["two views"]
    session = typed(replace(wide, study=replace(of(wide), panel=opened)), "x1")
    for at in clicks_in(session):
        after = of(update(session, at))
        assert after.panel == of(session).panel and after.note is not None and after.note[0] == "study.typing"


def test_a_click_while_the_lesson_plays_stops_it_and_does_nothing_else() -> None:
    playing = pressed(places()["two views"], "play")
    for at in (*clicks_in(playing), Pointed("wheel", 1)):
        after = update(playing, at)
        assert of(after).playing is None and state(after) == state(pressed(playing, "escape"))


def test_a_run_goes_on_and_its_view_can_be_chosen() -> None:
    later = places()["later"]
    running = pressed(later, "run", "continue")
    number = of(running).running
    assert number is not None
    assert {"view", "phase", "number"} <= {at.what for at in clicks(running)}
    for at in (*clicks_in(running)[::3], Pointed("step", 1)):
        after = of(update(running, at))
        assert after.running == number and after.place == of(running).place
    assert of(update(running, Pointed("view", "matrices"))).view == "matrices"
    chunk = next(of(running).chunks(0.001))
    assert of(update(update(running, Pointed("step", 1)), Ran(number.number, chunk))).timeline.newest > 1


@pytest.mark.parametrize(
    ("name", "keys", "rows"),
    [
        ("home", (), 1),
        ("home", ("glossary",), 3),
        ("network", ("help",), 3),
        ("network", ("glossary",), 3),
        ("list of commands", (), 1),
        ("search", (), 1),
        ("why", (), 1),
        ("run", (), 1),
        ("network", (), 0),
        ("network", ("edit",), 0),
    ],
)
def test_the_wheel_goes_through_lists_and_texts_as_keys_do(name: str, keys: tuple[str, ...], rows: int) -> None:
    session = pressed(places()[name], *keys)
    down = update(session, Pointed("wheel", 1))
    assert state(down) == state(pressed(session, *["unit_next"] * rows))
    assert state(update(down, Pointed("wheel", -1))) == state(pressed(down, *["unit_previous"] * rows))


# --- turned on and off -------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["home", "network", "list of commands", "run"])
def test_a_key_turns_it_on_and_off_and_says_so(where: str) -> None:
    session = replace(places()[where], palette=None)
    assert not session.mouse
    on = pressed(session, "mouse")
    assert on.mouse and not pressed(on, "mouse").mouse
    if where in ("home", "network"):
        assert words_of("en").say("mouse.on", key_mouse="m")[:16] in " ".join(screens.lines(on))


def test_it_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    for wanted in (True, False):
        desk = Desk(Store.open(home))
        session = Session(desk.home(), mouse=desk.mouse)
        assert desk.mouse is not wanted
        desk.keep(session, update(session, Press("mouse")))
        desk.close(session)
    assert Desk(Store.open(home)).mouse is False


def test_a_list_over_nothing_found_has_nothing_to_click() -> None:
    home = places()["home"]
    for empty in (replace(home, palette=Palette()), replace(home, search=Search())):
        assert not clicks_in(typed(empty, "zzzzzz"))
