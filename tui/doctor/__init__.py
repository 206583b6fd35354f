"""`nntutor doctor`: what this terminal is, what it can show, and what to do about it."""
