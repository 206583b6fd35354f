"""Where the files of a learner lie: NNTUTOR_HOME for all of them, else the platform's folder for their kind.

The rules are few and stand here, because the library that knows them takes longer to load than the list of
lessons takes to stand on the screen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def state() -> Path:
    """What the program keeps by itself: the place of a learner."""
    return _folder("LOCALAPPDATA", "AppData/Local", "XDG_STATE_HOME", ".local/state")


def configuration() -> Path:
    """What the learner writes: the keys."""
    return _folder("APPDATA", "AppData/Roaming", "XDG_CONFIG_HOME", ".config")


def _folder(windows: str, on_windows: str, xdg: str, elsewhere: str) -> Path:
    if home := os.environ.get("NNTUTOR_HOME"):
        return Path(home)
    if sys.platform == "win32":
        return Path(os.environ.get(windows) or Path.home() / on_windows) / "nntutor"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/nntutor"
    return Path(os.environ.get(xdg) or Path.home() / elsewhere) / "nntutor"
