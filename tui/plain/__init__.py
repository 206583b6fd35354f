"""The tutor line by line: the same session and keys as on the screen, told in sentences instead of drawn."""
