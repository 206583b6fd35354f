"""Lessons, words and problems: what is taught, as data, and what reads it."""
