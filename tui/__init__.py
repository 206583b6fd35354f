"""The terminal: commands, and the screen that shows one step at a time."""

import os

# Textual reads this when it is imported. Thirty frames a second halve the bytes of a stream of keys and
# cost a single key nothing.
os.environ.setdefault("TEXTUAL_FPS", "30")
