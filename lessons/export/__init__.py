"""Iterations and tables set down as text, Markdown, LaTeX, JSON or CSV."""
