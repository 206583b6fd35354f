"""The terminal: commands, and the screen that shows one step at a time."""

import os

try:
    # Of what comes before the signals are taken (command.py), `ending` takes longest: so it is loaded here.
    from nntutor.tui.terminal import ending, textual_settings
except KeyboardInterrupt:  # Python would end with its traceback
    raise SystemExit(130) from None

textual_settings.shut(os.environ)  # Textual reads its settings when it is imported

__all__ = ["ending"]
