"""Screens that were looked at and found right: every picture, panel and page, cell by cell, with its marks.

A picture has more cells than there are laws about it. Whoever changes one on purpose makes the files in `kept/` anew,
`python tests/test_kept_screens.py`, and looks at every line of the difference. The prose of a lesson is left out:
it changes more often than what is drawn.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import screens
from screens import update

from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin
from nntutor.lessons.language.cells import cells
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.session import Home, Press, Session, Typed, asking

KEPT = Path(__file__).parent / "kept"
MARKS = {"": " ", "bold": "b", "dim": "d", "edge": "e", "operand": "o", "result": "r", "picked": "p", "note": "n",
         "key": "k", "title": "t", "warning": "w", "positive": "+", "negative": "-", "negative edge": "~",
         "forward": "f", "error": "x", "backward": "v", "update": "u",
         **{f"heat{level}": str(level) for level in range(8)},
         **{f"run{number}": "ABCDEF"[number - 1] for number in range(1, 7)}}  # fmt: skip
SMALL, WIDE = (56, 17), (124, 34)

# What is opened, and the keys from there: an action, one several times (step*3), or :text for what is typed.
PICTURES: dict[str, list[str]] = {
    "start": ["continue*4", "more*3"],
    "wall": ["continue*3", "continue*7", "continue*10 view", "view"],
    "by-hand": ["continue*3", "continue*9", "view*2"],
    "descent": ["continue", "continue*2", "continue*5", "continue*9", "run down*2 enter"],
    "neuron": ["", "continue*3", "view", "view*3 last"],
    "forward": ["continue*6", "view"],
    "cycle": ["view", "goto :w7 enter view*2", "run down enter", "run down enter view back*30"],
    "old-weights": ["continue*4", "last", "goto :iteration_3 enter last"],
    "xor": ["continue", "continue*3 view", "view*4"],
    "deeper": ["continue*3", "continue*2 view"],
    "vanishing": ["", "continue*2", "continue*4", "continue*4 view*2"],
    "relu": ["continue*2", "view", "view*4"],
    "sgd": ["continue*3", "continue*5", "view"],
    "momentum": ["continue*3", "view", "continue*7", "view*2"],
    "adam": ["continue*3", "continue*6", "view"],
}
PAGES: dict[str, list[str]] = {
    "two-two-two": [
        "", "step*12", "goto :delta_h1 enter", "goto :w5 enter", "last", "zoom step*3", "digits*2 step*20",
        "goto :delta_h2 enter why", "goto :w5 enter why down*2", "goto :w5 enter check",
        "goto :delta_h2 enter check less", "goto :net_h1 enter check", "run", "run down*3", "run down*4 enter :0.01",
        "run down*2 enter", "goto :δ", "goto :w99 enter", "edit", "goto :w5 enter edit :w5=1/3", "edit :η=x enter",
        "edit :η=0.25 enter", "undo", "help", "help down*9", "help last", "glossary", "glossary last", "palette",
        "palette :e down", "iteration_next*4 view view", "language goto :E enter", "language run", "backspace", "theme",
        "lesson_next",
    ],
    "xor": ["", "goto :delta_h1 enter", "view step*9", "run enter view*2"],
    "flowers": ["goto :p2 enter", "view", "goto :iteration_9 enter last", "goto :w9 enter why"],
    "ravine": ["", "step*3", "view last", "iteration_next*6 view"],
    "race-rosenbrock": ["iteration_next*5", "view", "view*2"],
    "deep": ["goto :delta_h3_2 enter", "view"],
}  # fmt: skip
LISTS = ["", "down*5", "last", "search :xor", "search :zzz", "help", "help last", "language", "palette :glo", "theme"]


def driven(session: Session, keys: str) -> Session:
    for key in keys.split():
        if key.startswith(":"):
            assert asking(session), (keys, key)
            session = update(session, Typed(key[1:].replace("_", " ") if key.startswith(":iter") else key[1:]))
            continue
        name, _, times = key.partition("*")
        name = {"down": "unit_next", "enter": "continue"}.get(name, name)
        for _ in range(int(times or 1)):
            session = lint.ran(update(session, Press(name)))
            if name == "continue" and session.ending is not None:  # past the last stop: what lies below is kept
                session = update(session, Press("escape"))
    return session


def told(rows: tuple[Row, ...]) -> str:
    """The rows as text, and below the marks of their cells."""
    text = ["".join(piece.text for piece in row).rstrip() for row in rows]
    marks = ["".join(MARKS[piece.style] * cells(piece.text) for piece in row).rstrip() for row in rows]
    return "\n".join([*text, "- - -", *marks])


def picture(session: Session) -> tuple[Row, ...]:
    """The page down to the line below the picture."""
    rows = page.rows(session)
    first, *others = screens.rules(rows)
    # A line with a name in it stands above a second view.
    last = next(at for at in others if at > first + 1 and len(rows[at]) == 1)
    return rows[first + 1 : last]


def shown() -> dict[str, dict[str, str]]:
    """Everything that is kept: file, heading, screen."""
    return {
        **{f"lesson-{name}": of_lesson(name) for name in PICTURES},
        **{f"problem-{name}": of_problem(name) for name in PAGES},
        "list": of_list(),
    }


def of_lesson(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    session = screens.of_lesson(name)
    for keys in PICTURES[name]:
        session = driven(session, keys)
        found[f"then {keys}"] = told(picture(session))
    for size in (SMALL, WIDE):
        other = screens.of_lesson(name, style=Style.ASCII, size=(max(size[0], 60), max(size[1], 20)))
        found[f"{size}, ascii"] = told(picture(driven(other, "continue*3")))
    return found


def of_problem(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for keys in PAGES[name]:
        found[keys] = told(page.rows(driven(screens.of_problem(builtin.open(name)), keys)))
    for size in (SMALL, WIDE):
        found[f"{size}, ascii: {PAGES[name][0]}"] = told(
            page.rows(driven(screens.of_problem(builtin.open(name), Style.ASCII, size), PAGES[name][0]))
        )
    return found


def of_list() -> dict[str, str]:
    home = screens.of_lesson("start").home
    sessions = {keys: Session(home) for keys in LISTS}
    sessions["done"] = Session(
        Home(home.lessons, 3, frozenset({"start", "wall"}), (("by-hand", 4), ("xor", 1)), "Hello.")
    )
    return {keys: told(page.rows(driven(session, keys if keys in LISTS else ""))) for keys, session in sessions.items()}


def written(blocks: dict[str, str]) -> str:
    return "".join(f"=== {keys}\n{screen}\n" for keys, screen in blocks.items())


@pytest.mark.parametrize(
    "name", [*(f"lesson-{name}" for name in PICTURES), *(f"problem-{name}" for name in PAGES), "list"]
)
def test_a_screen_is_as_it_was_found_right(name: str) -> None:
    kind, _, what = name.partition("-")
    blocks = {"lesson": of_lesson, "problem": of_problem, "list": lambda _: of_list()}[kind](what)
    kept = (KEPT / f"{name}.txt").read_text(encoding="utf-8")
    for keys, screen in blocks.items():
        assert f"=== {keys}\n{screen}\n" in kept, f"{name}: {keys}"
    assert written(blocks) == kept


if __name__ == "__main__":
    for name, blocks in shown().items():
        (KEPT / f"{name}.txt").write_text(written(blocks), encoding="utf-8")
