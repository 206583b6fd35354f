"""Saying a thing in a language and a look."""
