"""What a learner has chosen once for every start: the theme, the mouse, whether questions open by themselves."""

from __future__ import annotations

from nntutor.lessons.learner.places import Store
from nntutor.tui.state.session import THEMES, Session
from nntutor.tui.terminal.background import NAMES, Background, at_start


class Preferences:
    """As the file has them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def theme(self) -> str:
        """The theme that was chosen last, wherever that was; else the one for the background that is remembered."""
        return at_start(self._store.setting("theme"), self._store.setting("background"))

    @property
    def knows_background(self) -> bool:
        """Whether the first start is over: the terminal has been asked, or a theme been chosen."""
        return self._store.setting("theme") in THEMES or bool(self._store.setting("background"))

    def remember(self, background: Background) -> None:
        """What the first start has found out."""
        if background.known:
            self._store.keep_setting("background", NAMES[background.light])

    @property
    def mouse(self) -> bool:
        """Whether the learner has turned the mouse on."""
        return self._store.setting("mouse") == "on"

    @property
    def questions(self) -> bool:
        """Whether questions open by themselves, unless the learner has turned that off."""
        return self._store.setting("questions") != "off"

    def keep_chosen(self, before: Session, after: Session) -> None:
        """Keep what an action has chosen."""
        if after.theme != before.theme:
            self._store.keep_setting("theme", after.theme)
        if after.mouse != before.mouse:
            self._store.keep_setting("mouse", "on" if after.mouse else "off")
        if after.questions != before.questions:
            self._store.keep_setting("questions", "on" if after.questions else "off")
