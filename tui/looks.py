"""What the names of styles look like: terminal colours, or no colour at all.

The sixteen colours of the terminal's own palette are used, because the learner (or the console) has
chosen them to be readable, and because they cost the fewest bytes on a slow line. Cyan and yellow stay
apart for every kind of colour blindness; no meaning rests on them alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

_PLAIN: dict[str, Style] = {
    "dim": Style(dim=True),
    "edge": Style(dim=True),
    "hidden": Style(dim=True),
    "bold": Style(bold=True),
    "title": Style(bold=True),
    "key": Style(bold=True),
    "operand": Style(bold=True),
    "result": Style(bold=True, underline=True),
    "positive": Style(),
    "negative": Style(),
    "picked": Style(reverse=True),
    "note": Style(bold=True),
    "warning": Style(bold=True),
}
_COLOURS: dict[str, Style] = {
    "operand": Style(color="bright_cyan", bold=True),
    "result": Style(color="bright_yellow", bold=True),
    "positive": Style(color="bright_cyan"),
    "negative": Style(color="bright_yellow"),
    "key": Style(color="bright_cyan"),
    "note": Style(color="bright_yellow"),
    "warning": Style(color="bright_yellow", bold=True),
}


def styles(colours: bool) -> Mapping[str, Style]:
    """The terminal style of each name that the drawing uses."""
    return {**_PLAIN, **_COLOURS} if colours else _PLAIN
