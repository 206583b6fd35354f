"""A mistake of ours, written down for who is to mend it: in the learner's own folder, few, short, and for nobody else.

Nothing is sent. A report names versions, the key, the place and the lines of code; of what a learner typed it has the
line at hand, of a problem its title. Loaded only when something went wrong.
"""

from __future__ import annotations

import os
import platform
import sys
import traceback
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nntutor.lessons.learner import folders
from nntutor.tui.state.session import Action, Session

MOST, LONGEST = 8, 16 * 1024
"""Reports that are kept, the oldest making room for the newest, and bytes of each."""


def write(error: Exception, action: Action, session: Session) -> str:
    """The path of a new report; empty where none can be written."""
    try:
        folder = folders.state()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = _free(folder)
        return str(path) if _written(path, text(error, action, session)) else ""
    except (OSError, RuntimeError):  # no folder to be had, or no home
        return ""


def text(error: Exception, action: Action, session: Session) -> str:
    """What happened: versions, the action, the place, the traceback; of a long one its end."""
    names = ("nntutor", "textual", "numpy")
    head = [
        "A mistake of nntutor's own. Nothing has been sent; this file may be shown to who is to mend it.",
        "",
        f"version   {', '.join(f'{name} {_version(name)}' for name in names)}",
        f"python    {platform.python_version()} on {sys.platform}, {platform.machine()}",
        f"action    {str(action)[:200]!r}",
        f"place     {_place(session)}",
        f"screen    {session.width} x {session.height}, {session.language}, {session.style.name.lower()},"
        f" {session.colours} colours",
        "",
        "",
    ]
    first = "\n".join(head)
    told = "".join(traceback.format_exception(error, limit=-60)).encode(errors="backslashreplace")
    return first + told[len(first.encode(errors="backslashreplace")) - LONGEST :].decode(errors="ignore")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _place(session: Session) -> str:
    study = session.study
    if study is None:
        return "the list of lessons"
    with suppress(Exception):  # the place may be what is wrong
        iteration, step = study.place
        return (
            f"{study.name[:100]!r}, run {study.run[:100]!r}, iteration {iteration}, step {step},"
            f" {len(study.timeline.edits)} edits, view {study.view}, panel {type(study.panel).__name__}"
        )
    return "not known"


def _free(folder: Path) -> Path:
    """A name that is free; of those that are taken, the oldest is given up."""
    names = [folder / f"report-{number}.txt" for number in range(1, MOST + 1)]
    for name in names:
        if not os.path.lexists(name):
            return name
    oldest = min(names, key=lambda name: name.lstat().st_mtime)
    oldest.unlink()
    return oldest


def _written(path: Path, text: str) -> bool:
    """Made anew and for its owner alone: never through a link, and never half of it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(text.encode(errors="backslashreplace"))
    except OSError:
        path.unlink(missing_ok=True)
        return False
    return True
