"""The terminal itself: what it can do, what it answers, how it is started and left."""
