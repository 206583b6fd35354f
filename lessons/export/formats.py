"""The formats by name: known before anything that writes them is loaded."""

FORMATS = ("text", "md", "tex", "json", "csv")
CHECK_FORMATS = ("text", "json")
"""Of the gradient check."""
SHEET_FORMATS = ("md", "tex")
