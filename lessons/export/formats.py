"""The formats by name, and what else a name goes with: known before anything that writes them is loaded."""

RECORDS = ("text", "md", "tex", "json", "csv")
"""Iterations set down."""
SCRIPTS = ("numpy", "torch")
"""Iterations as a program that makes them."""
FORMATS = (*RECORDS, *SCRIPTS)
CHECK_FORMATS = ("text", "json")
"""Of the gradient check."""
SHEET_FORMATS = ("md", "tex")
ENDINGS = {"text": "txt", "numpy": "py", "torch": "py"}
"""What the name of a file ends with; of any other format, its name."""
CALLED = {"md": ("markdown",), "tex": ("latex",), "text": ("txt", "plain")}
"""What people type for a format that is called otherwise here."""
