"""The terminal: commands, and the screen that shows one step at a time."""

import os

from nntutor.tui.terminal import textual_settings

textual_settings.shut(os.environ)  # Textual reads its settings when it is imported
