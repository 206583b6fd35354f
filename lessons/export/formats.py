"""The formats by name: known before anything that writes them is loaded."""

RECORDS = ("text", "md", "tex", "json", "csv")
"""Iterations set down."""
SCRIPTS = ("numpy", "torch")
"""Iterations as a program that makes them."""
FORMATS = (*RECORDS, *SCRIPTS)
CHECK_FORMATS = ("text", "json")
"""Of the gradient check."""
SHEET_FORMATS = ("md", "tex")
