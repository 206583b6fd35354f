"""The terminal itself: what of it, and of Textual's way to it, is not promised to stay as it is."""
