"""The pictures of the README, made by the program itself: `.venv/bin/python docs/pictures.py` writes them anew.

A lesson is opened and stepped through without a terminal, and its screen is written as SVG, in each language.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from nntutor.core.notation.style import Style
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.learner.places import Store
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.state.session import Opened, Session
from nntutor.tui.state.update import update

HERE = Path(__file__).parent
LESSON, KEYS = "hidden-delta", ("space", "space", "space", "right", "right")
# The fonts of the reader's own machine: a picture in a README loads nothing from elsewhere.
FONT = "DejaVu Sans Mono, Noto Sans Mono CJK KR, D2Coding"


async def picture(language: str) -> str:
    """The screen after the keys, as SVG."""
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(Store.open(Path(home)))
        opening = desk.begin(LESSON, None)
        assert opening is not None
        app = Tutor(update(Session(desk.home(), language, Style.UNICODE), Opened(opening.study), extents), desk)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*KEYS)
            await pilot.pause()
            drawn = app.export_screenshot(title=f"nntutor learn {LESSON}")
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.S).replace("Fira Code", FONT)
    drawn = re.sub(r"<!--.*?-->", "", drawn).replace("<svg ", '<svg xml:space="preserve" ', 1)
    return re.sub(r"terminal-\d+", "terminal", re.sub(r"[ \t]+$", "", drawn, flags=re.M)).strip() + "\n"


if __name__ == "__main__":
    for language in LANGUAGES:
        (HERE / f"step-{language}.svg").write_text(asyncio.run(picture(language)), encoding="utf-8")
