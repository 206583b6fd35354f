"""The terminal: commands, and the screen that shows one step at a time."""

import os

# Textual reads this when it is imported. Plain keys are all that is used, and terminals that are asked to report
# every key in full lose what a Korean input method composes (iTerm2 does).
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
