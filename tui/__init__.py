"""The terminal: commands, and the screen that shows one step at a time."""
