"""The pictures of the README, made by the program itself: `.venv/bin/python docs/pictures.py` writes them anew.

A lesson is opened and stepped through without a terminal, and its screens are written as SVG, in the colours that a
terminal with 256 of them shows. A picture that moves is its screens one above the other, each shown in its turn.
"""

from __future__ import annotations

import html
import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from nntutor.core.notation.style import Style
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.session import Opened, Press, Session
from nntutor.tui.state.update import update
from nntutor.tui.terminal.themes import styles

HERE = Path(__file__).parent
# The fonts of the reader's own machine: a picture in a README loads nothing from elsewhere.
FONT = "DejaVu Sans Mono, Noto Sans Mono CJK KR, D2Coding"
COLOURS = 256
SECONDS = 1.6  # for each screen of a picture that moves
# Ground and letters; of the sixteen colours none is used where there are 256.
TERMINAL = TerminalTheme((24, 24, 24), (216, 216, 216), [(0, 0, 0)] * 8)
FRAME = """<style>{styles}</style><g{shown}>{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#clip)">{backgrounds}
<g class="matrix">{matrix}</g></g></g>
"""
HEAD = """<svg xml:space="preserve" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg"><style>
.matrix {{ font-family: FONT, monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.title {{ font-size: 18px; font-family: sans-serif; }}
</style><defs><clipPath id="clip">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
"""

STEP = ("continue", "continue", "continue", "step", "step")
PLOTS = {
    "plane": ("xor", 9, ()),
    "contours": ("momentum", 4, ()),
    "race": ("adam", 12, ()),
    "layers": ("vanishing", 6, ()),
}


def opened(lesson: str, language: str, size: tuple[int, int]) -> Session:
    """A lesson at its first stop."""
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(Store.open(Path(home)))
        opening = desk.begin(lesson, None)
        assert opening is not None
        session = Session(desk.home(), language, Style.UNICODE, 4, *size, colours=COLOURS)
        study = opening.study
        assert study is not None and study.lesson is not None
        closed = frozenset(range(len(study.lesson.stops)))  # a question that opens would take the keys
        return update(session, Opened(replace(study, closed=closed)), extents)


def pressed(session: Session, *actions: str) -> Session:
    for action in actions:
        session = update(session, Press(action), extents)
    return session


def recorded(session: Session, title: str, code: str, number: int = 0) -> str:
    """A screen as SVG in a template; its number tells its styles from those of others in the same picture."""
    console = Console(width=session.width, height=session.height, file=io.StringIO(), force_terminal=True,
                      color_system="truecolor", record=True, legacy_windows=False)  # fmt: skip
    inks = styles(session.theme, session.colours)
    for row in page.rows(session):
        line = Text(no_wrap=True, overflow="crop")
        for piece in row:
            line.append(piece.text, inks.get(piece.style))
        console.print(line, crop=True)
    drawn = console.export_svg(title=title, theme=TERMINAL, code_format=code, unique_id=f"n{number}")
    drawn = drawn.replace(f'class="n{number}-title"', 'class="title"')
    return re.sub(r'textLength="([\d.]+)"([^>]*)>([^<]*)</text>', in_cells, drawn)


def in_cells(found: re.Match[str]) -> str:
    """Rich counts letters where a terminal counts cells: Hangul is two cells wide."""
    text = html.unescape(found[3])
    length = float(found[1]) / len(text) * cells(text)
    return f'textLength="{length:.4g}"{found[2]}>{found[3]}</text>'


def picture(screens: Sequence[Session], title: str) -> str:
    """One screen, or several that take turns."""
    whole = len(screens) * SECONDS
    head = recorded(screens[0], title, HEAD)
    if len(screens) > 1:
        share = 100 / len(screens)
        head += (
            f"<style>.turn {{ opacity: 0; animation: turn {whole:g}s step-end infinite; }}"
            f"@keyframes turn {{ 0% {{ opacity: 1; }} {share:.3f}% {{ opacity: 0; }} }}</style>"
        )
    frames = []
    for number, session in enumerate(screens):
        turn = f' class="turn" style="animation-delay: {number * SECONDS:g}s"' if len(screens) > 1 else ""
        frames.append(recorded(session, title, FRAME.replace("{shown}", turn), number))
    drawn = "".join([head, *frames, "</svg>"]).replace("FONT", FONT)
    return re.sub(r"[ \t]+$", "", drawn, flags=re.M).strip() + "\n"


def at_stop(lesson: str, stop: int, actions: Sequence[str]) -> Session:
    """A lesson at one of its stops, from 1, and after some keys."""
    return pressed(opened(lesson, "en", (80, 24)), *["continue"] * (stop - 1), *actions)


def pictures() -> dict[str, str]:
    """All of them by the names of their files."""
    found = {}
    for language in LANGUAGES:
        step = pressed(opened("hidden-delta", language, (80, 24)), *STEP)
        found[f"step-{language}.svg"] = picture([step], "nntutor learn hidden-delta")
    way = [pressed(opened("hidden-delta", "en", (112, 32)), "continue", "continue")]
    for _ in range(9):
        way.append(pressed(way[-1], "step"))
    found["moving.svg"] = picture(way, "nntutor learn hidden-delta")
    for name, (lesson, stop, actions) in PLOTS.items():
        found[f"{name}.svg"] = picture([at_stop(lesson, stop, actions)], f"nntutor learn {lesson}")
    return found


if __name__ == "__main__":
    for name, drawn in pictures().items():
        (HERE / name).write_text(drawn, encoding="utf-8")
