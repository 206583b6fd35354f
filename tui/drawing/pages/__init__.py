"""The whole screen, one file a page."""
