"""What the names of styles look like: four themes, each for as many colours as the terminal has.

`standard` takes the sixteen colours of the terminal's own palette, because the learner (or the console) has
chosen them to be readable, and because they cost the fewest bytes on a slow line. They are readable on black;
`light` is for a white background, `contrast` brings its own black and white, `safe` tells its colours apart for
every kind of colour blindness. No meaning rests on a colour alone, so without colours the same names are bold,
underlined or reversed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Background
from textual.filter import LineFilter

Styles = Mapping[str, Style]

_BOLD, _DIM, _LINE, _REVERSE = Style(bold=True), Style(dim=True), Style(underline=True), Style(reverse=True)
_PLAIN: Styles = {
    "dim": _DIM,
    "edge": _DIM,
    "negative edge": _DIM,
    "bold": _BOLD,
    "title": _BOLD,
    "key": _BOLD,
    "operand": _BOLD,
    "result": _BOLD + _LINE,
    "positive": Style(),
    "negative": Style(),
    "picked": _REVERSE,
    "note": _BOLD,
    "warning": _BOLD,
}


def _colour(colours: int, palette: int, cube: int, exact: str) -> Color:
    """One of the terminal's sixteen, of the fixed ones of 256, or, where it is named, the exact one."""
    if colours < 256:
        return Color.from_ansi(palette)
    return Color.parse(exact) if exact and colours > 256 else Color.from_ansi(cube)


def _ink(colours: int, palette: int, cube: int, exact: str = "") -> Style:
    return Style.from_color(_colour(colours, palette, cube, exact))


def _standard(colours: int) -> Styles:
    cyan, yellow, magenta = (Style(color=f"bright_{name}") for name in ("cyan", "yellow", "magenta"))
    return {
        "operand": cyan + _BOLD,
        "result": yellow + _BOLD,
        "positive": cyan,
        "negative": magenta,
        "key": cyan,
        "note": yellow,
        "warning": yellow + _BOLD,
    }


def _light(colours: int) -> Styles:
    """Dark blue and dark red. Red is never bold: some terminals make that their bright red, too pale on white."""
    blue, red, brown = _ink(colours, 4, 25), _ink(colours, 1, 124), _ink(colours, 1, 130)
    return {
        **_faint(colours, 240),
        "operand": blue + _BOLD,
        "result": red + _LINE,
        "positive": blue,
        "negative": brown,
        "key": blue,
        "note": red,
        "warning": red + _LINE,
    }


def _contrast(colours: int) -> Styles:
    """White on black, in every cell. Of 256, these two are exact, and cost fewer bytes than spelled out."""
    page = Style.from_color(_colour(colours, 15, 231, ""), _colour(colours, 0, 16, ""))
    plain = dict.fromkeys(("", "dim", "edge", "negative edge"), Style())
    marks = {**_PLAIN, **plain, "note": _BOLD + _LINE, "warning": _BOLD + _REVERSE}
    return {name: page + mark for name, mark in marks.items()}


def _safe(colours: int) -> Styles:
    """The palette of Okabe and Ito (Color Universal Design, 2002) on black; of 16 colours the pair blue and yellow."""
    sky, yellow = _ink(colours, 14, 74, "#56b4e9"), _ink(colours, 11, 227, "#f0e442")
    purple, vermillion = _ink(colours, 14, 175, "#cc79a7"), _ink(colours, 11, 166, "#d55e00")
    green, orange = _ink(colours, 11, 36, "#009e73"), _ink(colours, 11, 214, "#e69f00")
    return {
        **_faint(colours, 248),
        "operand": sky + _BOLD,
        "result": yellow + _BOLD,
        "positive": purple,
        "negative": vermillion,
        "key": sky,
        "note": green,
        "warning": orange + _BOLD,
    }


def _faint(colours: int, grey: int) -> Styles:
    """A grey that can be read; of sixteen colours none surely is one, so there the terminal's own faintness."""
    style = _DIM if colours < 256 else _ink(colours, 0, grey)
    return {"dim": style, "edge": style}


PALETTES: Mapping[str, Callable[[int], Styles]] = {
    "standard": _standard,
    "light": _light,
    "contrast": _contrast,
    "safe": _safe,
}


# From 0 to 1, blue to orange: the background and the ink on it, of 256 colours; for dark pages and for light ones.
_DARK_HEAT = ((32, 16), (25, 231), (24, 231), (236, 231), (239, 231), (94, 231), (130, 231), (172, 16))
_LIGHT_HEAT = ((75, 16), (117, 16), (153, 16), (254, 16), (230, 16), (223, 16), (216, 16), (214, 16))


def _heat(theme: str, colours: int, page: Style) -> Styles:
    """Backgrounds of plots in eight shades; where there are too few colours or one ink only, nothing."""
    if colours < 256 or theme == "contrast":
        return {f"heat{level}": page for level in range(len(_DARK_HEAT))}
    pairs = _LIGHT_HEAT if theme == "light" else _DARK_HEAT
    shades = [Style.from_color(Color.from_ansi(ink), Color.from_ansi(ground)) for ground, ink in pairs]
    return {f"heat{level}": shade for level, shade in enumerate(shades)}


@cache
def styles(theme: str, colours: int) -> Styles:
    """The terminal style of each name that the drawing uses; of "", where there is one, the page's own."""
    if not colours:
        return {**_PLAIN, **_heat(theme, 0, Style())}
    inks = PALETTES[theme](colours)
    heat = _heat(theme, colours, inks.get("", Style()))
    return {**_PLAIN, "negative edge": inks["negative"] + _DIM, **heat, **inks}


class Colourless(LineFilter):
    """Takes every colour off what is about to be written, the default one as well: a vt100 knows none of them."""

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        return [Segment(text, style and style.without_color, control) for text, style, control in segments]
