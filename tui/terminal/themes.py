"""What the names of styles look like: four themes, each for as many colours as the terminal has.

A name is a meaning (`docs/design.md`, "What colours say"), and in a theme it has one hue wherever it stands. `standard`
and `safe` are for a dark background, `safe` for every kind of colour vision; `light` is for a light one; `contrast`
brings its own black and white. Of 256 colours those are taken that are the same in every terminal; of sixteen, which
each terminal has its own of, those that can be read in all of them. Letters have a contrast of 4.5:1 on their
background at least, lines 3:1, the number at hand the highest of all; and no meaning rests on a colour alone, so
without colours the same names are bold, underlined or reversed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Background
from textual.filter import LineFilter

Styles = Mapping[str, Style]

HEAT = tuple(f"heat{level}" for level in range(8))
"""A cell of a plane, from an answer of 0 to one of 1. Where there are no fixed colours, its shade alone tells it."""
RUNS = tuple(f"run{number}" for number in range(1, 7))
"""The runs of a race; each bears its letter as well."""

_BOLD, _DIM, _LINE, _REVERSE = Style(bold=True), Style(dim=True), Style(underline=True), Style(reverse=True)
PHASES = ("forward", "error", "backward", "update")
"""The phases of an iteration: numbers at hand have the hue of the one that makes them."""

_PLAIN: Styles = {
    "dim": _DIM,
    "edge": _DIM,
    "negative edge": _DIM,
    "bold": _BOLD,
    "title": _BOLD,
    "key": _BOLD,
    **dict.fromkeys(("operand", *PHASES), _BOLD),
    "result": _BOLD + _LINE,
    "positive": Style(),
    "negative": Style(),
    "picked": _REVERSE,
    "note": _BOLD,
    "warning": _BOLD,
    **dict.fromkeys((*HEAT, *RUNS), Style()),
}
# Blue to orange, which every kind of eye tells apart; in the middle what is nearest to a page of that kind.
_DARK_HEAT = ((32, 16), (25, 231), (24, 231), (60, 231), (95, 231), (94, 231), (130, 231), (172, 16))
_LIGHT_HEAT = tuple((ground, 16) for ground in (33, 75, 117, 189, 224, 222, 215, 208))
# Of the sixteen and of 256.
_DARK_RUNS = ((14, 111), (11, 184), (10, 43), (9, 167), (13, 135), (7, 136))
_LIGHT_RUNS = ((4, 18), (1, 125), (5, 93), (None, 16), (12, 62), (8, 58))


def _colour(colours: int, palette: int | None, cube: int, exact: str = "") -> Color | None:
    """One of the terminal's sixteen (None: the page's), of the fixed ones of 256, or, where named, the exact one."""
    if colours < 256:
        return None if palette is None else Color.from_ansi(palette)
    return Color.parse(exact) if exact and colours > 256 else Color.from_ansi(cube)


def _ink(colours: int, palette: int | None, cube: int, exact: str = "") -> Style:
    return Style.from_color(_colour(colours, palette, cube, exact))


def _heat(colours: int, cubes: Sequence[tuple[int, int]]) -> Styles:
    """A ground, and the ink for what is drawn on it; of sixteen colours none."""
    pairs = (Style.from_color(Color.from_ansi(ink), Color.from_ansi(ground)) for ground, ink in cubes)
    return dict(zip(HEAT, pairs, strict=True)) if colours >= 256 else {}


def _runs(colours: int, inks: Sequence[tuple[int | None, int]]) -> Styles:
    return {name: _ink(colours, *ink) for name, ink in zip(RUNS, inks, strict=True)}


def _phases(forward: Style, backward: Style, update: Style) -> Styles:
    """The error is where the way forward ends."""
    return {"forward": forward, "error": forward, "backward": backward, "update": update}


def _signs(colours: int, warm: int, palette: int, cold: int, warm_exact: str = "", cold_exact: str = "") -> Styles:
    """Orange above 0 and blue below; of the sixteen none is a quiet orange, so there the page's own ink."""
    return {
        "positive": _ink(colours, None, warm, warm_exact),
        "negative": _ink(colours, palette, cold, cold_exact),
    }


def _picked(colours: int, ink: int, cube: int) -> Styles:
    """A quiet bar; of sixteen colours, the terminal's own two the other way round."""
    return {"picked": Style.from_color(Color.from_ansi(ink), Color.from_ansi(cube))} if colours >= 256 else {}


def _standard(colours: int) -> Styles:
    return {
        **_faint(colours, 245),
        **_heat(colours, _DARK_HEAT),
        **_runs(colours, _DARK_RUNS),
        **_picked(colours, 231, 24),
        **_phases(_ink(colours, 6, 81), _ink(colours, 13, 211), _ink(colours, 2, 150)),
        "result": _ink(colours, 11, 227) + _BOLD,
        **_signs(colours, 173, 12, 69),
        "warning": _ink(colours, 9, 203) + _BOLD,
    }


def _light(colours: int) -> Styles:
    """Nothing is blacker than the page's own letters, so the number at hand is marked as with a pen, or underlined.

    Of the sixteen only three colours can be read on white everywhere, and none of them may be bold: some terminals make
    that the bright one, which is too pale.
    """
    forward, backward, update = _ink(colours, 4, 25), _ink(colours, 5, 162), _ink(colours, 1, 22)
    marker = Style.from_color(Color.from_ansi(16), Color.from_ansi(229)) if colours >= 256 else _LINE
    return {
        **_faint(colours, 241, 245),
        **_heat(colours, _LIGHT_HEAT),
        **_runs(colours, _LIGHT_RUNS),
        **_picked(colours, 16, 152),
        **_phases(forward, backward, update),
        "result": marker + _BOLD,
        **_signs(colours, 166, 4, 27),
        "warning": _ink(colours, 1, 124) + _LINE,
    }


def _contrast(colours: int) -> Styles:
    """White on black, in every cell. Of 256, these two are exact, and cost fewer bytes than spelled out."""
    page = Style.from_color(_colour(colours, 15, 231), _colour(colours, 0, 16))
    plain = dict.fromkeys(("", "dim", "edge", "negative edge"), Style())
    marks = {**_PLAIN, **plain, "note": _BOLD + _LINE, "warning": _BOLD + _REVERSE}
    return {name: page + mark for name, mark in marks.items()}


def _safe(colours: int) -> Styles:
    """The palette of Okabe and Ito (Color Universal Design, 2002); of 16 colours those whose brightness differs."""
    sky, purple = _ink(colours, 14, 74, "#56b4e9"), _ink(colours, 13, 175, "#cc79a7")
    orange = _ink(colours, 2, 214, "#e69f00")
    return {
        **_faint(colours, 248),
        **_heat(colours, _DARK_HEAT),
        **_runs(colours, _DARK_RUNS),
        **_picked(colours, 231, 24),
        **_phases(sky, purple, orange),
        "result": _ink(colours, 11, 227, "#f0e442") + _BOLD,
        **_signs(colours, 166, 12, 32, "#d55e00", "#0072b2"),
        "warning": _BOLD + _LINE,
    }


def _faint(colours: int, grey: int, line: int = 0) -> Styles:
    """Words that matter less, in a grey that can be read: of sixteen none surely is one, so there they are as others.

    line: the grey of lines at rest; 0 for the terminal's own faintness, which costs few bytes.
    """
    return {
        "dim": _ink(colours, None, grey),
        "edge": _ink(colours, None, line) if line and colours >= 256 else _DIM,
    }


PALETTES: Mapping[str, Callable[[int], Styles]] = {
    "standard": _standard,
    "light": _light,
    "contrast": _contrast,
    "safe": _safe,
}


@cache
def styles(theme: str, colours: int) -> Styles:
    """The terminal style of each name that the drawing uses; of "", where there is one, the page's own."""
    if not colours:
        return _PLAIN
    inks = PALETTES[theme](colours)
    return {**_PLAIN, "negative edge": inks["negative"] + _DIM, **inks}


class Colourless(LineFilter):
    """Takes every colour off what is about to be written, the default one as well: a vt100 knows none of them."""

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        return [Segment(text, style and style.without_color, control) for text, style, control in segments]
