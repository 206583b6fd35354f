"""The list of commands: Textual's own, whose keys for a page up and down fail while its list is being filled."""

from __future__ import annotations

from contextlib import suppress

from textual.command import CommandPalette


class Palette(CommandPalette):
    """A page up or down in a list that has just become shorter does nothing."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):
            super()._action_command_list(action)
