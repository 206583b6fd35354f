"""The classic errors, each one change of the right rulebook, in files by what they change."""
